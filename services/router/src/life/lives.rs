//! The cases that are worked on, as their facts left them.

use std::cell::RefCell;

use redress_case::Case;
use redress_complaint::ComplaintId;
use redress_store::Rows;
use redress_wire::router::{CaseEvent, CaseRow};

use crate::{recent::Recent, rows, wire};

/// So many cases are remembered, and as many again of those used before them: some 4 KiB each, so
/// 4 MiB a partition at most. A case that is not remembered is folded from its timeline.
const REMEMBERED: usize = 512;

/// Folded cases, those used last; the others are folded again when they are needed. Forgetting one
/// changes nothing but time. Decisions read them and never change them: only facts do, when they
/// are folded. A round that is taken back opens the core anew, and with it an empty memory.
#[derive(Debug)]
pub(crate) struct Lives(RefCell<Recent<ComplaintId, Case>>);

impl Default for Lives {
    fn default() -> Self {
        Self(RefCell::new(Recent::new(REMEMBERED)))
    }
}

impl Lives {
    /// Looks at a case as its facts left it.
    pub(crate) fn look<T>(
        &self,
        rows: &Rows,
        id: &ComplaintId,
        row: &CaseRow,
        look: impl FnOnce(&Case) -> T,
    ) -> T {
        // Taken out while it is looked at: should that panic, the case is just folded again.
        let known = self.0.borrow_mut().take(id);
        let case = known.unwrap_or_else(|| folded(rows, id, row));
        let seen = look(&case);
        self.0.borrow_mut().put(*id, case);
        seen
    }

    /// A fact was recorded.
    pub(crate) fn evolve(&mut self, id: &ComplaintId, event: &CaseEvent, time_us: i64) {
        if let Some(case) = self.0.get_mut().find_mut(id) {
            fold(case, event, time_us);
        }
    }
}

fn folded(rows: &Rows, id: &ComplaintId, row: &CaseRow) -> Case {
    let mut case = Case::open(&wire::opening_of(*id, row));
    rows::each_fact(rows, id, 0, |fact| {
        if let Some(event) = &fact.event {
            fold(&mut case, event, fact.time_us);
        }
        true
    });
    case
}

fn fold(case: &mut Case, event: &CaseEvent, time_us: i64) {
    match wire::fact_of(event, time_us) {
        Some(fact) => case.evolve(&fact),
        // What a newer release recorded is not understood here, but it has its version.
        None => case.version = case.version.max(event.version),
    }
}
