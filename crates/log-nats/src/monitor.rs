//! Where the broker tells whether it syncs each write.
//!
//! A normal user is told nothing of it (verified on 2.15.1): neither the greeting, nor the
//! account's or a stream's information has it. The report `JSZ` has it, and is to be had in two
//! ways: as a request, where the operator exports `$SYS.REQ.SERVER.PING.JSZ` to the account, and
//! over HTTP monitoring.

use std::time::Duration;

use async_nats::Subscriber;
use bytes::Bytes;
use futures::StreamExt;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::timeout;

use crate::Broker;

const SYSTEM_REPORT: &str = "$SYS.REQ.SERVER.PING.JSZ";
/// For the first server's report, and for each further one of a cluster.
const FIRST_WITHIN: Duration = Duration::from_secs(2);
const NEXT_WITHIN: Duration = Duration::from_millis(300);
const HTTP_WITHIN: Duration = Duration::from_secs(3);
/// The port of the shipped configuration.
const MONITOR_PORT: u16 = 8222;

/// What a server reports of itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) server: String,
    /// `None` if it does not run `JetStream`.
    pub(crate) sync_always: Option<bool>,
    /// Its time when it reported.
    pub(crate) now: Option<Timestamp>,
}

#[derive(Deserialize)]
struct SystemAnswer {
    data: Jsz,
}

#[derive(Deserialize)]
struct Jsz {
    #[serde(default)]
    server_id: String,
    #[serde(default)]
    disabled: bool,
    now: Option<Timestamp>,
    config: Option<Config>,
}

#[derive(Default, Deserialize)]
struct Config {
    /// Left out when false.
    #[serde(default)]
    sync_always: bool,
}

/// The reports of all servers that could be asked, or why none could.
pub(crate) async fn reports(broker: &Broker) -> Result<Vec<Report>, String> {
    let reports = system_reports(broker).await;
    if !reports.is_empty() {
        return Ok(reports);
    }
    let mut reports = Vec::new();
    for url in monitor_urls(broker) {
        reports.push(http_report(&url).await?);
    }
    Ok(reports)
}

async fn system_reports(broker: &Broker) -> Vec<Report> {
    let client = broker.client();
    let inbox = client.new_inbox();
    let Ok(mut answers) = client.subscribe(inbox.clone()).await else {
        return Vec::new();
    };
    if client
        .publish_with_reply(SYSTEM_REPORT, inbox, Bytes::new())
        .await
        .is_err()
    {
        return Vec::new();
    }
    let mut reports = Vec::new();
    let mut within = FIRST_WITHIN;
    while let Some(answer) = system_answer(&mut answers, within).await {
        reports.push(answer.into());
        within = NEXT_WITHIN;
    }
    reports
}

/// `None` also when nobody answers such requests of this user.
async fn system_answer(answers: &mut Subscriber, within: Duration) -> Option<Jsz> {
    let answer = timeout(within, answers.next()).await.ok()??;
    serde_json::from_slice::<SystemAnswer>(&answer.payload)
        .ok()
        .map(|answer| answer.data)
}

fn monitor_urls(broker: &Broker) -> Vec<String> {
    let options = broker.options();
    if let Some(urls) = &options.monitor_url {
        return urls
            .split(',')
            .map(|url| url.trim().trim_end_matches('/').to_owned())
            .collect();
    }
    let host = |url: &str| {
        let address: async_nats::ServerAddr = url.trim().parse().ok()?;
        Some(format!("http://{}:{MONITOR_PORT}", address.host()))
    };
    options.url.split(',').filter_map(host).collect()
}

async fn http_report(url: &str) -> Result<Report, String> {
    let ask = async {
        let answer = reqwest::get(format!("{url}/jsz"))
            .await?
            .error_for_status()?;
        answer.bytes().await
    };
    let answer = timeout(HTTP_WITHIN, ask)
        .await
        .map_err(|_| format!("{url}/jsz does not answer"))?
        .map_err(|error| format!("{url}/jsz: {error}"))?;
    let jsz: Jsz = serde_json::from_slice(&answer)
        .map_err(|error| format!("{url}/jsz is no report of a broker: {error}"))?;
    Ok(jsz.into())
}

impl From<Jsz> for Report {
    fn from(jsz: Jsz) -> Self {
        let config = jsz.config.filter(|_| !jsz.disabled);
        Self {
            server: jsz.server_id,
            sync_always: config.map(|config| config.sync_always),
            now: jsz.now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(json: &str) -> Report {
        serde_json::from_str::<Jsz>(json).expect("a report").into()
    }

    #[test]
    fn a_server_that_does_not_sync_leaves_the_field_out() {
        let lazy = report(r#"{"server_id":"A","config":{"sync_interval":120000000000}}"#);
        assert_eq!(lazy.sync_always, Some(false));
        let safe = report(r#"{"server_id":"A","config":{"sync_always":true}}"#);
        assert_eq!(safe.sync_always, Some(true));
    }

    #[test]
    fn a_server_tells_its_time() {
        let told = report(r#"{"server_id":"A","now":"2026-05-07T04:00:00.25Z","config":{}}"#);
        let now = told.now.expect("a time").to_string();
        assert_eq!(now, "2026-05-07T04:00:00.25Z");
    }

    #[test]
    fn a_server_without_jetstream_syncs_nothing() {
        assert_eq!(
            report(r#"{"server_id":"A","disabled":true,"config":{}}"#).sync_always,
            None
        );
    }
}
