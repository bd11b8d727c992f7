//! Free text that people write while they handle a case.

use std::fmt;

/// The longest text that a command may carry, in bytes. A printed page has about 3 KB; long
/// findings belong into attachments.
pub const LONGEST_TEXT: usize = 64 * 1024;

/// A text of a command or a fact. Two texts are equal when their words are.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Text(Words);

#[derive(Clone, PartialEq, Eq, Default)]
enum Words {
    #[default]
    None,
    Plain(Box<str>),
    Withheld,
}

/// A text is longer than a command may carry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` has {bytes} bytes, at most {LONGEST_TEXT} are taken: attach the rest as a file")]
pub struct TextTooLong {
    /// Which field of the command.
    pub field: &'static str,
    /// How long it is.
    pub bytes: usize,
}

impl Text {
    /// A text that somebody wrote into a field of a command; space around it is taken off.
    pub fn of(field: &'static str, words: &str) -> Result<Self, TextTooLong> {
        let bytes = words.len();
        if bytes > LONGEST_TEXT {
            return Err(TextTooLong { field, bytes });
        }
        Ok(Self::recorded(words))
    }

    /// A text that is in the log already, whatever its length.
    pub fn recorded(words: &str) -> Self {
        match words.trim() {
            "" => Self::default(),
            words => Self(Words::Plain(words.into())),
        }
    }

    /// A text that was given, and is not opened here or is erased.
    pub const fn withheld() -> Self {
        Self(Words::Withheld)
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0 == Words::None
    }

    /// The words; empty if nothing was given or they are withheld.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Words::Plain(words) => words,
            Words::None | Words::Withheld => "",
        }
    }
}

/// Without the words: they may name the customer, and must not end in a log line.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Words::None => f.write_str("Text(none)"),
            Words::Plain(words) => write!(f, "Text({} bytes)", words.len()),
            Words::Withheld => f.write_str("Text(withheld)"),
        }
    }
}
