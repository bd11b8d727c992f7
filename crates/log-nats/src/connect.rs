use std::{io, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use async_nats::{Client, Event, ServerAddr};
use tokio::{sync::watch, time::Instant};

use crate::{Broker, ConnectOptions, options::without_user};

/// Between two attempts; the last one repeats.
const RETRY_AFTER: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];
/// A broker that is not there is mentioned this often.
const SAY_EVERY: Duration = Duration::from_secs(10);
/// A half-open connection is noticed after two of them went unanswered.
const PING_EVERY: Duration = Duration::from_secs(5);

/// The settings of the connection are wrong; waiting does not help.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address cannot be understood.
    #[error("{url:?} is not an address of a broker, such as nats://127.0.0.1:4222: {source}")]
    Url {
        /// What was set.
        url: String,
        /// What is wrong with it.
        source: io::Error,
    },
    /// The credentials cannot be read.
    #[error("the credentials file {path} cannot be read: {source}")]
    Credentials {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Connects to the broker, and waits for it as long as it takes.
///
/// A lost connection is made again by itself, for ever. Drop the future to give up.
///
/// # Errors
/// The settings are wrong. A broker that is not there or refuses the user is waited for.
pub async fn connect(options: &ConnectOptions) -> Result<Broker, ConnectError> {
    let servers = servers(&options.url)?;
    let (connections, connected) = watch::channel(0_u64);
    let connections = Arc::new(connections);
    let client = first_connection(options, &servers, &connections).await?;
    Ok(Broker::new(client, connected, options.clone()))
}

async fn first_connection(
    options: &ConnectOptions,
    servers: &[ServerAddr],
    connections: &Arc<watch::Sender<u64>>,
) -> Result<Client, ConnectError> {
    let mut said: Option<Instant> = None;
    for attempt in 0_usize.. {
        let client_options = client_options(options, connections).await?;
        let error = match client_options.connect(servers).await {
            Ok(client) => return Ok(client),
            Err(error) => error,
        };
        if said.is_none_or(|at| at.elapsed() > SAY_EVERY) {
            tracing::warn!(%error, "waiting for the broker at {}", without_user(&options.url));
            said = Some(Instant::now());
        }
        tokio::time::sleep(retry_after(attempt)).await;
    }
    unreachable!("attempts are counted without an end")
}

fn servers(urls: &str) -> Result<Vec<ServerAddr>, ConnectError> {
    let address = |url: &str| {
        ServerAddr::from_str(url).map_err(|source| ConnectError::Url {
            url: without_user(url),
            source,
        })
    };
    urls.split(',').map(str::trim).map(address).collect()
}

async fn client_options(
    options: &ConnectOptions,
    connections: &Arc<watch::Sender<u64>>,
) -> Result<async_nats::ConnectOptions, ConnectError> {
    let connections = Arc::clone(connections);
    let mut client = async_nats::ConnectOptions::new()
        .name(&options.name)
        .ping_interval(PING_EVERY)
        .reconnect_delay_callback(|attempt| match attempt {
            0 | 1 => Duration::ZERO,
            more => retry_after(more - 2),
        })
        .event_callback(move |event| {
            if matches!(event, Event::Connected) {
                connections.send_modify(|count| *count += 1);
            }
            report(&event);
            std::future::ready(())
        });
    if let (Some(user), Some(password)) = (&options.user, &options.password) {
        client = client.user_and_password(user.clone(), password.clone());
    }
    if let Some(ca) = &options.ca {
        client = client.add_root_certificates(ca.clone()).require_tls(true);
    }
    if let Some(prefix) = &options.inbox_prefix {
        client = client.custom_inbox_prefix(prefix);
    }
    let Some(path) = &options.creds else {
        return Ok(client);
    };
    client
        .credentials_file(path)
        .await
        .map_err(|source| ConnectError::Credentials {
            path: path.clone(),
            source,
        })
}

fn retry_after(attempt: usize) -> Duration {
    RETRY_AFTER[attempt.min(RETRY_AFTER.len() - 1)]
}

fn report(event: &Event) {
    match event {
        Event::Connected => tracing::info!("connected to the broker"),
        Event::Disconnected => tracing::warn!("the connection to the broker is lost"),
        other => tracing::warn!(event = %other, "the broker's connection reports"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_addresses_of_a_cluster_are_taken() {
        let servers = servers("nats://one:4222, two:4333").expect("both are addresses");
        assert_eq!(
            servers.iter().map(ServerAddr::port).collect::<Vec<_>>(),
            [4222, 4333]
        );
    }

    #[tokio::test]
    async fn a_missing_credentials_file_is_an_error_at_once() {
        let mut options = ConnectOptions::new("nats://127.0.0.1:1");
        options.creds = Some("/nowhere/redress.creds".into());
        let error = connect(&options).await.expect_err("the file is not there");
        assert!(
            error.to_string().contains("/nowhere/redress.creds"),
            "{error}"
        );
    }
}
