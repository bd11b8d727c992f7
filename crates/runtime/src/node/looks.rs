//! Looks at committed state: between rounds, or beside one that is on its way into the log.

use redress_log::EventLog;
use redress_wire::peer::Status;

use super::Node;
use crate::{Context, Core, partition::Partition, request::Look, set_aside};

impl<C: Core, L: EventLog> Node<C, L> {
    pub(super) fn look(&mut self, look: Look<C>) {
        match look {
            Look::Query(ids, query, reply) => {
                let found = self.each(&ids, |partition, cx| {
                    partition.core.query(&partition.rows, &query, cx)
                });
                drop(reply.send(found));
            }
            Look::SetAside(ids, limit, reply) => {
                let found = self.each(&ids, |partition, _| set_aside::list(&partition.rows, limit));
                drop(reply.send(found));
            }
            Look::Status(ids, hash, reply) => {
                let member = self.parts.member.clone();
                let found = self.each(&ids, |partition, _| partition.status(&member, hash));
                drop(reply.send(found));
            }
            Look::Snapshot(ids, reply) => {
                self.want_copies(&ids);
                self.look(Look::Status(ids, false, reply));
            }
        }
    }

    /// Answers a question while a round is on its way into the log; gives it back if it has to wait
    /// for the round.
    pub(super) fn glance(&mut self, look: Look<C>) -> Option<Look<C>> {
        let Look::Query(ids, query, reply) = look else {
            return Some(look);
        };
        let found = self.each(&ids, |partition, cx| {
            partition.core.glance(&partition.rows, &query, cx)
        });
        let found = found.into_iter().map(|(id, found)| Some((id, found?)));
        match found.collect() {
            Some(found) => {
                drop(reply.send(found));
                None
            }
            None => Some(Look::Query(ids, query, reply)),
        }
    }

    fn each<T>(
        &mut self,
        ids: &[u32],
        look: impl Fn(&Partition<C>, &Context<'_, C::Rules>) -> T,
    ) -> Vec<(u32, T)> {
        let version = self.parts.rules.borrow().clone();
        let rules = &version.policy;
        let now = self.parts.clock.now();
        ids.iter()
            .filter_map(|&id| {
                let partition = self.partitions.get(&id)?;
                let cx = Context {
                    partition: id,
                    now,
                    rules,
                    numbers: &mut self.numbers,
                };
                Some((id, look(partition, &cx)))
            })
            .collect()
    }
}

impl<C: Core> Partition<C> {
    fn status(&self, owner: &str, with_hash: bool) -> Status {
        let hash = with_hash
            .then(|| redress_store::state_hash(&self.rows).ok())
            .flatten();
        Status {
            partition: self.id,
            owner: owner.to_owned(),
            own_sequence: self.head.sequence,
            consumed: self.consumed,
            height: self.head.height,
            state_hash: hash.map(Vec::from).unwrap_or_default(),
            rows_unflushed: self.rows.unflushed_rows() as u64,
        }
    }
}
