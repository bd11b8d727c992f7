//! A real mail server for one test: aiosmtpd, the asyncio SMTP server of the Python world.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdout, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use serde::Deserialize;

use crate::{places::workspace_root, ports::free_port, wait::eventually};

/// A start takes about 0.3 s here; other tests may be using both cores.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A mail that the server has accepted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Mail {
    /// The sender of the envelope (`MAIL FROM`).
    pub from: String,
    /// The recipients of the envelope (`RCPT TO`).
    pub to: Vec<String>,
    /// The decoded `Subject`.
    pub subject: String,
    /// The decoded plain-text part; empty if there is none.
    pub body: String,
    /// The decoded HTML part; empty if there is none.
    pub html: String,
    /// All headers, decoded, in their order.
    pub headers: Vec<(String, String)>,
}

impl Mail {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// One line that the server reports.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Report {
    Listening,
    Refusing,
    Refused,
    Mail(Mail),
}

#[derive(Debug, Default)]
struct Seen {
    listening: bool,
    refusing_told: usize,
    refused: usize,
    mails: Vec<Mail>,
}

/// A running SMTP server on loopback, without TLS or log-in, ended when dropped.
///
/// It ends by itself when the test's process does: it lives as long as its stdin.
#[derive(Debug)]
pub struct SmtpSink {
    port: u16,
    server: Option<Child>,
    seen: Arc<Mutex<Seen>>,
}

impl SmtpSink {
    /// Starts the server and waits until it listens.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub async fn start() -> Self {
        let mut sink = Self {
            port: free_port(),
            server: None,
            seen: Arc::default(),
        };
        sink.start_again().await;
        sink
    }

    /// The port it listens on, at 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address as a setting: `smtp://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// All mails accepted so far, in order, over all its lives.
    pub fn mails(&self) -> Vec<Mail> {
        self.look(|seen| seen.mails.clone())
    }

    /// How many mails it has refused so far.
    pub fn refused(&self) -> usize {
        self.look(|seen| seen.refused)
    }

    /// Waits until at least `count` mails have been accepted, and gives all of them.
    ///
    /// # Panics
    /// When `within` passes first.
    pub async fn wait_for(&self, count: usize, within: Duration) -> Vec<Mail> {
        let what = format!("{count} mails");
        let enough = async || Some(self.mails()).filter(|mails| mails.len() >= count);
        eventually(&what, within, enough).await
    }

    /// Refuses the next `count` mails for now (451), then accepts again; 0 accepts at once.
    ///
    /// # Panics
    /// When the server is stopped.
    pub async fn refuse_next(&self, count: u32) {
        let told = self.look(|seen| seen.refusing_told);
        let server = self
            .server
            .as_ref()
            .expect("a stopped server cannot be told anything");
        let mut stdin = server.stdin.as_ref().expect("opened at its start");
        writeln!(stdin, "refuse {count}").expect("the server reads until it is stopped");
        let heard = async || self.look(|seen| (seen.refusing_told > told).then_some(()));
        eventually("the mail server to take the order", ANSWER_WITHIN, heard).await;
    }

    /// Stops it: connections are refused until it is started again.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().ok();
            server.wait().ok();
        }
    }

    /// Starts it again on the same port, accepting; does nothing while it runs.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub async fn start_again(&mut self) {
        if self.server.is_some() {
            return;
        }
        self.seen
            .lock()
            .expect("no panic while it is held")
            .listening = false;
        let mut server = spawn(self.port);
        let reports = server.stdout.take().expect("opened at its start");
        let seen = Arc::clone(&self.seen);
        std::thread::spawn(move || listen(reports, &seen));
        self.server = Some(server);
        let up = async || self.look(|seen| seen.listening.then_some(()));
        eventually("the mail server to listen", ANSWER_WITHIN, up).await;
    }

    fn look<T>(&self, read: impl FnOnce(&Seen) -> T) -> T {
        read(&self.seen.lock().expect("no panic while it is held"))
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(port: u16) -> Child {
    let python = workspace_root().join(".tools/venv/bin/python");
    assert!(
        python.exists(),
        "aiosmtpd is not installed: run `make test` or scripts/setup"
    );
    std::process::Command::new(python)
        .args(["-c", include_str!("smtp_sink.py"), &port.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the Python of .tools can be started")
}

/// Takes in the server's reports until it ends.
fn listen(reports: ChildStdout, seen: &Mutex<Seen>) {
    for line in BufReader::new(reports).lines().map_while(Result::ok) {
        let report = serde_json::from_str(&line).expect("smtp_sink.py writes these reports");
        let mut seen = seen.lock().expect("no panic while it is held");
        match report {
            Report::Listening => seen.listening = true,
            Report::Refusing => seen.refusing_told += 1,
            Report::Refused => seen.refused += 1,
            Report::Mail(mail) => seen.mails.push(mail),
        }
    }
}
