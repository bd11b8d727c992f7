//! A real HTTP server that receives webhooks for one test.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{ports::free_port, wait::eventually};

/// How the receiver answers one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status, such as 503.
    pub status: u16,
    /// Sent as `Retry-After` in whole seconds.
    pub retry_after: Option<Duration>,
}

impl Answer {
    /// Taken: 200.
    pub const OK: Self = Self {
        status: 200,
        retry_after: None,
    };

    /// A plain answer with `status`.
    pub const fn status(status: u16) -> Self {
        Self {
            status,
            retry_after: None,
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).expect("a test answers with real statuses");
        let wait = self
            .retry_after
            .map(|wait| [(RETRY_AFTER, wait.as_secs().to_string())]);
        wait.map_or_else(
            || status.into_response(),
            |wait| (status, wait).into_response(),
        )
    }
}

/// A request as it came, and what was answered.
#[derive(Clone, Debug)]
pub struct Received {
    /// The path with its query.
    pub path: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body's bytes, as a signature covers them.
    pub body: Bytes,
    /// The status that was answered.
    pub status: u16,
}

impl Received {
    /// One header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// True if it was answered with a 2xx status.
    pub fn was_taken(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

#[derive(Debug, Default)]
struct Inner {
    received: Vec<Received>,
    /// Answers for the next requests; when it is empty, the answer is [`Answer::OK`].
    planned: VecDeque<Answer>,
}

/// A running receiver on loopback, which takes any request at any path; ended when dropped.
#[derive(Debug)]
pub struct WebhookSink {
    port: u16,
    inner: Arc<Mutex<Inner>>,
    serving: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl WebhookSink {
    /// Starts the receiver.
    ///
    /// # Panics
    /// When it cannot listen.
    pub async fn start() -> Self {
        // Whoever calls it needs an HTTP client, and that needs this choice in a workspace build.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut sink = Self {
            port: free_port(),
            inner: Arc::default(),
            serving: None,
        };
        sink.start_again().await;
        sink
    }

    /// Its address, such as `http://127.0.0.1:20418/hook`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// Answers the next `count` requests with `answer`.
    pub fn answer_next(&self, count: usize, answer: Answer) {
        self.inner()
            .planned
            .extend(std::iter::repeat_n(answer, count));
    }

    /// All requests so far, in order, refused ones too.
    pub fn received(&self) -> Vec<Received> {
        self.inner().received.clone()
    }

    /// The requests that were answered with a 2xx status.
    pub fn taken(&self) -> Vec<Received> {
        let mut received = self.received();
        received.retain(Received::was_taken);
        received
    }

    /// Waits until at least `count` requests have been taken, and gives all taken ones.
    ///
    /// # Panics
    /// When `within` passes first.
    pub async fn wait_for(&self, count: usize, within: Duration) -> Vec<Received> {
        let what = format!("{count} webhooks");
        let enough = async || Some(self.taken()).filter(|taken| taken.len() >= count);
        eventually(&what, within, enough).await
    }

    /// Stops it: connections are refused until it is started again.
    pub async fn stop(&mut self) {
        if let Some((stop, served)) = self.serving.take() {
            stop.send(()).ok();
            served.await.ok();
        }
    }

    /// Starts it again on the same port; does nothing while it runs.
    ///
    /// # Panics
    /// When it cannot listen.
    pub async fn start_again(&mut self) {
        if self.serving.is_some() {
            return;
        }
        let address = ("127.0.0.1", self.port);
        let listener = TcpListener::bind(address)
            .await
            .expect("this test has the port to itself");
        let router = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&self.inner));
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(async move {
            let stopped = async { stopped.await.unwrap_or_default() };
            axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await
                .ok();
        });
        self.serving = Some((stop, served));
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic while it is held")
    }
}

async fn receive(
    State(inner): State<Arc<Mutex<Inner>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut inner = inner.lock().expect("no panic while it is held");
    let answer = inner.planned.pop_front().unwrap_or(Answer::OK);
    let (path, status) = (uri.to_string(), answer.status);
    inner.received.push(Received {
        path,
        headers,
        body,
        status,
    });
    answer
}
