//! Registers a complaint: once, for ever, with a number of its own.

use redress_runtime::{Context, Draft, Refusal, Violation};
use redress_store::Rows;
use redress_wire::{
    Payload,
    intake::{
        Answer, ComplaintRegistered, ComplaintRow, Fingerprint, NumbersReserved, Register,
        Registration, answer,
    },
};
use tonic::Code;

use crate::{IntakeRules, number, reserve::Reserves, rows};

pub(crate) fn decide(
    reserves: &Reserves,
    rows: &Rows,
    wanted: &Register,
    cx: &mut Context<'_, IntakeRules>,
) -> Result<(Vec<Draft>, Answer), Refusal> {
    if let Some(known) = rows::complaint(rows, &wanted.complaint_id) {
        return same_again(wanted, known).map(|answer| (Vec::new(), answer));
    }
    let house = cx.rules.policy.house();
    let day = number::day(house, cx.now);
    let (sequence, put_by) = next_number(reserves, day, cx);
    let number = number::write(house, day, sequence)
        .ok_or_else(|| Refusal::new(Code::Internal, "the day's numbers are used up"))?;
    let allowed_us = i64::try_from(house.preliminary_reply.as_micros()).unwrap_or(i64::MAX);
    let registered = ComplaintRegistered {
        number: number.clone(),
        respond_by_us: wanted.received_at_us.saturating_add(allowed_us),
        policy: cx.rules.policy.version().to_owned(),
        ..as_wanted(wanted)
    };
    let registration = Registration {
        complaint_id: wanted.complaint_id.clone(),
        number,
        duplicate: false,
        respond_by_us: registered.respond_by_us,
    };
    let payload = Payload::ComplaintRegistered(registered);
    let mut drafts = vec![Draft::about(wanted.complaint_id.clone(), payload)];
    drafts.extend(put_by.map(|put_by| Draft::of_partition(Payload::NumbersReserved(put_by))));
    Ok((drafts, answer_of(registration)))
}

/// The submission came before: with the same body the same answer, else a refusal.
fn same_again(wanted: &Register, known: ComplaintRow) -> Result<Answer, Refusal> {
    if known.body_digest != wanted.body_digest {
        let violation = Violation {
            field: "requestId".to_owned(),
            description: "was used for another submission: give each message an id of its own"
                .to_owned(),
        };
        let message = "this requestId is known with another body";
        let refusal = Refusal::new(Code::AlreadyExists, message);
        return Err(Refusal {
            violations: vec![violation],
            ..refusal
        });
    }
    Ok(answer_of(Registration {
        complaint_id: wanted.complaint_id.clone(),
        number: known.number,
        duplicate: true,
        respond_by_us: known.respond_by_us,
    }))
}

/// From the numbers put by, or else from the day's sequence with some to put by.
fn next_number(
    reserves: &Reserves,
    day: u32,
    cx: &mut Context<'_, IntakeRules>,
) -> (u64, Option<NumbersReserved>) {
    if let Some(sequence) = reserves.next(day) {
        return (sequence, None);
    }
    let spare = cx.numbers.spare();
    let first = cx.numbers.take(day, 1 + spare);
    let put_by = NumbersReserved {
        day,
        first: first + 1,
        last: first + spare,
    };
    (first, (spare > 0).then_some(put_by))
}

/// The fact as far as the submission says it.
fn as_wanted(wanted: &Register) -> ComplaintRegistered {
    ComplaintRegistered {
        number: String::new(),
        request_id: wanted.request_id.clone(),
        channel: wanted.channel.clone(),
        kind: wanted.kind.clone(),
        received_at_us: wanted.received_at_us,
        respond_by_us: 0,
        personal: wanted.personal.clone(),
        body_digest: wanted.body_digest.clone(),
        wish: wanted.wish.clone(),
        product: wanted.product.clone(),
        model: wanted.model.clone(),
        quantity: wanted.quantity,
        batch_no: wanted.batch_no.clone(),
        order_no: wanted.order_no.clone(),
        occurred_at_us: wanted.occurred_at_us,
        locale: wanted.locale.clone(),
        preferred_contact: wanted.preferred_contact.clone(),
        fingerprint: Some(Fingerprint {
            customer: wanted.fingerprint_customer.clone(),
            product: wanted.fingerprint_product,
            order: wanted.fingerprint_order,
            simhash: wanted.fingerprint_simhash,
            further_customer: wanted.fingerprint_further_customer.clone(),
        }),
        policy: String::new(),
        customer_tier: wanted.customer_tier.clone(),
    }
}

fn answer_of(registration: Registration) -> Answer {
    Answer {
        answer: Some(answer::Answer::Registration(registration)),
    }
}
