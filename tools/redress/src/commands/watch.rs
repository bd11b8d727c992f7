//! `redress watch`: live figures.

use redress_wire::{
    Service,
    analytics::{Figures, GetFiguresRequest, WatchFiguresRequest},
};

use super::{Ending, figures::page};
use crate::{
    args::{Global, WatchArgs},
    clients::Clients,
    output::{Output, message_to_json},
};

/// Goes to the top left and clears what is below.
const TOP_LEFT: &str = "\u{1b}[H\u{1b}[J";

pub(crate) async fn run(args: &WatchArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    let explain = |status| clients.explain(Service::Analytics, &status);
    if args.once {
        let request = GetFiguresRequest {
            from_day: args.from,
            to_day: args.to,
        };
        let figures = clients
            .analytics()?
            .get_figures(request)
            .await
            .map_err(explain)?;
        return show(&figures.into_inner(), out, false).map(|()| Ending::Fine);
    }
    let request = WatchFiguresRequest {
        from_day: args.from,
        to_day: args.to,
        interval_ms: args.interval,
    };
    let mut client = clients.analytics_stream()?;
    let stream = client.watch_figures(request).await.map_err(explain)?;
    let mut stream = stream.into_inner();
    loop {
        let next = tokio::select! {
            next = stream.message() => next.map_err(explain)?,
            ended = tokio::signal::ctrl_c() => return Ok(ended.map(|()| Ending::Fine)?),
        };
        let Some(figures) = next else {
            return Ok(Ending::Fine);
        };
        show(&figures, out, true)?;
    }
}

fn show(figures: &Figures, out: &Output, live: bool) -> anyhow::Result<()> {
    if out.json || (live && !out.terminal) {
        return Ok(out.object(&message_to_json("redress.analytics.v1.Figures", figures))?);
    }
    let top = if live { TOP_LEFT } else { "" };
    Ok(out.line(&format!("{top}{}", page(figures, out)))?)
}
