//! The standard health service, driven by the process's conditions.

use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::readiness::{Conditions, Readiness};

/// Keeps the health of the server (the empty name) and of each service in `names` equal to the
/// process's readiness. Does not return.
pub(super) async fn follow(readiness: Readiness, reporter: HealthReporter, names: Vec<String>) {
    let mut conditions = readiness.subscribe();
    loop {
        let ready = conditions.borrow_and_update().all_met();
        let status = if ready {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        for name in names.iter().map(String::as_str).chain([""]) {
            reporter.set_service_status(name, status).await;
        }
        let changed = |conditions: &Conditions| conditions.all_met() != ready;
        if conditions.wait_for(changed).await.is_err() {
            return std::future::pending().await;
        }
    }
}
