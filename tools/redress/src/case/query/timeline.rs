//! `redress case timeline`.

use jiff::tz::TimeZone;
use redress_wire::router::{GetTimelineRequest, GetTimelineResponse};

use super::explained;
use crate::{
    case::story::{self, Story},
    clients::Clients,
    commands::localized,
    output::Output,
};

/// What happened to a case, in the language of the output.
pub(super) async fn asked(
    clients: &Clients,
    name: &str,
    out: &Output,
) -> anyhow::Result<GetTimelineResponse> {
    let request = GetTimelineRequest {
        name: name.to_owned(),
    };
    let answer = clients
        .case_queries()?
        .get_timeline(localized(request, out.lang))
        .await
        .map_err(explained(clients))?;
    Ok(answer.into_inner())
}

pub(super) async fn run(clients: &Clients, name: &str, out: &Output) -> anyhow::Result<()> {
    let answer = asked(clients, name, out).await?;
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
