//! The key space.
//!
//! | key               | value                               | life                |
//! |-------------------|-------------------------------------|---------------------|
//! | `c` id (16 bytes) | `redress.sla_monitor.v1.CaseClocks` | as long as the case |

use std::ops::ControlFlow;

use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_store::{Key, KeyRange, Order, Rows};
use redress_wire::sla_monitor::CaseClocks;

use crate::numbers::Numbers;

const CASE: u8 = b'c';

fn case_key(id: &ComplaintId) -> Key {
    Key::room(CASE).raw(id.as_bytes())
}

/// The clocks of the case with this id. A row may stand here before its case is routed.
pub(crate) fn case(rows: &Rows, id: &ComplaintId) -> Option<CaseClocks> {
    CaseClocks::decode(rows.get(&case_key(id))?).ok()
}

/// The clocks of the case with this number.
pub(crate) fn case_with_number(rows: &Rows, numbers: &Numbers, number: &str) -> Option<CaseClocks> {
    numbers.fronts(number).find_map(|front| {
        let mut found = None;
        let range = KeyRange::prefix(&Key::room(CASE).raw(front));
        rows.visit(&range, Order::Ascending, &mut |_, value| {
            found = CaseClocks::decode(value)
                .ok()
                .filter(|row| row.number == number);
            if found.is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        found
    })
}

/// Keeps the clocks of a case.
pub(crate) fn put_case(rows: &mut Rows, id: &ComplaintId, row: &CaseClocks) {
    rows.put(case_key(id), row.encode_to_vec());
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
