//! The words of events and rows that decide something.

/// A delivery is to be sent, or sent again.
pub(crate) const PLANNED: &str = "planned";
/// A receiver has taken it.
pub(crate) const DELIVERED: &str = "delivered";
/// Set aside until an operator retries it.
pub(crate) const GIVEN_UP: &str = "given_up";
/// There was no way to reach them: recorded, nothing is sent.
pub(crate) const UNREACHABLE: &str = "unreachable";
/// It waited to be sent and became needless.
pub(crate) const DROPPED: &str = "dropped";
/// The states a list can be asked for.
pub(crate) const STATES: [&str; 5] = [PLANNED, DELIVERED, GIVEN_UP, UNREACHABLE, DROPPED];

/// The means of a delivery that cannot be sent.
pub(crate) const NO_MEANS: &str = "none";
