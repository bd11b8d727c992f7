//! The key space.
//!
//! | key               | value                       | life                |
//! |-------------------|-----------------------------|---------------------|
//! | `c` id (16 bytes) | `redress.router.v1.CaseRow` | as long as the case |
//!
//! What cases are found by besides (number, batch, order, customer) is kept in memory, see
//! `marks.rs`.

use std::ops::ControlFlow;

use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_store::{Key, KeyRange, Order, Rows};
use redress_wire::router::CaseRow;

const CASE: u8 = b'c';

fn case_key(id: &ComplaintId) -> Key {
    Key::room(CASE).raw(id.as_bytes())
}

/// The case with this id, routed or only registered yet.
pub(crate) fn case(rows: &Rows, id: &ComplaintId) -> Option<CaseRow> {
    CaseRow::decode(rows.get(&case_key(id))?).ok()
}

/// The case with this id, if it is routed.
pub(crate) fn routed_case(rows: &Rows, id: &ComplaintId) -> Option<CaseRow> {
    case(rows, id).filter(is_routed)
}

/// Whether it is a case: before its routing the row has only what its registration is found by.
pub(crate) fn is_routed(row: &CaseRow) -> bool {
    !row.number.is_empty()
}

/// Keeps a case.
pub(crate) fn put_case(rows: &mut Rows, id: &ComplaintId, row: &CaseRow) {
    rows.put(case_key(id), row.encode_to_vec());
}

/// All cases that are routed.
pub(crate) fn each_case(rows: &Rows, mut visit: impl FnMut(&ComplaintId, &CaseRow)) {
    let range = KeyRange::prefix(&[CASE]);
    rows.visit(&range, Order::Ascending, &mut |key, value| {
        if let (Ok(id), Ok(row)) = (ComplaintId::try_from(&key[1..]), CaseRow::decode(value))
            && is_routed(&row)
        {
            visit(&id, &row);
        }
        ControlFlow::Continue(())
    });
}
