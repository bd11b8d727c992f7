//! Deliveries for readers: addresses masked, newest case first.

use std::ops::ControlFlow;

use redress_complaint::mask;
use redress_store::Rows;
use redress_wire::notifier::{CaseRow, DeliveryRow, Found, Query, StateQuery, query};

use crate::{
    cases::{Cases, contact},
    recall,
    rows::{self, CaseKey},
    words::{GIVEN_UP, PLANNED},
};

/// Cases looked at for one page at most, so that a rare state does not hold up the sendings; the
/// rest is looked at for the next page. 20,000 take about 40 ms.
const LOOKS: usize = 20_000;

pub(crate) fn found(cases: &Cases, rows: &Rows, query: &Query) -> Found {
    match &query.query {
        Some(query::Query::ComplaintId(id)) => {
            let key = cases.key_of(id);
            one(rows, key, |case| case.complaint_id == *id)
        }
        Some(query::Query::Number(number)) => {
            one(rows, CaseKey::of(number), |case| case.number == *number)
        }
        Some(query::Query::State(query)) => by_state(cases, rows, query),
        Some(query::Query::Recall(query)) => Found {
            recall: Some(recall::notices(cases, rows, query)),
            ..Found::default()
        },
        None => Found::default(),
    }
}

fn one(rows: &Rows, key: Option<CaseKey>, is_it: impl Fn(&CaseRow) -> bool) -> Found {
    let case = key.and_then(|key| Some((key, rows::get(rows, key).filter(is_it)?)));
    let deliveries = case.map(|(key, case)| {
        (0..case.deliveries.len())
            .rev()
            .map(|at| view(&case, key, at))
            .collect()
    });
    Found {
        deliveries: deliveries.unwrap_or_default(),
        ..Found::default()
    }
}

fn by_state(cases: &Cases, rows: &Rows, query: &StateQuery) -> Found {
    let mut page = Page {
        query,
        found: Found::default(),
        looks: 0,
    };
    let from = CaseKey::of_sort_key(&query.after);
    if query.state == PLANNED || query.state == GIVEN_UP {
        let unfinished = cases.unfinished();
        let keys = unfinished
            .iter()
            .rev()
            .filter(|key| from.is_none_or(|from| **key <= from));
        for &key in keys {
            let case = rows::get(rows, key);
            if case.is_some_and(|case| page.look(key, &case).is_break()) {
                break;
            }
        }
    } else {
        rows::newest_first(rows, from, &mut |key, case| page.look(key, &case));
    }
    page.found
}

struct Page<'a> {
    query: &'a StateQuery,
    found: Found,
    looks: usize,
}

impl Page<'_> {
    fn look(&mut self, key: CaseKey, case: &CaseRow) -> ControlFlow<()> {
        for at in (0..case.deliveries.len()).rev() {
            let state = &case.deliveries[at].state;
            if !self.query.state.is_empty() && *state != self.query.state {
                continue;
            }
            if !self.query.after.is_empty() && key.sort_key(at) >= self.query.after {
                continue;
            }
            self.found.deliveries.push(view(case, key, at));
            if self.found.deliveries.len() >= self.query.limit as usize {
                return ControlFlow::Break(());
            }
        }
        self.looks += 1;
        if self.looks >= LOOKS {
            self.found.resume = key.sort_key(0);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// A delivery as answers carry it.
pub(crate) fn view(case: &CaseRow, key: CaseKey, at: usize) -> DeliveryRow {
    let mut delivery = case.deliveries[at].clone();
    if delivery.audience == "customer" {
        delivery.recipient = contact(case)
            .map(|c| mask::email(&c.email))
            .unwrap_or_default();
    }
    delivery.sort_key = key.sort_key(at);
    delivery.number.clone_from(&case.number);
    delivery.complaint_id.clone_from(&case.complaint_id);
    delivery
}
