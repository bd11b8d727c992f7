//! The process `router`.

use std::{process::ExitCode, time::Duration};

use redress_host::{Profile, settings::Nothing};
use redress_router::{RouterCore, doors, parse_rules};
use redress_runtime::Pace;

/// Nobody waits for a routing as one waits for a number, so a round may gather a little longer
/// than intake's: fewer, fuller blocks for three readers. Much longer would show in lists.
const LINGER: Duration = Duration::from_millis(5);

fn main() -> ExitCode {
    let pace = Pace {
        linger: LINGER,
        ..Pace::default()
    };
    redress_service::run::<RouterCore, Nothing, _, _>(Profile::ROUTER, pace, parse_rules, doors)
}
