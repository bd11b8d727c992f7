//! The process `router`.

use std::{process::ExitCode, time::Duration};

use redress_host::{Profile, settings::Nothing};
use redress_router::{RouterCore, doors, parse_rules};
use redress_runtime::Pace;

/// Nobody waits for a routing as one waits for a number, so a round may gather longer than
/// intake's. A batch costs the broker about 4.5 ms whatever its size (four syncs, measured), and
/// all services queue for it: 40 ms leave most of its time to the answers of intake. A command has
/// somebody waiting for it, and waits for company as briefly as a submission does.
const LINGER: Duration = Duration::from_millis(40);

fn main() -> ExitCode {
    let pace = Pace {
        linger: LINGER,
        ..Pace::default()
    };
    redress_service::run::<RouterCore, Nothing, _, _>(Profile::ROUTER, pace, parse_rules, doors)
}
