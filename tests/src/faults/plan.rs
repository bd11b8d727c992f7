//! What goes wrong, drawn from a seed.

use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use redress_wire::Service;

/// Something that goes wrong, or that operators do. Numbers are turned into a place among what
/// there is at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `kill -9` of a replica, which is started again.
    KillService(usize),
    /// SIGSTOP of a replica beyond its lease.
    PauseService(usize),
    /// A replica loses all its connections beyond its lease.
    CutService(usize),
    /// Everything to and from a replica takes longer.
    DelayService(usize),
    /// `kill -9`, and the store is deleted.
    DeleteStore(usize),
    /// `kill -9`, and bytes of the store are flipped.
    DamageStore(usize),
    /// A service gets four replicas, and then fewer.
    Scale(Service, usize),
    /// `kill -9` of a broker.
    KillBroker(usize),
    /// SIGSTOP of a broker for some seconds.
    PauseBroker(usize),
    /// The log's stream gets another leader.
    ChangeLeader,
    /// `kill -9` of all brokers.
    KillAllBrokers,
    /// `kill -9` of a broker, and a byte of a block of the log is flipped on its disk. The broker
    /// may lose messages by it although others have copies; it is then noticed, and not mended.
    DamageBroker(usize),
    /// The disk of a broker is full for some seconds.
    FillDisk,
    /// All replicas are replaced, one after the other; the first time by those of a release that
    /// writes a new version of an event.
    Upgrade,
}

/// An endless sequence of faults; one seed always gives the same.
#[derive(Debug)]
pub struct Plan {
    random: StdRng,
    kinds: usize,
    drawn: usize,
}

impl Plan {
    /// The sequence of a seed; with damage to the brokers' disks only if wanted.
    pub fn of(seed: u64, damage_brokers: bool) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            kinds: KINDS + usize::from(damage_brokers),
            drawn: 0,
        }
    }
}

impl Iterator for Plan {
    type Item = Fault;

    /// The first ones are one of each kind, so that a short run sees all of them.
    fn next(&mut self) -> Option<Fault> {
        let kind = if self.drawn < self.kinds {
            (self.drawn * 5) % self.kinds
        } else {
            self.random.random_range(0..self.kinds)
        };
        self.drawn += 1;
        let which = self.random.random_range(0..1000);
        let service = *Service::ALL.choose(&mut self.random)?;
        let fault = [
            Fault::KillService(which),
            Fault::PauseService(which),
            Fault::CutService(which),
            Fault::DelayService(which),
            Fault::DeleteStore(which),
            Fault::DamageStore(which),
            Fault::Scale(service, [1, 2, 2][which % 3]),
            Fault::KillBroker(which),
            Fault::PauseBroker(which),
            Fault::ChangeLeader,
            Fault::KillAllBrokers,
            Fault::FillDisk,
            Fault::Upgrade,
            Fault::DamageBroker(which),
        ];
        Some(fault[kind])
    }
}

/// Without damage to the brokers' disks, which comes last.
const KINDS: usize = 13;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_the_same_faults_twice() {
        let first: Vec<Fault> = Plan::of(7, false).take(50).collect();
        let second: Vec<Fault> = Plan::of(7, false).take(50).collect();
        assert_eq!(first, second);
        assert_ne!(first, Plan::of(8, false).take(50).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_faults_are_one_of_each_kind() {
        let kinds: std::collections::BTreeSet<String> = Plan::of(1, true)
            .take(KINDS + 1)
            .map(|fault| {
                format!("{fault:?}")
                    .split('(')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        assert_eq!(kinds.len(), KINDS + 1);
    }
}
