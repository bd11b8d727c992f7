//! Text that people wrote: one line, or in their own words.

use std::fmt;

/// One line of text: trimmed, not empty, without control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

/// Text of any number of lines: trimmed, not empty, no control characters but `\n`, `\r`, `\t`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Words(String);

/// Why a text is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("holds the control character U+{code:04X} at character {position}: remove it")]
pub(crate) struct ControlCharacter {
    code: u32,
    /// Counted from 1.
    position: usize,
}

fn refuse_controls(text: &str) -> Result<(), ControlCharacter> {
    let harmless = |c| matches!(c, '\n' | '\r' | '\t');
    match text
        .chars()
        .enumerate()
        .find(|(_, c)| c.is_control() && !harmless(*c))
    {
        Some((index, c)) => Err(ControlCharacter {
            code: u32::from(c),
            position: index + 1,
        }),
        None => Ok(()),
    }
}

impl Line {
    /// The text as one line: breaks and tabs inside become spaces. `None` if it is blank.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, ControlCharacter> {
        refuse_controls(text)?;
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        if !trimmed.contains(['\n', '\r', '\t']) {
            return Ok(Some(Self(trimmed.to_owned())));
        }
        let parts = trimmed
            .split(['\n', '\r', '\t'])
            .filter(|part| !part.is_empty());
        Ok(Some(Self(parts.collect::<Vec<_>>().join(" "))))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Words {
    /// The text as it was written. `None` if it is blank.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, ControlCharacter> {
        refuse_controls(text)?;
        let trimmed = text.trim();
        Ok((!trimmed.is_empty()).then(|| Self(trimmed.to_owned())))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text {
    ($($name:ident),*) => {$(
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// The length only: the text may be personal.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({} bytes)", stringify!($name), self.0.len())
            }
        }
    )*};
}

text!(Line, Words);
