//! A small core to run: it answers each registered complaint with a routed case, counts, and
//! numbers what it is asked to number.

#![allow(dead_code, reason = "not every test file tells every story")]

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use prost::Message as _;
use redress_host::{Metrics, RuntimeMetrics, SystemClock, policy_dir::PolicyVersion};
use redress_log::{
    Chain, Entry, EventLog, Membership, Streams,
    memory::{MemoryLog, MemoryMembership, MemoryPeers},
};
use redress_runtime::{Context, Core, Draft, Head, Pace, Parts, Processor, Recorded, Refusal};
use redress_store::{MemoryStore, Rows, Store};
use redress_wire::{
    Payload, Service,
    intake::{ComplaintRegistered, NumbersReserved},
    log::{Block, Event},
    peer::SetAsideRow,
    router::CaseRouted,
};

pub(crate) const DAY: u32 = 20_260_501;
/// When the day after [`DAY`] begins: far from now.
pub(crate) const MIDNIGHT: Timestamp = Timestamp::MAX;
pub(crate) const PARTITIONS: u32 = 4;
/// Events of inputs that a block may leave untold.
pub(crate) const UNTOLD_MOST: usize = 100;

fn day(now: Timestamp) -> u32 {
    DAY + u32::from(now >= MIDNIGHT)
}

/// Asks for a number, or is refused or breaks something, by its word.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Ask {
    #[prost(string, tag = "1")]
    pub(crate) word: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Told {
    #[prost(uint64, tag = "1")]
    pub(crate) number: u64,
}

pub(crate) struct Toy {
    /// An alarm is due, and has been for long.
    alarm: bool,
}

impl Core for Toy {
    const SERVICE: Service = Service::Router;
    const READS: &'static [Service] = &[Service::Intake];
    const SCHEMA: u32 = 1;
    type Rules = ();
    type Command = Ask;
    type Answer = Told;
    type Query = Ask;
    type Found = Told;
    type Effect = ();

    fn open(_partition: u32, rows: &Rows) -> Self {
        let has = |key: &str| rows.get(key.as_bytes()).is_some();
        Self {
            alarm: has("in/alarm") && !has("out/rang"),
        }
    }

    fn evolve(&mut self, rows: &mut Rows, recorded: &Recorded<'_>) {
        match &recorded.event.payload {
            Some(Payload::ComplaintRegistered(c)) => {
                self.alarm |= c.number == "alarm";
                rows.put(format!("in/{}", c.number), "seen");
            }
            Some(Payload::CaseRouted(c)) => {
                self.alarm &= c.number != "rang";
                let before = count(rows, &c.number);
                rows.put(format!("out/{}", c.number), (before + 1).to_string());
            }
            Some(Payload::NumbersReserved(n)) => {
                rows.put(
                    format!("no/{:06}", n.first),
                    recorded.origin.height.to_string(),
                );
            }
            _ => {}
        }
    }

    fn react(
        &self,
        _rows: &Rows,
        recorded: &Recorded<'_>,
        _cx: &mut Context<'_, ()>,
    ) -> Result<Vec<Draft>, String> {
        let Some(Payload::ComplaintRegistered(c)) = &recorded.event.payload else {
            return Ok(Vec::new());
        };
        assert!(c.number != "panics", "a rule broke");
        if c.number == "quiet" {
            return Ok(Vec::new());
        }
        if c.number == "refused" {
            return Err("this cannot be routed".to_owned());
        }
        let long = if c.number.starts_with("long") {
            200 << 10
        } else {
            0
        };
        let routed = CaseRouted {
            number: c.number.clone(),
            category: "x".repeat(long),
            ..CaseRouted::default()
        };
        Ok(vec![Draft::of_partition(Payload::CaseRouted(routed))])
    }

    fn decide(
        &self,
        _rows: &Rows,
        command: &Ask,
        cx: &mut Context<'_, ()>,
    ) -> Result<(Vec<Draft>, Told), Refusal> {
        if command.word == "refuse" {
            return Err(Refusal::not_found("no such thing"));
        }
        assert!(command.word != "panic", "a rule broke");
        let day = day(cx.now);
        let number = cx.numbers.take(day, 1);
        let drawn = NumbersReserved {
            day,
            first: number,
            last: number,
        };
        let draft = Draft::of_partition(Payload::NumbersReserved(drawn));
        Ok((vec![draft], Told { number }))
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.alarm.then_some(Timestamp::UNIX_EPOCH)
    }

    fn expire(&self, _rows: &Rows, _cx: &mut Context<'_, ()>) -> Vec<Draft> {
        let rang = CaseRouted {
            number: "rang".to_owned(),
            ..CaseRouted::default()
        };
        let rang = self.alarm.then_some(Payload::CaseRouted(rang));
        rang.map(Draft::of_partition).into_iter().collect()
    }

    fn query(&self, rows: &Rows, query: &Ask, _cx: &Context<'_, ()>) -> Result<Told, Refusal> {
        if let Some(key) = query.word.strip_prefix("has/") {
            return Ok(has(rows.get(key.as_bytes()).is_some()));
        }
        Ok(Told {
            number: rows
                .scan(query.word.as_bytes(), None, usize::MAX >> 1)
                .len() as u64,
        })
    }

    fn glance(
        &self,
        rows: &Rows,
        query: &Ask,
        _cx: &Context<'_, ()>,
    ) -> Option<Result<Told, Refusal>> {
        let key = query.word.strip_prefix("has/")?;
        Some(Ok(has(rows.committed(key.as_bytes()).is_some())))
    }

    fn number_days(_rules: &(), now: Timestamp) -> Vec<u32> {
        vec![day(now)]
    }

    fn revive(_item: &SetAsideRow, _cx: &Context<'_, ()>) -> Result<Ask, String> {
        Ok(Ask {
            word: "revived".to_owned(),
        })
    }
}

fn has(it: bool) -> Told {
    let number = it.into();
    Told { number }
}

fn count(rows: &Rows, number: &str) -> u64 {
    let value = rows.get(format!("out/{number}").as_bytes());
    value
        .and_then(|v| String::from_utf8(v.to_vec()).ok()?.parse().ok())
        .unwrap_or(0)
}

/// What outlives a process.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) log: MemoryLog,
    pub(crate) members: MemoryMembership,
    pub(crate) peers: MemoryPeers,
    pub(crate) pace: Pace,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::over(1)
    }

    /// With a log over several streams.
    pub(crate) fn over(streams: u32) -> Self {
        let streams = Streams::new(streams).expect("a number of streams");
        Self {
            log: MemoryLog::over(streams, [7; 16]),
            members: MemoryMembership::new(Duration::from_secs(6)),
            peers: MemoryPeers::default(),
            pace: Pace {
                linger: Duration::from_millis(1),
                untold_most: UNTOLD_MOST,
                ..Pace::default()
            },
        }
    }

    pub(crate) async fn start(
        &self,
        member: &str,
        store: MemoryStore,
    ) -> Processor<Toy, MemoryPeers> {
        self.start_with(member, store, self.members.clone()).await
    }

    pub(crate) async fn start_with(
        &self,
        member: &str,
        store: impl Store,
        membership: impl Membership,
    ) -> Processor<Toy, MemoryPeers> {
        let metrics = RuntimeMetrics::register(&Metrics::new("toy"));
        self.start_as(member, store, membership, false, metrics)
            .await
    }

    pub(crate) async fn start_as(
        &self,
        member: &str,
        store: impl Store,
        membership: impl Membership,
        stands_by: bool,
        metrics: RuntimeMetrics,
    ) -> Processor<Toy, MemoryPeers> {
        let parts = self.parts(member, store, membership, self.log.clone());
        let parts = Parts {
            stands_by,
            metrics,
            ..parts
        };
        Processor::start(parts)
            .await
            .expect("the twin always answers")
    }

    /// A member on a log that may behave otherwise than the twin.
    pub(crate) fn parts<L: EventLog, M: Membership>(
        &self,
        member: &str,
        store: impl Store,
        membership: M,
        log: L,
    ) -> Parts<Toy, L, M, MemoryPeers> {
        let version = PolicyVersion {
            policy: (),
            version: "1".to_owned(),
            files: std::collections::BTreeMap::default(),
        };
        let (sender, rules) = tokio::sync::watch::channel(Arc::new(version));
        // Nobody changes the rules; the channel stays open for the test's life.
        std::mem::forget(sender);
        Parts {
            log,
            membership,
            peers: self.peers.clone(),
            store: Arc::new(store),
            member: member.to_owned(),
            seat: member.to_owned(),
            stands_by: false,
            partitions: PARTITIONS,
            rules,
            clock: Arc::new(SystemClock),
            metrics: RuntimeMetrics::register(&Metrics::new("toy")),
            pace: self.pace,
            renew_every: Duration::from_millis(200),
        }
    }

    /// Registers complaints in a partition, as intake's owner would: one block.
    pub(crate) async fn register(&self, partition: u32, numbers: &[&str]) {
        let chain = Chain::Blocks {
            partition,
            service: Service::Intake,
        };
        let last = self.log.last(chain).await.expect("the twin reads");
        let head = last.map_or(Head::default(), |stored| Head {
            sequence: stored.sequence,
            hash: *blake3::hash(&stored.payload).as_bytes(),
            height: Block::decode(stored.payload).expect("a block").height,
            consumed: 0,
        });
        let events = numbers
            .iter()
            .map(|number| Event {
                payload: Some(Payload::ComplaintRegistered(ComplaintRegistered {
                    number: (*number).to_owned(),
                    ..ComplaintRegistered::default()
                })),
                ..Event::default()
            })
            .collect();
        let block = Block {
            prev_hash: head.link(),
            height: head.height + 1,
            events,
            ..Block::default()
        };
        let entry = Entry {
            chain,
            expected: head.sequence,
            payload: block.encode_to_vec().into(),
        };
        self.log.append(&[entry]).await.expect("nobody else writes");
    }

    /// Registers something of a newer release in a partition: one event that nobody here knows.
    pub(crate) async fn register_newer(&self, partition: u32) {
        let chain = Chain::Blocks {
            partition,
            service: Service::Intake,
        };
        let last = self.log.last(chain).await.expect("the twin reads");
        let last = last.expect("a block before");
        let block = Block {
            prev_hash: blake3::hash(&last.payload).as_bytes().to_vec(),
            height: Block::decode(last.payload).expect("a block").height + 1,
            events: vec![Event::default()],
            ..Block::default()
        };
        let entry = Entry {
            chain,
            expected: last.sequence,
            payload: block.encode_to_vec().into(),
        };
        self.log.append(&[entry]).await.expect("nobody else writes");
    }

    /// Appends a block to intake's chain that links to another one than stands before it: what a
    /// reader sees after the one before was altered.
    pub(crate) async fn register_after_damage(&self, partition: u32, number: &str) {
        let chain = Chain::Blocks {
            partition,
            service: Service::Intake,
        };
        let last = self.log.last(chain).await.expect("the twin reads");
        let last = last.expect("a block before");
        let height = Block::decode(last.payload).expect("a block").height;
        let registered = ComplaintRegistered {
            number: number.to_owned(),
            ..ComplaintRegistered::default()
        };
        let event = Event {
            payload: Some(Payload::ComplaintRegistered(registered)),
            ..Event::default()
        };
        let block = Block {
            prev_hash: vec![1; 32],
            height: height + 1,
            events: vec![event],
            ..Block::default()
        };
        let entry = Entry {
            chain,
            expected: last.sequence,
            payload: block.encode_to_vec().into(),
        };
        self.log.append(&[entry]).await.expect("nobody else writes");
    }

    /// The numbers of the cases that the log says were routed, in order.
    pub(crate) fn routed(&self) -> Vec<String> {
        self.events()
            .into_iter()
            .filter_map(|event| match event.payload {
                Some(Payload::CaseRouted(c)) => Some(c.number),
                _ => None,
            })
            .collect()
    }

    /// All events of the toy in the log.
    pub(crate) fn events(&self) -> Vec<Event> {
        let blocks = self.blocks().into_iter();
        blocks.flat_map(|block| block.events).collect()
    }

    /// All blocks of the toy in the log.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        self.log
            .entries()
            .into_iter()
            .filter(|s| {
                matches!(
                    s.chain,
                    Chain::Blocks {
                        service: Service::Router,
                        ..
                    }
                )
            })
            .map(|s| Block::decode(s.payload).expect("a block"))
            .collect()
    }
}
