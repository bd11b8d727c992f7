//! The `notifier` binary.

use std::process::ExitCode;

use redress_host::Profile;
use redress_notifier::{NotifierArgs, NotifierCore, PACE, Rules, doors};

fn main() -> ExitCode {
    redress_service::run::<NotifierCore, NotifierArgs, _, _>(
        Profile::NOTIFIER,
        PACE,
        Rules::parse,
        doors,
    )
}
