//! Phone numbers in the many ways that people write them.

use std::fmt;
use std::str::FromStr;

/// Shortest number: service numbers such as 110 or 12315.
const MIN_DIGITS: usize = 3;
/// Longest number: E.164 without the plus.
const MAX_DIGITS: usize = 15;
/// Longest extension behind a switchboard.
const MAX_EXTENSION: usize = 8;

/// A phone number: digits with an optional leading `+`, then `;ext=` and digits if it has an
/// extension (RFC 3966).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone {
    text: String,
    number_bytes: usize,
}

/// Why a text is not a phone number. Never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// A letter or sign that no phone number has.
    #[error(
        "is not a phone number: write digits, with \"+\" and country code if not local, \
             such as \"+86 138 1234 5678\" or \"010-12345678 转 801\""
    )]
    NotANumber,
    /// Fewer digits than any number has.
    #[error("is too short for a phone number: write all digits, with the area code")]
    TooShort,
    /// More digits than any number has, mostly two numbers in one field.
    #[error("is too long for a phone number: write one number here and further ones in extra")]
    TooLong,
    /// An extension without digits, or with too many.
    #[error("has an extension that is not one: write 1 to 8 digits after \"转\" or \"ext\"")]
    BadExtension,
}

/// Full-width signs (U+FF01 to U+FF5E) as their ASCII counterparts.
pub(crate) fn half_width(c: char) -> char {
    match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        0x3000 => ' ',
        _ => c,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '(' | ')' | '‐'..='―' | '·' | '－' | '/' | '~'
        )
}

/// Splits off what follows the first word for "extension".
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let marks = [
        "转接",
        "转",
        "轉",
        "分机号",
        "分机",
        "extension",
        "ext.",
        "ext",
        "x",
        "#",
    ];
    let found = marks
        .iter()
        .filter_map(|mark| text.find(mark).map(|at| (at, mark.len())));
    match found.min_by_key(|(at, len)| (*at, usize::MAX - len)) {
        Some((at, len)) => (&text[..at], Some(&text[at + len..])),
        None => (text, None),
    }
}

fn digits(text: &str) -> Result<String, PhoneError> {
    let kept = text
        .chars()
        .filter(|c| !is_separator(*c) && *c != ',' && *c != ':');
    kept.map(|c| {
        if c.is_ascii_digit() {
            Ok(c)
        } else {
            Err(PhoneError::NotANumber)
        }
    })
    .collect()
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        let plain: String = text
            .chars()
            .map(half_width)
            .collect::<String>()
            .to_lowercase();
        let (number, extension) = split_extension(plain.trim());
        let number = number.trim_start_matches(is_separator);
        let (international, number) = match number.strip_prefix('+') {
            // "+44 (0)20": the trunk zero is not dialled from abroad.
            Some(rest) => (true, rest.replacen("(0)", "", 1)),
            None => (false, number.to_owned()),
        };
        let mut number = digits(&number)?;
        let long_distance = !international && number.starts_with("00") && number.len() > 9;
        if long_distance {
            number.drain(..2);
        }
        match number.len() {
            0 if extension.is_none() => return Err(PhoneError::NotANumber),
            0..MIN_DIGITS => return Err(PhoneError::TooShort),
            MIN_DIGITS..=MAX_DIGITS => {}
            _ => return Err(PhoneError::TooLong),
        }
        let plus = if international || long_distance {
            "+"
        } else {
            ""
        };
        let mut phone = format!("{plus}{number}");
        let number_bytes = phone.len();
        if let Some(extension) = extension {
            let extension = digits(extension).map_err(|_| PhoneError::BadExtension)?;
            if !(1..=MAX_EXTENSION).contains(&extension.len()) {
                return Err(PhoneError::BadExtension);
            }
            phone.push_str(";ext=");
            phone.push_str(&extension);
        }
        Ok(Self {
            text: phone,
            number_bytes,
        })
    }
}

impl Phone {
    /// Digits with an optional leading `+` and an optional `;ext=`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Digits with an optional leading `+`.
    pub fn number(&self) -> &str {
        &self.text[..self.number_bytes]
    }

    /// The digits of the extension.
    pub fn extension(&self) -> Option<&str> {
        self.text[self.number_bytes..].strip_prefix(";ext=")
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Masked.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", crate::mask::phone(&self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_many_forms_become_digits() {
        for (written, digits) in [
            ("13812345678", "13812345678"),
            ("+86 138-1234-5678", "+8613812345678"),
            ("0086 138 1234 5678", "+8613812345678"),
            ("010-12345678 转 801", "01012345678;ext=801"),
            ("01012345678分机号：801", "01012345678;ext=801"),
            ("020 7946 0018 ext. 12", "02079460018;ext=12"),
            ("(0591)8765 4321", "059187654321"),
            ("（0591）8765－4321", "059187654321"),
            ("１３８１２３４５６７８", "13812345678"),
            ("＋８６ １３８ １２３４ ５６７８", "+8613812345678"),
            ("+44 (0)20 7946 0018", "+442079460018"),
            ("12315", "12315"),
            (" 138\u{a0}1234\u{3000}5678 ", "13812345678"),
        ] {
            assert_eq!(
                written.parse::<Phone>().map(|p| p.text),
                Ok(digits.to_owned()),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_written_back_reads_the_same() {
        for text in ["+8613812345678", "01012345678;ext=801"] {
            assert_eq!(
                text.replace(";ext=", "ext")
                    .parse::<Phone>()
                    .unwrap()
                    .as_str(),
                text
            );
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        for (written, error) in [
            ("call me", PhoneError::NotANumber),
            ("微信同号", PhoneError::NotANumber),
            ("138+1234", PhoneError::NotANumber),
            ("-", PhoneError::NotANumber),
            ("12", PhoneError::TooShort),
            ("13812345678/13912345678", PhoneError::TooLong),
            ("010-12345678 转", PhoneError::BadExtension),
            ("010-12345678 转 王先生", PhoneError::BadExtension),
        ] {
            assert_eq!(
                written.parse::<Phone>().map(|p| p.text),
                Err(error),
                "{written}"
            );
        }
    }
}
