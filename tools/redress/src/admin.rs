//! The admin pages of a service: readiness and metrics.

use std::{collections::BTreeMap, time::Duration};

use jiff::{Timestamp, fmt::rfc2822};
use serde::Deserialize;

const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// What `/readyz` says.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Readiness {
    pub(crate) ready: bool,
    #[serde(default)]
    pub(crate) unmet: Vec<Unmet>,
    #[serde(default)]
    pub(crate) notes: Vec<Note>,
    /// The time by the clock of its machine, to the second.
    #[serde(skip)]
    pub(crate) time: Option<Timestamp>,
}

/// A condition that does not hold.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Unmet {
    pub(crate) condition: String,
    pub(crate) reason: String,
}

/// A remark that does not stop work.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) about: String,
    pub(crate) reason: String,
}

impl Readiness {
    /// The reasons in one line.
    pub(crate) fn reasons(&self) -> String {
        let unmet = self
            .unmet
            .iter()
            .map(|unmet| format!("{}: {}", unmet.condition, unmet.reason));
        unmet.collect::<Vec<_>>().join("; ")
    }
}

/// Asks whether a service is ready; `None` when nobody answers.
pub(crate) async fn readiness(admin: &str) -> Option<Readiness> {
    let client = reqwest::Client::builder()
        .timeout(ANSWER_WITHIN)
        .build()
        .ok()?;
    let request = client.get(format!("http://{admin}/readyz"));
    let answer = request
        .header("accept", "application/json")
        .send()
        .await
        .ok()?;
    let time = answer.headers().get("date").cloned();
    let time = time.and_then(|time| rfc2822::parse(time.to_str().ok()?).ok());
    let said: Readiness = serde_json::from_slice(&answer.bytes().await.ok()?).ok()?;
    Some(Readiness {
        time: time.map(|time| time.timestamp()),
        ..said
    })
}

/// The metrics of a service, summed over their labels; `None` when nobody answers.
pub(crate) async fn metrics(admin: &str) -> Option<BTreeMap<String, f64>> {
    Some(summed(&page(admin, "metrics").await?))
}

/// A page as it is; `None` when nobody answers.
async fn page(admin: &str, path: &str) -> Option<String> {
    let client = reqwest::Client::builder()
        .timeout(ANSWER_WITHIN)
        .build()
        .ok()?;
    client
        .get(format!("http://{admin}/{path}"))
        .send()
        .await
        .ok()?
        .text()
        .await
        .ok()
}

fn summed(page: &str) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, value)) = line.rsplit_once(' ') else {
            continue;
        };
        let name = name.split('{').next().unwrap_or_default();
        if let Ok(value) = value.parse::<f64>() {
            *sums.entry(name.to_owned()).or_default() += value;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_summed_over_their_labels() {
        let page = "# TYPE a counter\na_total{x=\"1\"} 2\na_total{x=\"2\"} 3\nb 0.5\n# EOF\n";
        let sums = summed(page);
        assert!((sums["a_total"] - 5.0).abs() < 1e-9);
        assert!((sums["b"] - 0.5).abs() < 1e-9);
    }

    #[test]
    fn what_readyz_says_is_read() {
        let json = r#"{"ready":false,"unmet":[{"condition":"broker","reason":"gone"}],"notes":[]}"#;
        let readiness: Readiness = serde_json::from_str(json).expect("the host's format");
        assert_eq!(readiness.reasons(), "broker: gone");
    }
}
