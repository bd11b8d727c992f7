//! Values that the standard JSON mapping of protobuf allows to write in several ways.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// An enum's value as written: its name, or its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawWord {
    /// A name, with or without the enum's prefix.
    Name(String),
    /// The number in the schema.
    Number(i64),
}

/// An integer as written: a number, or digits in a string.
#[derive(Debug, Clone, PartialEq)]
pub enum RawNumber {
    /// An integer.
    Integer(i64),
    /// A number with a fraction or an exponent; `1.0` and `1e3` are integers all the same.
    Float(f64),
    /// A number in a string.
    Text(String),
}

impl RawNumber {
    /// The integer that is meant, if one is.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Float(number) => whole(*number),
            Self::Text(text) => text
                .trim()
                .parse()
                .ok()
                .or_else(|| whole(text.trim().parse().ok()?)),
        }
    }
}

/// Exactly so many, within what a float counts exactly.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

struct WordVisitor;

impl Visitor<'_> for WordVisitor {
    type Value = RawWord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name such as \"COMPLAINT\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RawWord, E> {
        Ok(RawWord::Name(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<RawWord, E> {
        Ok(RawWord::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<RawWord, E> {
        Ok(RawWord::Number(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl<'de> Deserialize<'de> for RawWord {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(WordVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = RawNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RawNumber, E> {
        Ok(RawNumber::Text(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<RawNumber, E> {
        Ok(RawNumber::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<RawNumber, E> {
        Ok(RawNumber::Integer(
            i64::try_from(number).unwrap_or(i64::MAX),
        ))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<RawNumber, E> {
        Ok(RawNumber::Float(number))
    }
}

impl<'de> Deserialize<'de> for RawNumber {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(NumberVisitor)
    }
}

/// Takes an object only: derived code would also read an array, field by field.
struct ObjectOnly<T>(T);

struct ObjectVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = ObjectOnly<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ObjectOnly<T>, A::Error> {
        T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(ObjectOnly)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ObjectOnly<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ObjectVisitor(std::marker::PhantomData))
    }
}

/// An object or null.
pub(crate) fn object<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::<ObjectOnly<T>>::deserialize(from)?.map(|object| object.0))
}

/// A list of objects, or null.
pub(crate) fn objects<'de, T, D>(from: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let list = Option::<Vec<ObjectOnly<T>>>::deserialize(from)?.unwrap_or_default();
    Ok(list.into_iter().map(|object| object.0).collect())
}

/// A map of strings, or null.
pub(crate) fn map<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<std::collections::BTreeMap<String, String>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
