//! The key space.
//!
//! | key                  | value                      | life                         |
//! |----------------------|----------------------------|------------------------------|
//! | `c` id (16 bytes)    | `redress.router.v1.CaseRow`| as long as the case          |
//! | `n` number (as text) | id (16 bytes)              | as long as the case          |

use std::ops::ControlFlow;

use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_store::{Key, KeyRange, Order, Rows};
use redress_wire::router::CaseRow;

const CASE: u8 = b'c';
const NUMBER: u8 = b'n';

fn case_key(id: &ComplaintId) -> Key {
    Key::room(CASE).raw(id.as_bytes())
}

fn number_key(number: &str) -> Key {
    Key::room(NUMBER).raw(number.as_bytes())
}

/// The case with this id.
pub(crate) fn case(rows: &Rows, id: &ComplaintId) -> Option<CaseRow> {
    CaseRow::decode(rows.get(&case_key(id))?).ok()
}

/// Whether there is a case with this id.
pub(crate) fn has_case(rows: &Rows, id: &ComplaintId) -> bool {
    rows.get(&case_key(id)).is_some()
}

/// The id of the case with this number.
pub(crate) fn id_of(rows: &Rows, number: &str) -> Option<ComplaintId> {
    let id = rows.get(&number_key(number))?;
    ComplaintId::try_from(id.as_ref()).ok()
}

/// Keeps a case.
pub(crate) fn put_case(rows: &mut Rows, id: &ComplaintId, row: &CaseRow) {
    rows.put(case_key(id), row.encode_to_vec());
}

/// Keeps what case a number belongs to.
pub(crate) fn put_number(rows: &mut Rows, number: &str, id: &ComplaintId) {
    rows.put(number_key(number), id.as_bytes().to_vec());
}

/// All cases.
pub(crate) fn each_case(rows: &Rows, mut visit: impl FnMut(&ComplaintId, &CaseRow)) {
    let range = KeyRange::prefix(&[CASE]);
    rows.visit(&range, Order::Ascending, &mut |key, value| {
        if let (Ok(id), Ok(row)) = (ComplaintId::try_from(&key[1..]), CaseRow::decode(value)) {
            visit(&id, &row);
        }
        ControlFlow::Continue(())
    });
}
