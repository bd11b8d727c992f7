//! The key space.
//!
//! | key                                  | value                           | life                |
//! |--------------------------------------|---------------------------------|---------------------|
//! | `c` id (16 bytes)                    | `redress.router.v1.CaseRow`     | as long as the case |
//! | `e` id (16 bytes), version (8 bytes) | `redress.router.v1.TimelineRow` | as long as the case |
//!
//! What cases are found by besides (number, batch, order, customer) is kept in memory, see
//! `marks.rs`.

use std::ops::ControlFlow;

use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_store::{Key, KeyRange, Order, Rows};
use redress_wire::router::{CaseRow, TimelineRow};

const CASE: u8 = b'c';
const FACT: u8 = b'e';

fn case_key(id: &ComplaintId) -> Key {
    Key::room(CASE).raw(id.as_bytes())
}

/// The case with this id, routed or only registered yet.
pub(crate) fn case(rows: &Rows, id: &ComplaintId) -> Option<CaseRow> {
    CaseRow::decode(rows.get(&case_key(id))?).ok()
}

/// The case with this id as the last commit left it, if it was routed then.
pub(crate) fn committed_case(rows: &Rows, id: &ComplaintId) -> Option<CaseRow> {
    let row = CaseRow::decode(rows.committed(&case_key(id))?).ok();
    row.filter(is_routed)
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

fn fact_key(id: &ComplaintId, version: u64) -> Key {
    Key::room(FACT).raw(id.as_bytes()).u64(version)
}

/// Keeps a fact of a case's life.
pub(crate) fn put_fact(rows: &mut Rows, id: &ComplaintId, version: u64, row: &TimelineRow) {
    rows.put(fact_key(id, version), row.encode_to_vec());
}

/// The fact that led to a version.
pub(crate) fn fact(rows: &Rows, id: &ComplaintId, version: u64) -> Option<TimelineRow> {
    TimelineRow::decode(rows.get(&fact_key(id, version))?).ok()
}

/// The facts of a case from a version on, until `visit` has enough.
pub(crate) fn each_fact(
    rows: &Rows,
    id: &ComplaintId,
    from_version: u64,
    mut visit: impl FnMut(TimelineRow) -> bool,
) {
    let (from, to) = (fact_key(id, from_version), fact_key(id, u64::MAX));
    let range = KeyRange::between(&from, &to);
    rows.visit(&range, Order::Ascending, &mut |_, value| {
        let goes_on = TimelineRow::decode(value).is_ok_and(&mut visit);
        if goes_on {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
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
