//! Pages after AIP-158: tokens are opaque to callers; they are sort keys in hexadecimal.

use std::fmt::Write as _;

use redress_runtime::{Refusal, Violation};

/// Entries of a page when the caller does not say.
pub const PAGE_SIZE: usize = 50;
const LARGEST: usize = 1000;

/// The page size to use for what the caller asked: bounded, 50 if not given.
///
/// # Errors
/// It is negative.
pub fn page_size(asked: i32) -> Result<usize, Refusal> {
    match usize::try_from(asked) {
        Ok(0) => Ok(PAGE_SIZE),
        Ok(size) => Ok(size.min(LARGEST)),
        Err(_) => Err(invalid("page_size", "must be 0 (for the default) to 1000")),
    }
}

/// The token of the page after `key`.
pub fn page_token(key: &[u8]) -> String {
    key.iter()
        .fold(String::with_capacity(key.len() * 2), |mut token, byte| {
            let _ = write!(token, "{byte:02x}");
            token
        })
}

/// The sort key in a token; empty for the first page.
///
/// # Errors
/// It is not a token that this service gave.
pub fn read_page_token(token: &str) -> Result<Vec<u8>, Refusal> {
    let wrong = || {
        invalid(
            "page_token",
            "must be the next_page_token of an earlier answer",
        )
    };
    if !token.len().is_multiple_of(2) || !token.is_ascii() {
        return Err(wrong());
    }
    (0..token.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&token[at..at + 2], 16).map_err(|_| wrong()))
        .collect()
}

fn invalid(field: &str, description: &str) -> Refusal {
    let violation = Violation {
        field: field.to_owned(),
        description: description.to_owned(),
    };
    Refusal::invalid("the page cannot be given", vec![violation])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_key() {
        let key = [0, 7, 255];
        assert_eq!(read_page_token(&page_token(&key)).unwrap(), key);
    }

    #[test]
    fn a_token_that_was_never_given_is_refused() {
        for token in ["zz", "abc", "é0"] {
            assert_eq!(
                read_page_token(token).unwrap_err().violations[0].field,
                "page_token"
            );
        }
    }

    #[test]
    fn page_sizes_are_bounded() {
        assert_eq!(page_size(0).unwrap(), PAGE_SIZE);
        assert_eq!(page_size(1_000_000).unwrap(), LARGEST);
        assert!(page_size(-1).is_err());
    }
}
