//! The feed for outside subscribers: every event of the log, once, in the order of its chain.

use std::collections::BTreeMap;

use redress_log::FEED_KEEPS;
use redress_wire::{
    Service,
    feed::{Published, publish},
    headers::cloud,
    log::Event,
};

use super::{Checked, Model, Promise};
use crate::scheduler::Owner;

#[derive(Debug, Default)]
pub(super) struct Feed {
    chains: BTreeMap<(Service, u32), Chain>,
    /// Where in which chain an event is, by its id.
    places: BTreeMap<String, ((Service, u32), usize)>,
}

#[derive(Debug, Default)]
struct Chain {
    /// What is to be published, with the time of the event.
    due: Vec<(i64, Published)>,
    done: usize,
}

impl Chain {
    /// The first that is due and not too old to be published at `now_us`.
    fn next(&self, now_us: i64) -> Option<usize> {
        let oldest = now_us - FEED_KEEPS.as_micros() as i64;
        let mut open = self.due.iter().enumerate().skip(self.done);
        open.find(|(_, (time_us, _))| *time_us >= oldest)
            .map(|(at, _)| at)
    }
}

impl Feed {
    /// An event of the log, at (service, partition, height, index).
    pub(super) fn recorded(&mut self, at: (Service, u32, u64, usize), event: &Event) {
        let Some(published) = publish(at, event, &|_| true) else {
            return;
        };
        let of = (at.0, at.1);
        let chain = self.chains.entry(of).or_default();
        let place = (of, chain.due.len());
        self.places.insert(id_of(&published), place);
        chain.due.push((event.time_us, published));
    }

    fn published(&mut self, published: &Published, now_us: i64) -> Checked {
        let id = id_of(published);
        let Some((of, at)) = self.places.get(&id) else {
            return Err((Promise::Told, format!("{id} is published, not recorded")));
        };
        let Some(chain) = self.chains.get_mut(of) else {
            return Ok(());
        };
        if *at < chain.done {
            return Err((Promise::Once, format!("{id} is published twice")));
        }
        // Where it may have been too old a moment ago, it may be left out.
        if chain.next(now_us).is_some_and(|next| next < *at) {
            return Err((Promise::Order, format!("{id} is published out of turn")));
        }
        chain.done = at + 1;
        if chain.due[*at].1 == *published {
            return Ok(());
        }
        Err((
            Promise::Told,
            format!("{id} is published as something else"),
        ))
    }

    fn waits(&self, now_us: i64) -> Option<String> {
        self.chains
            .iter()
            .find_map(|((service, partition), chain)| {
                let next = chain.next(now_us)?;
                let id = id_of(&chain.due[next].1);
                Some(format!("the feed of {service}/{partition} waits for {id}"))
            })
    }
}

fn id_of(published: &Published) -> String {
    let mut headers = published.headers.iter();
    let id = headers.find(|(name, _)| *name == cloud::ID);
    id.map_or_else(String::new, |(_, id)| id.clone())
}

impl Model {
    /// A bulletin was stored.
    pub(crate) fn fed(&self, owner: Owner, events: &[Published]) {
        let Some(first) = events.first() else { return };
        let (count, first) = (events.len(), id_of(first));
        self.trace
            .note(format!("p{owner} published {count} from {first}"));
        let now_us = self.now_us();
        self.with(|inner| {
            for published in events {
                let checked = inner.feed.published(published, now_us);
                inner.check(checked);
            }
        });
    }

    /// What is still to be published.
    pub(crate) fn unfed(&self) -> Option<String> {
        let now_us = self.now_us();
        self.lock().feed.waits(now_us)
    }
}
