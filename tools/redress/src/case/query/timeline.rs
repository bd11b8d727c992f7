//! `redress case timeline`.

use jiff::tz::TimeZone;
use redress_wire::router::GetTimelineRequest;

use super::explained;
use crate::{
    case::story::{self, Story},
    clients::Clients,
    commands::localized,
    output::Output,
};

pub(super) async fn run(clients: &Clients, name: &str, out: &Output) -> anyhow::Result<()> {
    let request = GetTimelineRequest {
        name: name.to_owned(),
    };
    let answer = clients
        .case_queries()?
        .get_timeline(localized(request, out.lang))
        .await
        .map_err(explained(clients))?
        .into_inner();
    if out.json {
        for entry in &answer.entries {
            out.object(&story::json(entry))?;
        }
        return Ok(());
    }
    let mut story = Story::new(out, TimeZone::system());
    out.line(&story.head(&answer.case.unwrap_or_default(), answer.version))?;
    for entry in &answer.entries {
        out.line(&story.entry(entry))?;
    }
    Ok(())
}
