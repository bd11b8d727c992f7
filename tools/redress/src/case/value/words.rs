//! Words: typed, from standard input or from a file.

use std::{io::Read as _, str::FromStr};

use serde::{Deserialize, Serialize};

/// A text; `-` stands for standard input, `@FILE` for what is in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Words(pub(crate) String);

impl FromStr for Words {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "-" {
            let mut read = String::new();
            std::io::stdin()
                .read_to_string(&mut read)
                .map_err(|error| format!("standard input cannot be read as text: {error}"))?;
            return Ok(Self(read.trim_end().to_owned()));
        }
        let Some(path) = text.strip_prefix('@') else {
            return Ok(Self(text.to_owned()));
        };
        std::fs::read_to_string(path)
            .map(|read| Self(read.trim_end().to_owned()))
            .map_err(|error| format!("{path} cannot be read as text: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_as_typed_or_from_a_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("notice.txt");
        std::fs::write(&path, "您好\n第二行\n").expect("a file");
        let from_file: Words = format!("@{}", path.display()).parse().expect("a text");
        assert_eq!(from_file.0, "您好\n第二行");
        assert_eq!("-x".parse::<Words>().expect("a text").0, "-x");
        let error = "@/no/such".parse::<Words>().expect_err("no file");
        assert!(error.starts_with("/no/such cannot be read"), "{error}");
    }
}
