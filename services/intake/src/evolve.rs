//! What each event does to the state.

use std::{collections::BTreeMap, ops::ControlFlow};

use redress_runtime::Recorded;
use redress_store::{KeyRange, Order, Rows};
use redress_wire::{
    Payload,
    intake::{
        ComplaintRegistered, ComplaintRow, CustomerRow, Fingerprint, FoundRepeat, FreshComplaint,
        RepeatLinked,
    },
};

use crate::{
    core::{Fresh, IntakeCore},
    number,
    reserve::{Range, Reserves},
    rows::{self, Id, OfCustomer},
    seen::Seen,
};

/// Rebuilds what lives in memory: one walk over the customers' complaints.
pub(crate) fn open(rows: &Rows) -> IntakeCore {
    let searched = rows::searched(rows);
    let mut seen = Seen::default();
    let mut pending: BTreeMap<Id, Fresh> = BTreeMap::new();
    rows.visit(
        &KeyRange::prefix(&[rows::CUSTOMER]),
        Order::Ascending,
        &mut |key, value| {
            if let Some(entry) = rows::read_of_customer(key, value) {
                seen.note(&entry.customer, &entry.id);
                if entry.row.height > searched {
                    pending
                        .entry(entry.id)
                        .or_insert_with(|| pending_again(&entry))
                        .complaint
                        .customer
                        .push(entry.customer.to_vec());
                }
            }
            ControlFlow::Continue(())
        },
    );
    let mut fresh: Vec<Fresh> = pending.into_values().collect();
    for fresh in &mut fresh {
        let row = rows::complaint(rows, &fresh.complaint.complaint_id);
        fresh.complaint.number = row.map(|row| row.number).unwrap_or_default();
    }
    IntakeCore {
        reserves: Reserves::open(rows),
        seen,
        fresh,
    }
}

fn pending_again(entry: &OfCustomer) -> Fresh {
    let complaint = FreshComplaint {
        complaint_id: entry.id.to_vec(),
        received_at_us: entry.received_at_us,
        product: entry.row.product,
        order: entry.row.order,
        simhash: entry.row.simhash,
        ..FreshComplaint::default()
    };
    Fresh {
        height: entry.row.height,
        complaint,
    }
}

pub(crate) fn evolve(core: &mut IntakeCore, rows: &mut Rows, recorded: &Recorded<'_>) {
    let event = recorded.event;
    match &event.payload {
        Some(Payload::ComplaintRegistered(registered)) => {
            if let Ok(id) = event.complaint_id.as_slice().try_into() {
                complaint_registered(core, rows, recorded, id, registered);
            }
        }
        Some(Payload::RepeatLinked(linked)) => repeat_linked(rows, &event.complaint_id, linked),
        Some(Payload::NumbersReserved(put_by)) => {
            let range = Range {
                next: put_by.first,
                last: put_by.last,
            };
            core.reserves.reserve(rows, put_by.day, range);
        }
        Some(Payload::NumbersVoided(voided)) => core.reserves.void(rows, voided.day),
        Some(Payload::RepeatsSearched(searched)) if searched.height > rows::searched(rows) => {
            rows::put_searched(rows, searched.height);
            core.fresh.retain(|fresh| fresh.height > searched.height);
        }
        _ => {}
    }
}

fn complaint_registered(
    core: &mut IntakeCore,
    rows: &mut Rows,
    recorded: &Recorded<'_>,
    id: Id,
    registered: &ComplaintRegistered,
) {
    let row = ComplaintRow {
        number: registered.number.clone(),
        body_digest: registered.body_digest.clone(),
        respond_by_us: registered.respond_by_us,
        height: recorded.origin.height,
        index: recorded.origin.index,
        repeats_of: Vec::new(),
    };
    rows::put_complaint(rows, &id, &row);
    if let Some((day, sequence)) = number::parts(&registered.number) {
        rows::put_number(rows, (day, sequence), &id);
        core.reserves.used(rows, day, sequence);
    }
    if let Some(print) = &registered.fingerprint {
        customers_complained(core, rows, recorded.origin.height, id, registered, print);
    }
}

/// Notes the complaint under each key of its customer, and that it is to be compared.
fn customers_complained(
    core: &mut IntakeCore,
    rows: &mut Rows,
    height: u64,
    id: Id,
    registered: &ComplaintRegistered,
    print: &Fingerprint,
) {
    let keys = std::iter::once(&print.customer).chain(&print.further_customer);
    let keys: Vec<Id> = keys
        .filter_map(|key| key.as_slice().try_into().ok())
        .collect();
    for customer in &keys {
        let Fingerprint {
            product,
            order,
            simhash,
            ..
        } = *print;
        let row = CustomerRow {
            product,
            order,
            simhash,
            height,
        };
        let received_at_us = registered.received_at_us;
        rows::put_of_customer(
            rows,
            &OfCustomer {
                customer: *customer,
                received_at_us,
                id,
                row,
            },
        );
        core.seen.note(customer, &id);
    }
    if keys.is_empty() {
        return;
    }
    let complaint = FreshComplaint {
        complaint_id: id.to_vec(),
        received_at_us: registered.received_at_us,
        number: registered.number.clone(),
        customer: keys.into_iter().map(Vec::from).collect(),
        product: print.product,
        order: print.order,
        simhash: print.simhash,
    };
    core.fresh.push(Fresh { height, complaint });
}

fn repeat_linked(rows: &mut Rows, id: &[u8], linked: &RepeatLinked) {
    let Some(mut row) = rows::complaint(rows, id) else {
        return;
    };
    if !row.repeats_of.is_empty() {
        return;
    }
    let earlier = linked.earlier.iter().map(|earlier| FoundRepeat {
        complaint_id: earlier.complaint_id.clone(),
        number: earlier.number.clone(),
        reason: earlier.reason.clone(),
        received_at_us: 0,
    });
    row.repeats_of = earlier.collect();
    rows::put_complaint(rows, id, &row);
}
