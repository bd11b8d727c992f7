//! What goes wrong, and how often. Each seed draws its own, so that some runs are all lost answers
//! and others all crashes; together they meet combinations that an even mix would not.

use crate::chance::Chance;

/// Shares are per mille of the calls that they concern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// The longest that a message travels.
    pub longest_delay_ms: u64,
    /// An append is lost on its way.
    pub append_lost: u64,
    /// An append is stored, and its answer is lost.
    pub answer_lost: u64,
    /// A second copy of an append arrives later.
    pub append_twice: u64,
    /// The log refuses for the moment.
    pub refused: u64,
    /// The log says that another writer was first, though nobody was.
    pub fenced: u64,
    /// A look into the log fails.
    pub read_fails: u64,
    /// A call to the leases fails, or its answer is lost.
    pub lease_fails: u64,
    /// A call between replicas, or of a caller from outside, is lost or its answer is.
    pub call_lost: u64,
    /// A call between replicas arrives twice.
    pub call_twice: u64,
    /// A flush fails.
    pub flush_fails: u64,
    /// A receiver of mails or webhooks does not take what is sent.
    pub receiver_fails: u64,
}

impl Weather {
    /// Nothing goes wrong.
    pub const CALM: Self = Self {
        longest_delay_ms: 5,
        append_lost: 0,
        answer_lost: 0,
        append_twice: 0,
        refused: 0,
        fenced: 0,
        read_fails: 0,
        lease_fails: 0,
        call_lost: 0,
        call_twice: 0,
        flush_fails: 0,
        receiver_fails: 0,
    };

    /// The weather of a seed: about half of the faults, each at a rate of its own.
    pub fn drawn(chance: &Chance) -> Self {
        let share = |most: u64| {
            if chance.happens(500) {
                chance.between(1, most)
            } else {
                0
            }
        };
        Self {
            longest_delay_ms: *chance.pick(&[5, 50, 500, 3_000]),
            append_lost: share(60),
            answer_lost: share(100),
            append_twice: share(150),
            refused: share(40),
            fenced: share(30),
            read_fails: share(60),
            lease_fails: share(100),
            call_lost: share(100),
            call_twice: share(100),
            flush_fails: share(200),
            receiver_fails: share(400),
        }
    }
}
