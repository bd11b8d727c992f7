//! The points of a clock, and which one fires next.

use jiff::Timestamp;

/// The most warning points of a clock: what an armed entry has room to number.
pub(crate) const MAX_WARNINGS: usize = 15;
/// The most steps of a clock's ladder.
pub(crate) const MAX_STEPS: usize = 15;

/// A point in time of a clock; of points at the same time the smaller one fires first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// The warning with this index, from 0.
    Warning(u8),
    /// The end has passed and the clock still runs.
    Breach,
    /// The step of the ladder with this index, from 0; before the end or after it.
    Escalation(u8),
}

/// Which point fires next: the earliest of the next warning, the end and the next step, as far as
/// they have not fired.
pub fn next_point(
    warning: Option<(u8, Timestamp)>,
    end: Option<Timestamp>,
    step: Option<(u8, Timestamp)>,
) -> Option<(Point, Timestamp)> {
    let points = [
        warning.map(|(index, at)| (Point::Warning(index), at)),
        end.map(|at| (Point::Breach, at)),
        step.map(|(index, at)| (Point::Escalation(index), at)),
    ];
    points
        .into_iter()
        .flatten()
        .min_by_key(|(point, at)| (*at, *point))
}
