//! Email addresses: what can be delivered to, not all that RFC 5322 allows.

use std::fmt;
use std::str::FromStr;

/// Longest address (RFC 5321, 4.5.3.1).
const MAX_BYTES: usize = 254;
/// Longest local part (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
/// Longest label of a domain (RFC 1035, 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// An email address, its domain in lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// Why a text is not an email address. Never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmailError {
    /// No `@`, or several.
    #[error("is not an email address: write one address, such as \"name@example.com\"")]
    NotAnAddress,
    /// Nothing can be delivered to what stands before the `@`.
    #[error(
        "is not an email address: what stands before \"@\" is empty or has signs that \
             belong to no address"
    )]
    BadLocalPart,
    /// What stands after the `@` is no domain.
    #[error("is not an email address: what stands after \"@\" is no domain such as example.com")]
    BadDomain,
    /// Longer than mail servers take.
    #[error("is too long for an email address: at most 254 bytes")]
    TooLong,
}

fn is_local(local: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;,\\\"@".contains(c);
    let dotted = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    (1..=MAX_LOCAL_BYTES).contains(&local.len()) && !dotted && !local.contains(odd)
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=MAX_LABEL_BYTES).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailError::NotAnAddress)?;
        if domain.contains('@') {
            return Err(EmailError::NotAnAddress);
        }
        if !is_local(local) {
            return Err(EmailError::BadLocalPart);
        }
        if !is_domain(domain) {
            return Err(EmailError::BadDomain);
        }
        Ok(Self(format!("{local}@{}", domain.to_lowercase())))
    }
}

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Masked.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", crate::mask::email(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_accepted_and_their_domain_lowered() {
        for (written, address) in [
            ("wang@example.com", "wang@example.com"),
            (" Wang.Xiao+1@Example.COM ", "Wang.Xiao+1@example.com"),
            ("12345@qq.com", "12345@qq.com"),
            ("info@例子.中国", "info@例子.中国"),
        ] {
            assert_eq!(
                written.parse::<Email>().map(|e| e.0),
                Ok(address.to_owned()),
                "{written}"
            );
        }
    }

    #[test]
    fn other_texts_are_refused_with_their_reason() {
        let long = format!("{}@example.com", "a".repeat(255));
        for (written, error) in [
            ("wang", EmailError::NotAnAddress),
            ("a@b@example.com", EmailError::NotAnAddress),
            ("@example.com", EmailError::BadLocalPart),
            ("a b@example.com", EmailError::BadLocalPart),
            ("a..b@example.com", EmailError::BadLocalPart),
            ("a@localhost", EmailError::BadDomain),
            ("a@-x.com", EmailError::BadDomain),
            ("a@example.com, b", EmailError::BadDomain),
            (&long, EmailError::TooLong),
        ] {
            assert_eq!(
                written.parse::<Email>().map(|e| e.0),
                Err(error),
                "{written}"
            );
        }
    }
}
