//! What the customer gets: `apology`, `refund=120.50CNY`.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Currencies (ISO 4217) whose smallest unit is not a hundredth, with its decimals.
const DECIMALS: [(&str, u32); 18] = [
    ("BHD", 3),
    ("CLP", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("XAF", 0),
    ("XOF", 0),
];

/// A kind of redress, with an amount where the kind has a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Redress {
    kind: String,
    amount: Option<Money>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Money {
    #[serde(serialize_with = "as_text")]
    minor_units: i64,
    currency: String,
}

/// JSON numbers are exact up to 2^53 only.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn as_text<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

impl FromStr for Redress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, amount) = match text.split_once('=') {
            Some((kind, amount)) => (kind.trim(), Some(amount.parse()?)),
            None => (text.trim(), None),
        };
        if kind.is_empty() {
            return Err(
                "names no kind; write KIND or KIND=AMOUNT, such as refund=120.50CNY".into(),
            );
        }
        Ok(Self {
            kind: kind.to_owned(),
            amount,
        })
    }
}

impl FromStr for Money {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let letters = text.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        let currency = letters.trim().to_ascii_uppercase();
        let number = text[..text.len() - letters.len()].trim();
        if currency.len() != 3 || !currency.chars().all(|c| c.is_ascii_alphabetic()) {
            return Err(format!(
                "{text:?} does not say which currency; write 120.50CNY"
            ));
        }
        if number.starts_with('-') {
            return Err("an amount is never negative".into());
        }
        let decimals = decimals(&currency);
        let minor_units = minor_units(number, decimals).ok_or_else(|| {
            format!(
                "{number:?} is no amount of {currency}: digits, a point, at most {decimals} more"
            )
        })?;
        Ok(Self {
            minor_units,
            currency,
        })
    }
}

fn decimals(currency: &str) -> u32 {
    let known = DECIMALS.iter().find(|(code, _)| *code == currency);
    known.map_or(2, |(_, decimals)| *decimals)
}

/// An amount as people write it: `120.50 CNY`.
pub(crate) fn shown(minor_units: i64, currency: &str) -> String {
    let width = decimals(currency) as usize;
    let digits = format!("{:0>least$}", minor_units.max(0), least = width + 1);
    let (whole, part) = digits.split_at(digits.len() - width);
    let point = if part.is_empty() { "" } else { "." };
    format!("{whole}{point}{part} {currency}")
}

/// `120.5` with two decimals is 12050.
fn minor_units(number: &str, decimals: u32) -> Option<i64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > decimals as usize {
        return None;
    }
    let padded = format!("{whole}{part:0<width$}", width = decimals as usize);
    padded.parse().ok()
}

impl<'de> Deserialize<'de> for Redress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::from_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Result<(i64, String), String> {
        let redress: Redress = format!("refund={text}").parse()?;
        let amount = redress.amount.expect("there is one");
        Ok((amount.minor_units, amount.currency))
    }

    #[test]
    fn an_amount_is_exact_in_the_smallest_unit_of_its_currency() {
        assert_eq!(money("120.50CNY"), Ok((12_050, "CNY".to_owned())));
        assert_eq!(money("120.5 cny"), Ok((12_050, "CNY".to_owned())));
        assert_eq!(money("0.07USD"), Ok((7, "USD".to_owned())));
        assert_eq!(money("1500JPY"), Ok((1_500, "JPY".to_owned())));
        assert_eq!(money("1.234KWD"), Ok((1_234, "KWD".to_owned())));
        let largest = "92233720368547758.07CNY";
        assert_eq!(money(largest), Ok((i64::MAX, "CNY".to_owned())));
    }

    #[test]
    fn an_amount_is_shown_as_people_write_it() {
        assert_eq!(shown(12_050, "CNY"), "120.50 CNY");
        assert_eq!(shown(7, "CNY"), "0.07 CNY");
        assert_eq!(shown(1_500, "JPY"), "1500 JPY");
    }

    #[test]
    fn what_is_no_amount_is_told_with_what_is_one() {
        for (text, said) in [
            ("120.505CNY", "at most 2 more"),
            ("1.5JPY", "at most 0 more"),
            ("-5CNY", "never negative"),
            ("120.50", "which currency"),
            ("12,000CNY", "is no amount"),
            ("CNY", "is no amount"),
            ("92233720368547758.08CNY", "is no amount"),
            ("5YUAN", "which currency"),
        ] {
            let error = money(text).expect_err(text);
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn a_kind_without_a_price_has_no_amount() {
        let apology: Redress = "apology".parse().expect("a kind");
        assert_eq!((apology.kind.as_str(), apology.amount), ("apology", None));
        assert!("=5CNY".parse::<Redress>().is_err());
    }
}
