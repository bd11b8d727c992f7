//! Controls that must fail: each switches off one thing that a promise rests on. A run with one
//! of them has to end with a verdict; if it does not, the simulator is blind.

/// What is switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Control {
    /// Nothing: the platform as it is.
    #[default]
    None,
    /// The log stores whatever is appended, whoever wrote before.
    FenceOff,
    /// The feed stores whatever is published, whatever mark the publisher knows of.
    FeedFenceOff,
    /// The log says "stored" first and stores later; what the writer had in hand when it dies is
    /// lost. So answers go out before the commit.
    AnswerBeforeCommit,
    /// The position that a flush writes is ahead of what is committed.
    StoreBeforeLog,
    /// Every replica believes that it alone holds a lease, for good. The fence keeps right what
    /// they do; who owns what never comes to rest.
    LeaseIgnored,
    /// The same, while it storms only: then nothing wrong may be left.
    LeaseIgnoredInStorm,
    /// Leases are ignored, and the log has no fence.
    LeaseIgnoredFenceOff,
    /// A block is damaged. The chain of hashes still tells.
    DamagedBlock,
    /// A block is damaged, and every hash after it is made to fit.
    ChainOff,
}

impl Control {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 10] = [
        ("none", Self::None),
        ("fence-off", Self::FenceOff),
        ("feed-fence-off", Self::FeedFenceOff),
        ("answer-before-commit", Self::AnswerBeforeCommit),
        ("store-before-log", Self::StoreBeforeLog),
        ("lease-ignored", Self::LeaseIgnored),
        ("lease-ignored-in-storm", Self::LeaseIgnoredInStorm),
        ("lease-ignored-fence-off", Self::LeaseIgnoredFenceOff),
        ("damaged-block", Self::DamagedBlock),
        ("chain-off", Self::ChainOff),
    ];

    /// Whether appends are checked against the head that they build on.
    pub(crate) fn has_fence(self) -> bool {
        !matches!(self, Self::FenceOff | Self::LeaseIgnoredFenceOff)
    }

    /// Whether leases and claims are looked at.
    pub(crate) fn has_leases(self) -> bool {
        !matches!(
            self,
            Self::LeaseIgnored | Self::LeaseIgnoredInStorm | Self::LeaseIgnoredFenceOff
        )
    }

    /// Whether a block is to be damaged.
    pub(crate) fn damages_a_block(self) -> bool {
        matches!(self, Self::DamagedBlock | Self::ChainOff)
    }
}
