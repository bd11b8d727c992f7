//! What is valid in a policy and deserves a look.

/// Something valid that may not be what was meant, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {text}")]
pub struct Remark {
    /// The file as named in the map given to `Policy::parse`.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is to be looked at.
    pub text: String,
}
