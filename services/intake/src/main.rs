//! The `intake` service.

use std::process::ExitCode;

use redress_host::Profile;
use redress_intake::{IntakeArgs, IntakeCore, IntakeRules, doors, pace};

fn main() -> ExitCode {
    redress_service::run::<IntakeCore, IntakeArgs, _, _>(
        Profile::INTAKE,
        pace(),
        IntakeRules::parse,
        doors,
    )
}
