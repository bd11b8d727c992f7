//! Whether the time here lies behind what was recorded.

use jiff::Timestamp;
use redress_log::EventLog;
use tracing::{error, info};

use super::Node;
use crate::Core;

/// Machines whose clocks are kept by a time service differ by milliseconds; a block waits less than
/// a second for its round.
const TOLERATED_SECONDS: i64 = 5;

impl<C: Core, L: EventLog> Node<C, L> {
    /// Events are recorded with the time as it is here. If another machine, or this one before its
    /// clock was set back, has recorded later times, deadlines are too early or too late by the
    /// difference: somebody has to know.
    pub(super) fn look_at_the_clock(&mut self, now: Timestamp) {
        let newest = self.partitions.values().map(|it| it.newest_us).max();
        let ahead = newest.map_or(0, |newest| newest.saturating_sub(now.as_microsecond()));
        let seconds = ahead.max(0) / 1_000_000;
        let behind = seconds > TOLERATED_SECONDS;
        let said = if behind { seconds } else { 0 };
        self.parts.metrics.clock_behind_log.set(said);
        if behind != self.behind {
            self.behind = behind;
            if behind {
                error!(
                    clock.behind_seconds = seconds,
                    "the time here lies {seconds} s behind what was recorded: set the clock of \
                     this machine, or of the one that recorded it; deadlines between them are \
                     wrong by as much"
                );
            } else {
                info!("the time here has caught up with what was recorded");
            }
        }
    }
}
