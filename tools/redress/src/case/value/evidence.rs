//! What proves something: `photos/1.jpg=裂纹@SGS`.

use std::str::FromStr;

use serde::Serialize;

/// An object, what it shows, and the third party that confirmed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evidence {
    object: String,
    description: String,
    verified_by: String,
}

impl FromStr for Evidence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (object, rest) = text.split_once('=').unwrap_or((text, ""));
        let (description, verified_by) = rest.rsplit_once('@').unwrap_or((rest, ""));
        let object = object.trim();
        if object.is_empty() {
            return Err(
                "names no object; write OBJECT, OBJECT=WHAT IT SHOWS or OBJECT=WHAT@WHO CONFIRMED"
                    .into(),
            );
        }
        Ok(Self {
            object: object.to_owned(),
            description: description.trim().to_owned(),
            verified_by: verified_by.trim().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_an_object_with_what_it_shows_and_who_confirmed_it() {
        let it: Evidence = "photos/1.jpg=裂纹@SGS".parse().expect("evidence");
        assert_eq!(it.object, "photos/1.jpg");
        assert_eq!(
            (it.description.as_str(), it.verified_by.as_str()),
            ("裂纹", "SGS")
        );
        let it: Evidence = "photos/1.jpg".parse().expect("evidence");
        assert!(it.description.is_empty() && it.verified_by.is_empty());
        assert!("=x".parse::<Evidence>().is_err());
    }
}
