//! Where the environment's strings come from: the process, or a map in a test.

use std::collections::BTreeMap;

/// Named strings.
pub trait Strings {
    /// All names and values. A value that is not Unicode is given with replacement characters.
    fn all(&self) -> BTreeMap<String, String>;
}

/// The environment of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessEnvironment;

impl Strings for ProcessEnvironment {
    fn all(&self) -> BTreeMap<String, String> {
        let text = |s: std::ffi::OsString| s.to_string_lossy().into_owned();
        std::env::vars_os()
            .map(|(name, value)| (text(name), text(value)))
            .collect()
    }
}

impl Strings for BTreeMap<String, String> {
    fn all(&self) -> BTreeMap<String, String> {
        self.clone()
    }
}
