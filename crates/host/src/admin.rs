//! Health and metrics over HTTP, for orchestrators and Prometheus: no secrets, no personal data.
//!
//! - `/livez`: 200 while the process can answer at all.
//! - `/readyz`: 200 when every condition holds, else 503 with the unmet ones, their reasons and
//!   what to do; JSON when `Accept: application/json` asks for it.
//! - `/metrics`: `OpenMetrics` text.

use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;
use crate::readiness::Readiness;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone)]
struct Watched {
    readiness: Readiness,
    metrics: Metrics,
}

/// Serves the three endpoints until `stop`.
pub async fn serve(
    listener: TcpListener,
    readiness: Readiness,
    metrics: Metrics,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let routes = Router::new()
        .route("/livez", get("alive\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(page))
        .with_state(Watched { readiness, metrics });
    // Scrapers keep connections open; they carry nothing worth waiting for.
    tokio::select! {
        served = axum::serve(listener, routes) => Ok(served?),
        () = stop.cancelled() => Ok(()),
    }
}

async fn readyz(State(watched): State<Watched>, headers: HeaderMap) -> Response {
    let now = watched.readiness.now();
    let status = if now.all_met() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let accepted = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if accepted.contains("application/json") {
        let json = [(CONTENT_TYPE, "application/json")];
        (status, json, now.to_json().to_string()).into_response()
    } else {
        (status, now.to_text()).into_response()
    }
}

async fn page(State(watched): State<Watched>) -> impl IntoResponse {
    ([(CONTENT_TYPE, OPEN_METRICS)], watched.metrics.render())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn served(readiness: Readiness) -> String {
        // As in `run`: the client of these tests needs the choice too.
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, readiness, Metrics::new("intake"), stop));
        format!("http://{address}")
    }

    #[tokio::test]
    async fn the_process_is_alive_before_it_is_ready() {
        let readiness = Readiness::new();
        readiness.expect(&["broker"]);
        let base = served(readiness.clone()).await;
        let live = reqwest::get(format!("{base}/livez")).await.unwrap();
        assert_eq!(live.status(), 200);
        let ready = reqwest::get(format!("{base}/readyz")).await.unwrap();
        assert_eq!(ready.status(), 503);
        assert_eq!(
            ready.text().await.unwrap(),
            "not ready\nbroker: not reached yet\n"
        );

        readiness.set("broker", Ok(()));
        let ready = reqwest::get(format!("{base}/readyz")).await.unwrap();
        assert_eq!(ready.status(), 200);
        assert_eq!(ready.text().await.unwrap(), "ready\n");
    }

    #[tokio::test]
    async fn readiness_is_told_as_json_on_request() {
        let readiness = Readiness::new();
        readiness.set("broker", Err("sync_interval is not 'always'".into()));
        let base = served(readiness).await;
        let request = reqwest::Client::new().get(format!("{base}/readyz"));
        let answer = request
            .header("accept", "application/json")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 503);
        let json: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(json["unmet"][0]["condition"], "broker");
        assert_eq!(json["unmet"][0]["reason"], "sync_interval is not 'always'");
    }

    #[tokio::test]
    async fn metrics_are_served_as_open_metrics() {
        let base = served(Readiness::new()).await;
        let answer = reqwest::get(format!("{base}/metrics")).await.unwrap();
        assert_eq!(answer.headers()["content-type"], OPEN_METRICS);
        assert!(
            answer
                .text()
                .await
                .unwrap()
                .contains("process_resident_memory_bytes")
        );
    }
}
