//! `redress case follow`: facts as they become durable, until Ctrl-C.

use std::time::Duration;

use jiff::tz::TimeZone;
use redress_wire::{
    Service,
    router::{FollowRequest, TimelineEntry},
};
use tonic::{Code, Status};

use crate::{
    case::story::{self, Story},
    clients::Clients,
    commands::localized,
    output::Output,
};

/// Before a stream that broke is opened again.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn run(
    clients: &Clients,
    name: &str,
    from: u64,
    out: &Output,
) -> anyhow::Result<()> {
    let mut story = Story::new(out, TimeZone::system());
    let mut next = from;
    let mut heard = false;
    loop {
        let ended = tokio::select! {
            ended = listen(clients, name, &mut next, out, &mut story) => ended?,
            stopped = tokio::signal::ctrl_c() => return Ok(stopped?),
        };
        // A case that was heard of once is there; its owner may be moving.
        heard |= next > from;
        match ended {
            Some(status) if !heard || status.code() != Code::Unavailable => {
                return Err(clients.explain(Service::Router, &status));
            }
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Shows what comes until the stream ends; `next` is the version to go on with.
async fn listen(
    clients: &Clients,
    name: &str,
    next: &mut u64,
    out: &Output,
    story: &mut Story<'_>,
) -> anyhow::Result<Option<Status>> {
    let request = FollowRequest {
        name: name.to_owned(),
        from_version: *next,
    };
    let mut client = clients.case_queries_stream()?;
    let mut stream = match client.follow(localized(request, out.lang)).await {
        Ok(stream) => stream.into_inner(),
        Err(status) => return Ok(Some(status)),
    };
    loop {
        match stream.message().await {
            Ok(Some(message)) => {
                let entry = message.entry.unwrap_or_default();
                *next = entry.version + 1;
                show(&entry, out, story)?;
            }
            Ok(None) => return Ok(None),
            Err(status) => return Ok(Some(status)),
        }
    }
}

fn show(entry: &TimelineEntry, out: &Output, story: &mut Story<'_>) -> std::io::Result<()> {
    if out.json {
        out.object(&story::json(entry))
    } else {
        out.line(&story.entry(entry))
    }
}
