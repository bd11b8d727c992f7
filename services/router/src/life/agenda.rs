//! What happens to cases by themselves: holds that end, approvers who do not answer.

use std::{cell::RefCell, collections::BTreeSet};

use redress_complaint::ComplaintId;

/// When each case next changes by itself, as its last fact said.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    due: BTreeSet<(i64, [u8; 16])>,
    /// Cases to which nothing happened at their time: they wait for their next fact.
    idle: RefCell<BTreeSet<[u8; 16]>>,
}

impl Agenda {
    /// A case has become another. 0: it does not change by itself.
    pub(crate) fn change(&mut self, id: &ComplaintId, before_us: i64, after_us: i64) {
        self.idle.get_mut().remove(id.as_bytes());
        if before_us != 0 {
            self.due.remove(&(before_us, *id.as_bytes()));
        }
        if after_us != 0 {
            self.due.insert((after_us, *id.as_bytes()));
        }
    }

    /// When something happens next.
    pub(crate) fn next_us(&self) -> Option<i64> {
        let idle = self.idle.borrow();
        let mut waking = self.due.iter().filter(|(_, id)| !idle.contains(id));
        waking.next().map(|(at, _)| *at)
    }

    /// The cases whose time has come, the longest due first.
    pub(crate) fn due(&self, now_us: i64, limit: usize) -> Vec<ComplaintId> {
        let idle = self.idle.borrow();
        let come = self.due.range(..=(now_us, [0xff; 16]));
        come.filter(|(_, id)| !idle.contains(id))
            .take(limit)
            .map(|(_, id)| ComplaintId::from_bytes(*id))
            .collect()
    }

    /// Nothing happened to the case, though its time had come: it is not asked again.
    pub(crate) fn leave(&self, id: &ComplaintId) {
        self.idle.borrow_mut().insert(*id.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ComplaintId {
        ComplaintId::from_bytes([n; 16])
    }

    #[test]
    fn what_is_due_first_comes_first_and_what_was_left_waits_for_its_next_fact() {
        let mut agenda = Agenda::default();
        agenda.change(&id(1), 0, 30);
        agenda.change(&id(2), 0, 20);
        agenda.change(&id(3), 0, 10);
        agenda.change(&id(3), 10, 0);
        assert_eq!(agenda.next_us(), Some(20));
        assert_eq!(agenda.due(30, 9), [id(2), id(1)]);
        assert_eq!(agenda.due(29, 9), [id(2)]);
        agenda.leave(&id(2));
        assert_eq!(agenda.next_us(), Some(30));
        agenda.change(&id(2), 20, 25);
        assert_eq!(agenda.next_us(), Some(25));
    }
}
