//! What an event of a log means, in words that all logs share.

/// One thing that an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// Something was noted or changed that the life of a case does not know.
    Note(String),
    /// Something that the customer is told.
    Tell(String),
    /// Handed to another group; the same word is always the same group.
    Reassign(String),
    /// Somebody works on it.
    Work,
    /// Its urgency is this one now.
    Urgency(Urgency),
    /// Nothing can be done until somebody else has acted.
    Wait(Wait, String),
    /// A solution is in place.
    Resolve,
    /// It is over.
    Close,
    /// The solution was none: it is worked on again.
    Reopen,
    /// A fault behind it is to be mended by others.
    Fault(String),
    /// The last such fault is mended.
    FaultMended,
}

/// For whom a case waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// For the customer.
    Customer,
    /// For somebody outside the desk.
    Outside,
}

impl Wait {
    /// The pause of the shipped policy.
    pub(crate) fn pause(self) -> &'static str {
        match self {
            Self::Customer => "waiting_for_customer",
            Self::Outside => "outside_cooperation",
        }
    }
}

/// The urgencies of the shipped policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// 紧急
    Urgent,
    /// 一般
    Normal,
    /// 低优先级
    Low,
}

impl Urgency {
    /// Its id.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}
