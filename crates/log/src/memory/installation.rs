use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use crate::{Installation, LogError};

/// The facts of an installation in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryInstallation {
    facts: Arc<Mutex<BTreeMap<String, String>>>,
}

impl MemoryInstallation {
    fn facts(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.facts.lock().expect("no panic while it is held")
    }
}

impl Installation for MemoryInstallation {
    async fn fix(&self, key: &str, value: &str) -> Result<String, LogError> {
        Ok(self
            .facts()
            .entry(key.to_owned())
            .or_insert_with(|| value.to_owned())
            .clone())
    }

    async fn fact(&self, key: &str) -> Result<Option<String>, LogError> {
        Ok(self.facts().get(key).cloned())
    }
}
