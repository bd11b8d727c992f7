use std::time::Duration;

use bytes::Bytes;
use redress_log::{Installation, LogError};
use redress_wire::names;

use crate::{
    Broker,
    bucket::{Bucket, PutError, Terms},
};

/// How often, and after which pauses, a fact is looked for that another process has just fixed.
const LOOKS: u32 = 50;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The facts fixed for the installation, in a bucket of their own.
#[derive(Clone, Debug)]
pub struct NatsInstallation {
    bucket: Bucket,
}

impl NatsInstallation {
    pub(crate) fn new(broker: Broker) -> Self {
        Self {
            bucket: Bucket::new(broker, names::INSTALLATION_BUCKET),
        }
    }
}

impl NatsInstallation {
    /// What another process has just written: a broker of a cluster may learn of it a moment later.
    async fn fixed_by_another(&self, key: &str) -> Result<String, LogError> {
        for _ in 0..LOOKS {
            if let Some(fact) = self.fact(key).await? {
                return Ok(fact);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Err(LogError(format!("the fact {key} was deleted")))
    }
}

impl Installation for NatsInstallation {
    async fn fix(&self, key: &str, value: &str) -> Result<String, LogError> {
        if let Some(fact) = self.fact(key).await? {
            return Ok(fact);
        }
        let first = Terms {
            expected: Some(0),
            ..Terms::default()
        };
        match self
            .bucket
            .put(key, Bytes::copy_from_slice(value.as_bytes()), first)
            .await
        {
            Ok(_) => Ok(value.to_owned()),
            Err(PutError::Changed) => self.fixed_by_another(key).await,
            Err(PutError::Failed(error)) => Err(LogError(error)),
        }
    }

    async fn fact(&self, key: &str) -> Result<Option<String>, LogError> {
        let value = self.bucket.get(key).await.map_err(LogError)?;
        let text = |value: Bytes| String::from_utf8(value.to_vec());
        value
            .map(text)
            .transpose()
            .map_err(|_| LogError(format!("the fact {key} is no text")))
    }
}
