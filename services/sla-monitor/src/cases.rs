//! The clocks of cases, written once a round however often they changed in it.

use std::{borrow::Cow, collections::BTreeMap};

use redress_complaint::ComplaintId;
use redress_store::Rows;
use redress_wire::sla_monitor::CaseClocks;

use crate::rows;

/// What the current round has changed, over the rows. It is empty between rounds.
#[derive(Debug, Default)]
pub(crate) struct Cases {
    touched: BTreeMap<ComplaintId, CaseClocks>,
}

impl Cases {
    /// The clocks of a case as they are now.
    pub(crate) fn get<'a>(&'a self, rows: &Rows, id: &ComplaintId) -> Option<Cow<'a, CaseClocks>> {
        match self.touched.get(id) {
            Some(row) => Some(Cow::Borrowed(row)),
            None => rows::case(rows, id).map(Cow::Owned),
        }
    }

    /// Changes the clocks of a case, of a new one if there is none. Gives what `change` gives; only
    /// if that is something are they written at the end of the round. A new case has its seat at
    /// once, for rounds may end elsewhere when the log is read again.
    pub(crate) fn change<T>(
        &mut self,
        rows: &mut Rows,
        id: &ComplaintId,
        change: impl FnOnce(&mut CaseClocks) -> Option<T>,
    ) -> Option<T> {
        if let Some(row) = self.touched.get_mut(id) {
            return change(row);
        }
        let mut row = rows::case(rows, id).unwrap_or_else(|| CaseClocks {
            complaint_id: id.as_bytes().to_vec(),
            ..CaseClocks::default()
        });
        let changed = change(&mut row)?;
        rows.give_seat(id.as_bytes());
        self.touched.insert(*id, row);
        Some(changed)
    }

    /// Writes what was touched.
    pub(crate) fn seal(&mut self, rows: &mut Rows) {
        for (id, row) in std::mem::take(&mut self.touched) {
            rows::put_case(rows, &id, &row);
        }
    }
}
