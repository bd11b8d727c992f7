//! The customer's words: the one part of the personal data that rules look at.

use prost::Message;
use redress_wire::intake::ComplaintRegistered;

/// The part of `redress.customer.v1.PersonalData` that triage reads. Names, contacts and the rest
/// are skipped over, not decoded.
#[derive(Clone, PartialEq, Message)]
struct Words {
    #[prost(string, tag = "6")]
    description: String,
}

/// The words; `None` if nobody can read them any more: sealed, erased or damaged.
pub(super) fn of(registered: &ComplaintRegistered) -> Option<String> {
    let sealed = registered.personal.as_ref()?;
    if !sealed.key_id.is_empty() {
        return None;
    }
    Words::decode(sealed.payload.clone())
        .ok()
        .map(|words| words.description)
}

#[cfg(test)]
mod tests {
    use redress_wire::customer::{PersonalData, SealedPersonalData};

    use super::*;

    fn registered(key_id: &str) -> ComplaintRegistered {
        let personal = PersonalData {
            name: "王丽".to_owned(),
            phone: "13800001234".to_owned(),
            description: "水壶漏电".to_owned(),
            ..PersonalData::default()
        };
        ComplaintRegistered {
            personal: Some(SealedPersonalData {
                key_id: key_id.to_owned(),
                payload: personal.encode_to_vec().into(),
            }),
            ..ComplaintRegistered::default()
        }
    }

    #[test]
    fn the_words_are_read_and_nothing_else() {
        assert_eq!(of(&registered("")).as_deref(), Some("水壶漏电"));
    }

    #[test]
    fn sealed_words_are_not_read() {
        assert_eq!(of(&registered("customer-7")), None);
        assert_eq!(of(&ComplaintRegistered::default()), None);
    }
}
