use std::future::Future;

use crate::LogError;

/// Facts fixed at the first start of an installation.
pub trait Installation: Clone + Send + Sync + 'static {
    /// Keeps `value` for `key` unless there is one; gives the one that holds from then on.
    ///
    /// # Errors
    /// The installation's facts cannot be read or written.
    fn fix(&self, key: &str, value: &str) -> impl Future<Output = Result<String, LogError>> + Send;

    /// The value of a fact, if it was fixed.
    ///
    /// # Errors
    /// The installation's facts cannot be read.
    fn fact(&self, key: &str) -> impl Future<Output = Result<Option<String>, LogError>> + Send;
}
