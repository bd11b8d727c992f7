//! A rolling upgrade: readers of the event that gets a new version first, then its writers.

use std::time::Duration;

use redress_testkit::eventually;
use redress_wire::Service;

use super::Run;

/// In the order of an upgrade: router comes last, since it writes `CaseRouted`.
const ORDER: [Service; 5] = [
    Service::Analytics,
    Service::Notifier,
    Service::SlaMonitor,
    Service::Intake,
    Service::Router,
];
/// Of this service one replica is forgotten.
const FORGOTTEN: Service = Service::SlaMonitor;
const NOTICED_WITHIN: Duration = Duration::from_mins(1);

impl Run {
    /// Replaces all replicas; the first time by those of the next release. Then one old reader goes
    /// on, and has to step back, and say why, when the first event comes that it does not know.
    pub(super) async fn upgrade(&mut self) {
        let forgets = cfg!(debug_assertions) && !self.is_upgraded;
        self.fleet.set("REDRESS_TEST_RELEASE", "next");
        self.is_upgraded = true;
        for service in ORDER {
            let old = self.fleet.of(service).len();
            let is_forgotten = forgets && service == FORGOTTEN;
            for replaced in 1..=old {
                self.fleet.add_ready(service).await;
                if !(is_forgotten && replaced == old) {
                    self.hand_over(self.fleet.of(service)[0]).await;
                }
            }
        }
        if forgets {
            self.notice_the_forgotten().await;
        }
    }

    async fn notice_the_forgotten(&mut self) {
        let place = self.fleet.of(FORGOTTEN)[0];
        let process = &self.fleet.members[place].replica.process;
        let what = "an old replica to say that it is too old";
        eventually(what, NOTICED_WITHIN, async || {
            let said = process.page("readyz").await?;
            said.contains("upgrade this service").then_some(())
        })
        .await;
        let took = self.fleet.whole_again(FORGOTTEN, Some(place)).await;
        eprintln!("     an old replica stepped back; without it all was owned after {took:?}");
        self.hand_over(place).await;
    }
}
