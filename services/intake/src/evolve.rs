//! What each event does to the state.

use redress_runtime::Recorded;
use redress_store::Rows;
use redress_wire::{
    Payload,
    intake::{ComplaintRegistered, ComplaintRow, FoundRepeat, FreshComplaint, RepeatLinked},
};

use crate::{
    core::{Fresh, IntakeCore},
    customers, number,
    reserve::{Range, Reserves},
    rows::{self, Id},
    seen::Seen,
};

/// Rebuilds what lives in memory: one walk over the complaints.
pub(crate) fn open(rows: &Rows) -> IntakeCore {
    let searched = rows::searched(rows);
    let mut seen = Seen::default();
    let mut fresh = Vec::new();
    rows::each_complaint(rows, |id, row| {
        let seat = rows.seat(&id).into_iter();
        for (seat, customer) in
            seat.flat_map(|seat| customers::keys(&row).map(move |it| (seat, it)))
        {
            seen.note(&customer, seat);
        }
        seen.settle();
        if row.height > searched && !row.customer.is_empty() {
            fresh.push(to_compare(&id, row));
        }
    });
    IntakeCore {
        reserves: Reserves::open(rows),
        seen,
        fresh,
        newest: Vec::new(),
    }
}

/// A registered complaint, to be compared with its customer's others.
fn to_compare(id: &Id, row: ComplaintRow) -> Fresh {
    Fresh {
        height: row.height,
        complaint: FreshComplaint {
            complaint_id: id.to_vec(),
            received_at_us: row.received_at_us,
            number: row.number,
            customer: row.customer,
            product: row.product,
            order: row.order,
            simhash: row.simhash,
        },
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
        Some(Payload::RepeatLinked(linked)) => {
            if let Ok(id) = event.complaint_id.as_slice().try_into() {
                repeat_linked(rows, id, linked);
            }
        }
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
    let row = complaint_row(recorded, registered);
    rows::put_complaint(rows, &id, &row);
    if let Some((day, sequence)) = number::parts(&registered.number) {
        rows::put_number(rows, (day, sequence), &id);
        core.reserves.used(rows, day, sequence);
    }
    for customer in customers::keys(&row) {
        customers::note(&mut core.seen, rows, &customer, (&id, &row));
    }
    if !row.customer.is_empty() {
        core.newest.push(to_compare(&id, row));
    }
}

fn complaint_row(recorded: &Recorded<'_>, registered: &ComplaintRegistered) -> ComplaintRow {
    let print = registered.fingerprint.clone().unwrap_or_default();
    let mut customer = vec![print.customer];
    customer.extend(print.further_customer);
    customer.retain(|key| key.len() == size_of::<Id>());
    ComplaintRow {
        number: registered.number.clone(),
        body_digest: registered.body_digest.clone(),
        respond_by_us: registered.respond_by_us,
        height: recorded.origin.height,
        index: recorded.origin.index,
        repeats_of: Vec::new(),
        received_at_us: registered.received_at_us,
        customer,
        product: print.product,
        order: print.order,
        simhash: print.simhash,
    }
}

fn repeat_linked(rows: &mut Rows, id: &Id, linked: &RepeatLinked) {
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
