//! The `analytics` binary.

use std::process::ExitCode;

use redress_analytics::{AnalyticsCore, PACE, doors, rules};
use redress_host::{Nothing, Profile};

fn main() -> ExitCode {
    redress_service::run::<AnalyticsCore, Nothing, _, _>(Profile::ANALYTICS, PACE, rules, doors)
}
