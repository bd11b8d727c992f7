//! Waits until every case is routed, and learns who has it.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};
use redress_wire::{Service, intake::GetComplaintRequest, router::GetCaseRequest};
use tonic::Code;

use crate::{
    clients::{Clients, not_there},
    lifecycle::{LogCase, Routed},
};

/// Questions under way at once.
const AT_ONCE: usize = 128;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Whether intake and router are there at all: nothing is tried for long if not.
///
/// # Errors
/// One of them is not.
pub(super) async fn somebody_is_there(clients: &Clients) -> anyhow::Result<()> {
    let name = String::new();
    let asked = GetComplaintRequest { name: name.clone() };
    let intake = clients.intake()?.get_complaint(asked).await.err();
    let router = clients
        .router()?
        .get_case(GetCaseRequest { name })
        .await
        .err();
    for (service, status) in [(Service::Intake, intake), (Service::Router, router)] {
        if let Some(status) = status.filter(not_there) {
            return Err(clients.explain(service, &status));
        }
    }
    Ok(())
}

/// The cases with how they were routed, in their order.
///
/// # Errors
/// One is not routed within `patience`, or router does not answer.
pub(super) async fn all(
    clients: &Clients,
    lodged: Vec<(LogCase, String)>,
    patience: Duration,
) -> anyhow::Result<Vec<(LogCase, String, Routed)>> {
    let until = Instant::now() + patience;
    let asked = stream::iter(lodged).map(|(case, id)| async move {
        let routed = one(clients, &id, until).await?;
        anyhow::Ok((case, id, routed))
    });
    let mut asked = asked.buffered(AT_ONCE);
    let mut found = Vec::new();
    while let Some(routed) = asked.next().await {
        found.push(routed?);
    }
    Ok(found)
}

async fn one(clients: &Clients, id: &str, until: Instant) -> anyhow::Result<Routed> {
    let mut client = clients.router()?;
    loop {
        let request = GetCaseRequest {
            name: id.to_owned(),
        };
        let status = match client.get_case(request).await {
            Ok(case) => return Ok(case.into_inner().into()),
            Err(status) => status,
        };
        let later = matches!(status.code(), Code::NotFound | Code::Unavailable);
        if !later || Instant::now() > until {
            return Err(clients.explain(Service::Router, &status));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
