//! The key space.
//!
//! | key                  | value                               | life                |
//! |----------------------|-------------------------------------|---------------------|
//! | `c` id (16 bytes)    | `redress.sla_monitor.v1.CaseClocks` | as long as the case |
//! | `n` number (as text) | id (16 bytes)                       | as long as the case |
//!
//! The second costs a row for each case, which an index in memory would not; but cases are kept
//! for years, and that index would grow with them.

use std::ops::ControlFlow;

use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_store::{Key, KeyRange, Order, Rows};
use redress_wire::sla_monitor::CaseClocks;

const CASE: u8 = b'c';
const NUMBER: u8 = b'n';

fn case_key(id: &ComplaintId) -> Key {
    Key::room(CASE).raw(id.as_bytes())
}

fn number_key(number: &str) -> Key {
    Key::room(NUMBER).raw(number.as_bytes())
}

/// The clocks of the case with this id. A row may stand here before its case is routed.
pub(crate) fn case(rows: &Rows, id: &ComplaintId) -> Option<CaseClocks> {
    CaseClocks::decode(rows.get(&case_key(id))?).ok()
}

/// The id of the case with this number.
pub(crate) fn id_of(rows: &Rows, number: &str) -> Option<ComplaintId> {
    let id = rows.get(&number_key(number))?;
    ComplaintId::try_from(id.as_ref()).ok()
}

/// Keeps the clocks of a case.
pub(crate) fn put_case(rows: &mut Rows, id: &ComplaintId, row: &CaseClocks) {
    rows.put(case_key(id), row.encode_to_vec());
}

/// Keeps what case a number belongs to.
pub(crate) fn put_number(rows: &mut Rows, number: &str, id: &ComplaintId) {
    rows.put(number_key(number), id.as_bytes().to_vec());
}

/// The clocks of all cases.
pub(crate) fn each_case(rows: &Rows, mut visit: impl FnMut(&ComplaintId, &CaseClocks)) {
    let range = KeyRange::prefix(&[CASE]);
    rows.visit(&range, Order::Ascending, &mut |key, value| {
        if let (Ok(id), Ok(row)) = (ComplaintId::try_from(&key[1..]), CaseClocks::decode(value)) {
            visit(&id, &row);
        }
        ControlFlow::Continue(())
    });
}
