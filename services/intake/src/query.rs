//! What can be asked of the owner of a partition.

use redress_complaint::Fingerprint;
use redress_policy::RepeatRule;
use redress_runtime::block_sequence;
use redress_store::Rows;
use redress_wire::intake::{
    ComplaintPlace, ComplaintRef, CustomerQuery, Found, FoundRepeat, FreshComplaint, RepeatsFound,
    RepeatsQuery,
};

use crate::{
    customers, number,
    rows::{self, OfCustomer},
    seen::Seen,
};

/// Complaints of one customer and partition that a fresh one is compared with at most, in either
/// direction of time, the nearest first: whoever complains more often has been noticed.
const MOST_COMPARED: usize = 64;
/// Complaints that one partition answers for a customer's page at most.
const MOST_LISTED: usize = 1000;

pub(crate) fn by_id(rows: &Rows, id: &[u8]) -> Found {
    let place = rows::complaint(rows, id).and_then(|row| {
        Some(ComplaintPlace {
            complaint_id: id.to_vec(),
            sequence: block_sequence(rows, row.height)?,
            index: row.index,
            repeats_of: row.repeats_of,
        })
    });
    Found {
        place,
        ..Found::default()
    }
}

pub(crate) fn by_number(rows: &Rows, text: &str) -> Found {
    let named = || {
        let (day, sequence) = number::parts(text)?;
        let id = rows::by_number(rows, day, sequence)?;
        let row = rows::complaint(rows, &id)?;
        let same = number::prefix(&row.number).eq_ignore_ascii_case(number::prefix(text));
        same.then_some(id)
    };
    named().map_or_else(Found::default, |id| by_id(rows, &id))
}

/// A customer's complaints here, newest first.
pub(crate) fn customer(seen: &Seen, rows: &Rows, asked: &CustomerQuery) -> Found {
    let limit = (asked.limit as usize).min(MOST_LISTED);
    let mut complaints: Vec<ComplaintRef> = asked
        .customer
        .iter()
        .flat_map(|key| customers::newest(seen, rows, key, &asked.after, limit))
        .filter_map(|entry| reference(rows, &entry))
        .collect();
    // One complaint may stand under several keys of its customer.
    complaints.sort_by(|a, b| a.sort_key.cmp(&b.sort_key));
    complaints.dedup_by(|a, b| a.complaint_id == b.complaint_id);
    complaints.truncate(limit);
    Found {
        complaints,
        ..Found::default()
    }
}

fn reference(rows: &Rows, entry: &OfCustomer) -> Option<ComplaintRef> {
    let row = rows::complaint(rows, &entry.id)?;
    Some(ComplaintRef {
        complaint_id: entry.id.to_vec(),
        number: row.number,
        received_at_us: entry.received_at_us,
        sequence: block_sequence(rows, row.height)?,
        index: row.index,
        sort_key: entry.sort_key(),
    })
}

/// Pairs of a fresh complaint and one registered here of the same customer, of which the later is
/// likely a repeat of the earlier.
///
/// Both directions are looked at: of two complaints that are registered at the same time in two
/// partitions, the search that comes last sees both, whichever of them is the later one.
pub(crate) fn repeats(seen: &Seen, rows: &Rows, asked: &RepeatsQuery, rule: &RepeatRule) -> Found {
    let mut repeats: Vec<RepeatsFound> = Vec::new();
    for fresh in &asked.fresh {
        let id = fresh.complaint_id.as_slice().try_into().ok();
        let itself = id.and_then(|id| rows.seat(id));
        let keys = fresh.customer.iter();
        for key in keys.filter(|key| seen.has_besides(key, itself)) {
            compare(seen, rows, fresh, key, rule, &mut repeats);
        }
    }
    Found {
        repeats,
        ..Found::default()
    }
}

fn compare(
    seen: &Seen,
    rows: &Rows,
    fresh: &FreshComplaint,
    key: &[u8],
    rule: &RepeatRule,
    repeats: &mut Vec<RepeatsFound>,
) {
    let window_us = i64::try_from(rule.window.as_micros()).unwrap_or(i64::MAX);
    let (first, last) = (
        fresh.received_at_us.saturating_sub(window_us),
        fresh.received_at_us.saturating_add(window_us),
    );
    let place = rows::sort_key(fresh.received_at_us, &fresh.complaint_id);
    let others = customers::around(seen, rows, key, &place, MOST_COMPARED);
    let print = fingerprint(key, fresh.product, fresh.order, fresh.simhash);
    for other in others {
        let theirs = fingerprint(key, other.row.product, other.row.order, other.row.simhash);
        let in_window = (first..=last).contains(&other.received_at_us);
        let reason = print
            .likely_repeat(&theirs, rule.similarity)
            .filter(|_| in_window);
        let Some(reason) = reason else { continue };
        let of_fresh = other.sort_key() > place;
        repeats.push(pair(rows, fresh, &other, of_fresh, reason.as_str()));
    }
}

fn pair(
    rows: &Rows,
    fresh: &FreshComplaint,
    other: &OfCustomer,
    fresh_is_later: bool,
    reason: &str,
) -> RepeatsFound {
    let reason = reason.to_owned();
    if fresh_is_later {
        let number = rows::complaint(rows, &other.id)
            .map(|row| row.number)
            .unwrap_or_default();
        let complaint_id = other.id.to_vec();
        let earlier = FoundRepeat {
            complaint_id,
            number,
            reason,
            received_at_us: other.received_at_us,
        };
        RepeatsFound {
            complaint_id: fresh.complaint_id.clone(),
            earlier: vec![earlier],
        }
    } else {
        let earlier = FoundRepeat {
            complaint_id: fresh.complaint_id.clone(),
            number: fresh.number.clone(),
            reason,
            received_at_us: fresh.received_at_us,
        };
        RepeatsFound {
            complaint_id: other.id.to_vec(),
            earlier: vec![earlier],
        }
    }
}

/// Both sides were found under one key, so they are of one customer.
fn fingerprint(key: &[u8], product: Option<u64>, order: Option<u64>, simhash: u64) -> Fingerprint {
    Fingerprint {
        customer: key.try_into().ok(),
        product,
        order,
        simhash,
    }
}
