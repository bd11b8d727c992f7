//! The key space.
//!
//! | key               | value                                              | life                |
//! |-------------------|----------------------------------------------------|---------------------|
//! | named by the id   | `redress.sla_monitor.v1.CaseClocks`                | as long as the case |
//! | `v` version       | `redress.sla_monitor.v1.ClockRulesKept`, no texts  | for ever            |
//! | `f` hash          | text of a kept policy file                         | for ever            |

use std::ops::ControlFlow;

use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_store::{Key, KeyRange, Order, Rows};
use redress_wire::sla_monitor::{CaseClocks, ClockRulesKept};

use crate::numbers::Numbers;

const VERSION: u8 = b'v';
const TEXT: u8 = b'f';

fn version_key(version: &str) -> Key {
    Key::room(VERSION).raw(version.as_bytes())
}

fn text_key(hash: &[u8]) -> Key {
    Key::room(TEXT).raw(hash)
}

/// The clocks of the case with this id. A row may stand here before its case is routed.
pub(crate) fn case(rows: &Rows, id: &ComplaintId) -> Option<CaseClocks> {
    CaseClocks::decode(rows.named(id.as_bytes())?).ok()
}

/// The clocks of the case with this number.
pub(crate) fn case_with_number(rows: &Rows, numbers: &Numbers, number: &str) -> Option<CaseClocks> {
    numbers.seats(number).find_map(|seat| {
        let row = CaseClocks::decode(rows.named(rows.name_at(seat)?)?).ok();
        row.filter(|row| row.number == number)
    })
}

/// Keeps the clocks of a case.
pub(crate) fn put_case(rows: &mut Rows, id: &ComplaintId, row: &CaseClocks) {
    rows.put_named(id.as_bytes(), row.encode_to_vec());
}

/// The clocks of all cases.
pub(crate) fn each_case(rows: &Rows, mut visit: impl FnMut(&ComplaintId, &CaseClocks)) {
    rows.each_named(|id, value| {
        if let Ok(row) = CaseClocks::decode(value) {
            visit(&ComplaintId::from_bytes(*id), &row);
        }
    });
}

/// The files of a kept version of the policy, without their texts.
pub(crate) fn version(rows: &Rows, version: &str) -> Option<ClockRulesKept> {
    ClockRulesKept::decode(rows.get(&version_key(version))?).ok()
}

/// Keeps a version of the policy.
pub(crate) fn put_version(rows: &mut Rows, kept: &ClockRulesKept) {
    rows.put(version_key(&kept.policy), kept.encode_to_vec());
}

/// All kept versions.
pub(crate) fn each_version(rows: &Rows, mut visit: impl FnMut(&str)) {
    let range = KeyRange::prefix(&[VERSION]);
    rows.visit(&range, Order::Ascending, &mut |key, _| {
        if let Ok(version) = std::str::from_utf8(&key[1..]) {
            visit(version);
        }
        ControlFlow::Continue(())
    });
}

/// The text of a kept file.
pub(crate) fn text(rows: &Rows, hash: &[u8]) -> Option<String> {
    String::from_utf8(rows.get(&text_key(hash))?.to_vec()).ok()
}

/// Keeps the text of a file.
pub(crate) fn put_text(rows: &mut Rows, hash: &[u8], text: &str) {
    rows.put(text_key(hash), text.as_bytes().to_vec());
}
