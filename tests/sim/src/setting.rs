//! What a run is like: drawn from the seed, or said by a test.

use redress_wire::Service;

use crate::{chance::Chance, control::Control, weather::Weather};

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Partitions of the installation.
    pub partitions: u32,
    /// Streams that they are spread over.
    pub streams: u32,
    /// Replicas of each service, in the order of `Service::ALL`.
    pub replicas: [usize; 5],
    /// Whether replicas follow what they would get if another one vanished.
    pub stands_by: bool,
    /// Submissions that callers make, repeats not counted.
    pub submissions: usize,
    /// How long things go wrong, in milliseconds.
    pub storm_ms: u64,
    /// What goes wrong on the network and the disk.
    pub weather: Weather,
    /// What goes wrong with processes.
    pub mishaps: Mishaps,
    /// What is switched off.
    pub control: Control,
    /// Kills the first process of a service instead of its so-many-th poll.
    pub kill_at: Option<(Service, u64)>,
}

/// What happens to processes and machines: the relative weight of each, 0 for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mishaps {
    /// Milliseconds from one to the next, on average; 0 for none at all.
    pub every_ms: u64,
    /// Share of starts, per mille, that end in a kill at a poll drawn beforehand.
    pub killed_at_a_poll: u64,
    /// A process is killed.
    pub kill: u64,
    /// A process is paused, perhaps beyond its lease.
    pub pause: u64,
    /// A process is stopped in good order and started again.
    pub stop: u64,
    /// The broker restarts.
    pub restart_broker: u64,
    /// A lease runs out too early.
    pub expire_lease: u64,
    /// The time of day jumps forwards.
    pub jump: u64,
    /// Another version of the policy comes into force.
    pub change_policy: u64,
    /// The rows of a partition are damaged.
    pub damage_store: u64,
    /// Snapshots are made of all partitions of a service.
    pub snapshot: u64,
    /// Snapshots are made of everything, and the log is trimmed below them.
    pub trim: u64,
}

impl Setting {
    /// The setting that a seed draws.
    pub fn of(seed: u64) -> Self {
        Self::drawn(&Chance::new(seed))
    }

    /// The setting of a seed.
    pub(crate) fn drawn(chance: &Chance) -> Self {
        let chance = chance.fork("setting");
        let crowd = *chance.pick(&[1, 1, 2, 2, 3]);
        let drawn = Self {
            partitions: chance.between(1, 5) as u32,
            streams: 1,
            replicas: [(); 5].map(|()| chance.between(1, crowd) as usize),
            stands_by: chance.happens(500),
            submissions: chance.between(5, 40) as usize,
            storm_ms: chance.between(4_000, 16_000),
            weather: Weather::drawn(&chance),
            mishaps: Mishaps::drawn(&chance),
            control: Control::None,
            kill_at: None,
        };
        let streams = *chance.pick(&[1, 1, 2, 3]);
        let snapshot = chance.below(8);
        let trim = chance.below(4);
        Self {
            streams: streams.min(drawn.partitions),
            mishaps: Mishaps {
                snapshot,
                trim,
                ..drawn.mishaps
            },
            ..drawn
        }
    }

    /// The setting of a seed with something switched off, and somebody to compete with.
    pub fn controlled(seed: u64, control: Control) -> Self {
        let drawn = Self::of(seed);
        Self {
            control,
            // What is promised ahead or served damaged is known by its sequence alone.
            streams: 1,
            replicas: drawn.replicas.map(|n| n.max(2)),
            // What is switched off is to be seen in rows that are folded from the log.
            mishaps: Mishaps {
                snapshot: 0,
                trim: 0,
                ..drawn.mishaps
            },
            ..drawn
        }
    }

    /// A small run in which nothing goes wrong but that the first process of a service is killed
    /// instead of its so-many-th poll, that is, at an await.
    pub fn dying_at(service: Service, poll: u64) -> Self {
        Self {
            kill_at: Some((service, poll)),
            ..Self::calm()
        }
    }

    /// A small run in which nothing goes wrong.
    pub fn calm() -> Self {
        Self {
            partitions: 2,
            streams: 1,
            replicas: [1; 5],
            stands_by: false,
            submissions: 6,
            storm_ms: 1_500,
            weather: Weather::CALM,
            mishaps: Mishaps::default(),
            control: Control::None,
            kill_at: None,
        }
    }
}

impl Mishaps {
    fn drawn(chance: &Chance) -> Self {
        let weight = |most: u64| {
            if chance.happens(600) {
                chance.between(1, most)
            } else {
                0
            }
        };
        Self {
            every_ms: *chance.pick(&[0, 300, 800, 2_000]),
            killed_at_a_poll: *chance.pick(&[0, 300, 900]),
            kill: weight(10),
            pause: weight(6),
            stop: weight(6),
            restart_broker: weight(3),
            expire_lease: weight(4),
            jump: weight(4),
            change_policy: weight(1),
            damage_store: weight(4),
            snapshot: 0,
            trim: 0,
        }
    }
}
