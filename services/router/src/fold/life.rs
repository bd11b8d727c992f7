//! A fact of a case's life, as far as lists and relations look at it.

use redress_wire::router::{CaseEvent, CaseRow, Opening, case_event::Change};

/// A fact that was folded before changes nothing.
pub(super) fn fold(row: &mut CaseRow, fact: &CaseEvent) {
    if fact.version <= row.version {
        return;
    }
    let opening = opening(row);
    row.version = fact.version;
    row.due_us = fact.due_us;
    row.state.clone_from(&fact.state);
    row.department.clone_from(&fact.department);
    row.handler.clone_from(&fact.handler);
    row.category.clone_from(&fact.category);
    row.urgency.clone_from(&fact.urgency);
    row.severity.clone_from(&fact.severity);
    match &fact.change {
        Some(Change::TriageCorrected(corrected)) => {
            row.rank = corrected.rank;
            row.wide_impact = corrected.wide_impact;
        }
        Some(Change::RecallOpened(opened)) => {
            row.recall_batch_no.clone_from(&opened.batch_no);
            row.recall_closed = false;
        }
        Some(Change::RecallClosed(_)) => row.recall_closed = true,
        Some(Change::RecallJoined(joined))
            if !row.recalls.contains(&joined.recall_complaint_id) =>
        {
            row.recalls.push(joined.recall_complaint_id.clone());
        }
        _ => {}
    }
    if row.opening.is_none() && opening != self::opening(row) {
        row.opening = Some(opening);
    }
}

/// What the life of the case began with.
pub(crate) fn opening(row: &CaseRow) -> Opening {
    row.opening.clone().unwrap_or_else(|| Opening {
        category: row.category.clone(),
        urgency: row.urgency.clone(),
        severity: row.severity.clone(),
        wide_impact: row.wide_impact,
        department: row.department.clone(),
        handler: row.handler.clone(),
        rank: row.rank,
    })
}
