//! The process `sla-monitor`.

use std::{process::ExitCode, time::Duration};

use redress_host::{Profile, settings::Nothing};
use redress_runtime::Pace;
use redress_sla_monitor::{SlaMonitorCore, doors, parse_rules};

/// The shortest deadline is seconds long and a point may fire 100 ms late at most, so a round may
/// gather several blocks of router before it adds one of its own; the rest of the 100 ms is for
/// the commit.
const LINGER: Duration = Duration::from_millis(40);

fn main() -> ExitCode {
    let pace = Pace {
        linger: LINGER,
        ..Pace::default()
    };
    redress_service::run::<SlaMonitorCore, Nothing, _, _>(
        Profile::SLA_MONITOR,
        pace,
        parse_rules,
        doors,
    )
}
