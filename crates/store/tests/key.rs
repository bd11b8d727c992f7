//! Key bytes sort as the values they encode, and give them back.

use proptest::prelude::*;
use redress_store::{Key, KeyReader, Mark, UnknownMark, contract::mark};

proptest! {
    #[test]
    fn a_key_gives_its_parts_back(
        a in any::<u8>(), b in any::<u32>(), c in any::<u64>(), d in any::<i64>(),
        e in any::<u128>(), text in "[a\0\u{1}é]{0,5}",
    ) {
        let key = Key::room(b'k').text(&text).u8(a).u32(b).u64(c).i64(d).u128(e).text(&text).raw(b"!");
        let mut reader = KeyReader::room(b'k', &key).unwrap();
        prop_assert_eq!(reader.text(), Some(text.clone()));
        prop_assert_eq!(reader.u8(), Some(a));
        prop_assert_eq!(reader.u32(), Some(b));
        prop_assert_eq!(reader.u64(), Some(c));
        prop_assert_eq!(reader.i64(), Some(d));
        prop_assert_eq!(reader.u128(), Some(e));
        prop_assert_eq!(reader.text(), Some(text));
        prop_assert_eq!(reader.rest(), b"!");
    }

    #[test]
    fn keys_sort_as_their_values_do(
        one in ("[a\0\u{1}\u{2}]{0,4}", any::<i64>()), two in ("[a\0\u{1}\u{2}]{0,4}", any::<i64>()),
    ) {
        let key = |(text, time): &(String, i64)| Key::room(1).text(text).i64(*time);
        prop_assert_eq!(key(&one).cmp(&key(&two)), one.cmp(&two));
    }

    #[test]
    fn reading_a_key_of_any_bytes_does_not_panic(bytes in any::<Vec<u8>>()) {
        if let Some(mut reader) = KeyReader::room(0, &[&[0], &bytes[..]].concat()) {
            while reader.text().is_some() {}
            reader.u128();
            reader.u8();
        }
    }
}

#[test]
fn a_key_of_another_room_is_not_read() {
    assert!(KeyReader::room(b'a', &Key::room(b'b').u64(1)).is_none());
    assert!(KeyReader::room(b'a', b"").is_none());
}

#[test]
fn a_mark_gives_its_fields_back() {
    assert_eq!(Mark::decode(&mark(513).encode()), Ok(mark(513)));
}

#[test]
fn a_marks_bytes_do_not_change_between_releases() {
    let mut expected = vec![1, 0, 0, 0, 0, 0, 0, 2, 1];
    expected.extend([1; 32]);
    expected.extend([0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 7]);
    expected.extend([1; 16]);
    assert_eq!(mark(513).encode().to_vec(), expected);
}

#[test]
fn bytes_that_are_no_mark_are_refused() {
    let mut bytes = mark(1).encode().to_vec();
    bytes.push(0);
    assert_eq!(Mark::decode(&bytes), Err(UnknownMark { len: 70 }));
    assert_eq!(Mark::decode(&bytes[..68]), Err(UnknownMark { len: 68 }));
    bytes.pop();
    bytes[0] = 2;
    assert_eq!(Mark::decode(&bytes), Err(UnknownMark { len: 69 }));
    assert_eq!(Mark::decode(b""), Err(UnknownMark { len: 0 }));
}
