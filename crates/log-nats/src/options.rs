use std::{fmt, path::PathBuf, time::Duration};

/// How to reach the broker, and as whom.
#[derive(Clone)]
pub struct ConnectOptions {
    /// Address of the broker, such as `nats://127.0.0.1:4222`; several of a cluster stand with
    /// commas between them.
    pub url: String,
    /// A credentials file of the broker's operator.
    pub creds: Option<PathBuf>,
    /// A user's name, where the broker knows passwords.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<String>,
    /// Certificates (PEM) of who signed the broker's; when set, the connection must be over TLS.
    pub ca: Option<PathBuf>,
    /// The name that the broker's lists of connections show.
    pub name: String,
    /// Where answers come in; a service whose user may only subscribe to subjects of its own
    /// needs one of its own. `_INBOX` unless set.
    pub inbox_prefix: Option<String>,
    /// Address of the broker's HTTP monitoring, such as `http://127.0.0.1:8222`; several with
    /// commas. Unless set, port 8222 on the hosts of `url` is asked.
    pub monitor_url: Option<String>,
    /// How long a member's lease lasts without being renewed. Whole seconds, at least one.
    pub lease: Duration,
}

impl ConnectOptions {
    /// A lease of six seconds survives two lost renewals at one every two seconds.
    pub const LEASE: Duration = Duration::from_secs(6);

    /// The broker at `url`, without credentials.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            creds: None,
            user: None,
            password: None,
            ca: None,
            name: "redress".to_owned(),
            inbox_prefix: None,
            monitor_url: None,
            lease: Self::LEASE,
        }
    }
}

impl fmt::Debug for ConnectOptions {
    /// Shows no password, also not one within the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("url", &without_user(&self.url))
            .field("creds", &self.creds)
            .field("user", &self.user)
            .field("ca", &self.ca)
            .field("name", &self.name)
            .field("inbox_prefix", &self.inbox_prefix)
            .field("monitor_url", &self.monitor_url)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

/// The addresses without the user and password that they may hold.
pub(crate) fn without_user(urls: &str) -> String {
    let clean = |url: &str| match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        (_, None) => url.to_owned(),
    };
    urls.split(',')
        .map(|url| clean(url.trim()))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        let options = ConnectOptions::new("nats://me:secret@one:4222, two:4222");
        assert_eq!(without_user(&options.url), "nats://one:4222, two:4222");
        assert!(!format!("{options:?}").contains("secret"));
    }
}
