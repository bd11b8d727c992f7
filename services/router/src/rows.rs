//! The key space.
//!
//! | key                                 | value                           | life                |
//! |-------------------------------------|---------------------------------|---------------------|
//! | named by the id                     | `redress.router.v1.CaseRow`     | as long as the case |
//! | `e` seat (4 bytes), version (8)     | `redress.router.v1.TimelineRow` | as long as the case |
//!
//! The seat is that of the case's named row, so facts of cases that came together lie together.
//! What cases are found by besides (number, batch, order, customer) is kept in memory, see
//! `marks.rs`.

use std::ops::ControlFlow;

use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_store::{Key, KeyRange, Order, Rows};
use redress_wire::router::{CaseRow, TimelineRow};

const FACT: u8 = b'e';

/// The case with this id, routed or only registered yet.
pub(crate) fn case(rows: &Rows, id: &ComplaintId) -> Option<CaseRow> {
    CaseRow::decode(rows.named(id.as_bytes())?).ok()
}

/// The case with this id as the last commit left it, if it was routed then.
pub(crate) fn committed_case(rows: &Rows, id: &ComplaintId) -> Option<CaseRow> {
    let row = CaseRow::decode(rows.named_committed(id.as_bytes())?).ok();
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
    rows.put_named(id.as_bytes(), row.encode_to_vec());
}

fn fact_key(rows: &Rows, id: &ComplaintId, version: u64) -> Option<Key> {
    let seat = rows.seat(id.as_bytes())?;
    Some(Key::room(FACT).u32(seat).u64(version))
}

/// Keeps a fact of a case's life. The case's own row is there already.
pub(crate) fn put_fact(rows: &mut Rows, id: &ComplaintId, version: u64, row: &TimelineRow) {
    if let Some(key) = fact_key(rows, id, version) {
        rows.put(key, row.encode_to_vec());
    }
}

/// The fact that led to a version.
pub(crate) fn fact(rows: &Rows, id: &ComplaintId, version: u64) -> Option<TimelineRow> {
    TimelineRow::decode(rows.get(&fact_key(rows, id, version)?)?).ok()
}

/// The facts of a case from a version on, until `visit` has enough.
pub(crate) fn each_fact(
    rows: &Rows,
    id: &ComplaintId,
    from_version: u64,
    mut visit: impl FnMut(TimelineRow) -> bool,
) {
    let key = |version| fact_key(rows, id, version);
    let (Some(from), Some(to)) = (key(from_version), key(u64::MAX)) else {
        return;
    };
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
    rows.each_named(|id, value| {
        let row = CaseRow::decode(value).ok().filter(is_routed);
        if let Some(row) = row {
            visit(&ComplaintId::from_bytes(*id), &row);
        }
    });
}
