//! Values of settings. Each parser's error says what is allowed, as the end of a sentence.

use std::fmt;
use std::net::SocketAddr;
use std::ops::RangeInclusive;

use tracing_subscriber::EnvFilter;

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

pub(super) fn secret(text: &str) -> Result<Secret, String> {
    not_empty(text).map(Secret)
}

pub(super) fn not_empty(text: &str) -> Result<String, String> {
    if text.is_empty() {
        Err("must not be empty".into())
    } else {
        Ok(text.into())
    }
}

pub(super) fn nats_url(text: &str) -> Result<String, String> {
    let schemes = ["nats://", "tls://", "ws://", "wss://"];
    let fine = |url: &str| {
        let host = schemes
            .iter()
            .find_map(|s| url.strip_prefix(s))
            .unwrap_or(url);
        !host.is_empty() && !host.contains("://") && !host.contains(char::is_whitespace)
    };
    if text.split(',').map(str::trim).all(fine) {
        Ok(text.into())
    } else {
        Err("must be broker addresses such as nats://127.0.0.1:4222, separated by commas".into())
    }
}

pub(super) fn http_url(text: &str) -> Result<String, String> {
    let host = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    if host.is_some_and(|h| !h.is_empty() && !h.contains(char::is_whitespace)) {
        Ok(text.into())
    } else {
        Err("must be an address such as http://127.0.0.1:4317".into())
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "must be an IP address and a port (0 to 65535) such as 127.0.0.1:50051".into())
}

fn whole(text: &str, allowed: RangeInclusive<u32>) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|n| allowed.contains(n))
        .ok_or_else(|| {
            format!(
                "must be a whole number from {} to {}",
                allowed.start(),
                allowed.end()
            )
        })
}

/// 256 partitions are one block each in an atomic batch, whose size the broker limits.
pub(super) fn partitions(text: &str) -> Result<u32, String> {
    whole(text, 1..=256)
}

pub(super) fn linger_ms(text: &str) -> Result<u32, String> {
    whole(text, 0..=1000)
}

pub(super) fn cache_mib(text: &str) -> Result<u32, String> {
    whole(text, 1..=65_536)
}

pub(super) fn replicas(text: &str) -> Result<usize, String> {
    match text {
        "1" => Ok(1),
        "3" => Ok(3),
        "5" => Ok(5),
        _ => Err("must be 1, 3 or 5".into()),
    }
}

pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("must be true or false".into()),
    }
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.into()),
        Err(e) => Err(format!(
            "must be a filter such as info or warn,redress_runtime=debug: {e}"
        )),
    }
}

/// An instance's name stands in log fields and in subjects, so it is one plain token.
pub(super) fn instance(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if (1..=64).contains(&text.len()) && text.chars().all(plain) {
        Ok(text.into())
    } else {
        Err("must be 1 to 64 letters, digits, - or _".into())
    }
}
