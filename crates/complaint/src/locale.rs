//! The language that a customer is written to in.

use std::fmt;
use std::str::FromStr;

/// Longest tag (RFC 5646, 4.4.1 recommends room for 35).
const MAX_BYTES: usize = 35;

/// A language tag such as `zh-CN`, in the usual spelling (language lower, Script, REGION).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(String);

/// The text is not a language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a language tag: write one such as \"zh-CN\" or \"en\"")]
pub struct LocaleError;

impl FromStr for Locale {
    type Err = LocaleError;

    fn from_str(text: &str) -> Result<Self, LocaleError> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(LocaleError);
        }
        let mut parts = text.split(['-', '_']);
        let language = parts.next().unwrap_or_default();
        let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
        if !(2..=8).contains(&language.len()) || !letters(language) {
            return Err(LocaleError);
        }
        let mut tag = language.to_ascii_lowercase();
        for part in parts {
            if !(1..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(LocaleError);
            }
            tag.push('-');
            match part.len() {
                2 => tag.push_str(&part.to_ascii_uppercase()),
                4 if letters(part) => {
                    tag.push_str(&part[..1].to_ascii_uppercase());
                    tag.push_str(&part[1..].to_ascii_lowercase());
                }
                _ => tag.push_str(&part.to_ascii_lowercase()),
            }
        }
        Ok(Self(tag))
    }
}

impl Locale {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_spelt_the_usual_way() {
        for (written, tag) in [
            ("zh_cn", "zh-CN"),
            ("EN", "en"),
            ("zh-hant-hk", "zh-Hant-HK"),
            ("es-419", "es-419"),
        ] {
            assert_eq!(written.parse(), Ok(Locale(tag.to_owned())), "{written}");
        }
    }

    #[test]
    fn other_texts_are_no_tags() {
        for text in ["", "中文", "z", "zh--CN", "zh-", "123", "en-waytoolongpart"] {
            assert_eq!(text.parse::<Locale>(), Err(LocaleError), "{text}");
        }
    }
}
