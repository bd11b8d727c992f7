//! Figures that can be added up.

/// What one policy makes of the cases of a department and week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases that go to the department.
    pub cases: u64,
    /// Clocks that start; a clock that starts again counts again.
    pub clocks: u64,
    /// Of these, met on time.
    pub on_time: u64,
    /// Of these, met late or past their end.
    pub late: u64,
    /// Of these, within their time.
    pub open: u64,
    /// Of these, no longer asked for.
    pub cancelled: u64,
    /// Of these, with at least one warning.
    pub warned: u64,
    /// Of these, that ran past their end.
    pub breached: u64,
    /// Of these, with at least one step of their ladder reached.
    pub escalated: u64,
    /// Plans proposed.
    pub plans: u64,
    /// Of these, beyond the proposer's own authority.
    pub to_approve: u64,
    /// Levels that have to approve them, in sum.
    pub levels: u64,
    /// Commands given that a gate of the procedure holds up.
    pub held_up: u64,
}

impl Counts {
    /// Each figure with its name, in the order in which they are shown.
    pub fn figures(&self) -> [(&'static str, u64); 13] {
        [
            ("cases", self.cases),
            ("clocks", self.clocks),
            ("on_time", self.on_time),
            ("late", self.late),
            ("open", self.open),
            ("cancelled", self.cancelled),
            ("warned", self.warned),
            ("breached", self.breached),
            ("escalated", self.escalated),
            ("plans", self.plans),
            ("to_approve", self.to_approve),
            ("levels", self.levels),
            ("held_up", self.held_up),
        ]
    }

    /// Of the clocks that are decided, the share met on time; `None` without any.
    pub fn on_time_rate(&self) -> Option<f64> {
        let decided = self.on_time + self.late;
        (decided > 0).then(|| self.on_time as f64 / decided as f64)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.clocks += other.clocks;
        self.on_time += other.on_time;
        self.late += other.late;
        self.open += other.open;
        self.cancelled += other.cancelled;
        self.warned += other.warned;
        self.breached += other.breached;
        self.escalated += other.escalated;
        self.plans += other.plans;
        self.to_approve += other.to_approve;
        self.levels += other.levels;
        self.held_up += other.held_up;
    }
}

/// What comes and what goes with the candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// There under the candidate alone.
    pub more: u64,
    /// There under today's policy alone.
    pub less: u64,
}

impl Delta {
    pub(crate) fn add(&mut self, other: Self) {
        self.more += other.more;
        self.less += other.less;
    }

    /// Whether nothing comes or goes.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What one policy makes of a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockCounts {
    /// How often it starts.
    pub started: u64,
    /// Met on time.
    pub on_time: u64,
    /// Met late or past its end.
    pub late: u64,
    /// Within its time.
    pub open: u64,
    /// No longer asked for.
    pub cancelled: u64,
    /// Warnings given.
    pub warnings: u64,
    /// Ends that passed.
    pub breached: u64,
}

impl ClockCounts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.started += other.started;
        self.on_time += other.on_time;
        self.late += other.late;
        self.open += other.open;
        self.cancelled += other.cancelled;
        self.warnings += other.warnings;
        self.breached += other.breached;
    }
}

/// Routings that people corrected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Corrections {
    /// How many corrections people made.
    pub made: u64,
    /// Of these, how many the rules of today's policy would have spared them.
    pub spared_today: u64,
    /// Of these, how many the candidate's rules would.
    pub spared_by_candidate: u64,
}

impl Corrections {
    pub(crate) fn add(&mut self, other: Self) {
        self.made += other.made;
        self.spared_today += other.spared_today;
        self.spared_by_candidate += other.spared_by_candidate;
    }
}
