use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use redress_host::Host;
use redress_store::Store;
use redress_store_sled::{Opened, Options, SledStore};
use tracing::warn;

use crate::ServiceArgs;

/// Opens this replica's store; what is damaged is set aside and comes back from the log.
pub(crate) async fn open<X: Args + Clone>(
    host: &Host<ServiceArgs<X>>,
) -> anyhow::Result<Arc<dyn Store>> {
    let dir = host.settings.store_dir();
    let options = Options {
        cache_bytes: u64::from(host.settings.shared.sled_cache_mib) << 20,
        ..Options::default()
    };
    let path = dir.clone();
    let opened = tokio::task::spawn_blocking(move || SledStore::open(&path, &options))
        .await
        .context("opening the store panicked")?;
    let Opened {
        store,
        damage,
        set_aside,
    } = opened.map_err(|fault| host.settings.wrong("data_dir", fault.to_string()))?;
    if let Some(damage) = damage {
        warn!(%damage, ?set_aside, "the store was damaged; it is rebuilt from the log");
    }
    Ok(Arc::new(store))
}
