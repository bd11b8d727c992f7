//! What came of a sending, and operators' retries.

use jiff::{SignedDuration, Timestamp};
use redress_policy::Retry as RetryRule;
use redress_runtime::{Context, Draft, Refusal};
use redress_store::Rows;
use redress_wire::{
    Payload,
    event::timestamp,
    notifier::{
        Answer, CaseRow, DeliveryRow, NotificationAttempted, NotificationDelivered,
        NotificationGivenUp, NotificationRetried, Outcome, Retry,
    },
};
use tonic::Code;

use crate::{
    Rules,
    cases::{Cases, apply, find},
    list::view,
    rows::CaseKey,
    words::{GIVEN_UP, PLANNED, UNREACHABLE},
};

/// Errors are kept in rows for ever: what matters stands at their beginning.
const LONGEST_ERROR: usize = 300;

type Decided = Result<(Vec<Draft>, Answer), Refusal>;

/// What came of one attempt. An outcome of another attempt than the one that is out is a repeat
/// of one that was recorded already: it changes nothing.
pub(crate) fn outcome(
    cases: &Cases,
    rows: &Rows,
    outcome: &Outcome,
    cx: &Context<'_, Rules>,
) -> Decided {
    decided(
        cases,
        rows,
        &outcome.notification_id,
        cx.now,
        |case, delivery| {
            let stale = delivery.state != PLANNED || outcome.attempt != delivery.attempts + 1;
            Ok((!stale).then(|| result(outcome, case, delivery, cx)))
        },
    )
}

fn result(
    outcome: &Outcome,
    case: &CaseRow,
    delivery: &DeliveryRow,
    cx: &Context<'_, Rules>,
) -> Payload {
    let notification_id = outcome.notification_id.clone();
    let attempt = outcome.attempt;
    if outcome.delivered {
        return Payload::NotificationDelivered(NotificationDelivered {
            notification_id,
            attempt,
            cause: delivery.cause.clone(),
            audience: delivery.audience.clone(),
            number: case.number.clone(),
        });
    }
    let error = shortened(&outcome.error);
    match next_attempt(cx.rules.policy.retry(), outcome, delivery, cx.now) {
        Some(next) => Payload::NotificationAttempted(NotificationAttempted {
            notification_id,
            attempt,
            error,
            next_attempt_at_us: next.as_microsecond(),
        }),
        None => Payload::NotificationGivenUp(NotificationGivenUp {
            notification_id,
            attempt,
            error,
        }),
    }
}

/// When to try again; not at all if it cannot work, or was tried often or long enough. Patience
/// starts anew when an operator asks for a retry.
fn next_attempt(
    rule: &RetryRule,
    outcome: &Outcome,
    delivery: &DeliveryRow,
    now: Timestamp,
) -> Option<Timestamp> {
    let failures = outcome
        .attempt
        .saturating_sub(delivery.attempts_before_retry);
    if outcome.permanent || failures >= rule.max_attempts {
        return None;
    }
    // From −1 to 1, scaled by the policy's share.
    let draw = f64::from(outcome.jitter_permille.min(1000)) / 500.0 - 1.0;
    let wait = rule.wait(failures).as_secs_f64() * (1.0 + draw * rule.jitter.fraction());
    let wait = SignedDuration::try_from_secs_f64(wait).unwrap_or(rule.longest);
    let asked = SignedDuration::from_millis(outcome.retry_after_ms.unwrap_or(0).into());
    let next = now.checked_add(wait.max(asked)).ok()?;
    let since = timestamp(delivery.retried_at_us.unwrap_or(delivery.planned_at_us));
    (next.duration_since(since) <= rule.give_up_after).then_some(next)
}

/// An operator's wish to send after all what was given up.
pub(crate) fn retry(cases: &Cases, rows: &Rows, retry: &Retry, cx: &Context<'_, Rules>) -> Decided {
    decided(
        cases,
        rows,
        &retry.notification_id,
        cx.now,
        |_, delivery| {
            if !retry.request_id.is_empty() && delivery.retry_request_id == retry.request_id {
                return Ok(None);
            }
            if delivery.state != GIVEN_UP {
                return Err(Refusal::new(
                    Code::FailedPrecondition,
                    not_retried(&delivery.state),
                ));
            }
            Ok(Some(Payload::NotificationRetried(NotificationRetried {
                notification_id: retry.notification_id.clone(),
                request_id: retry.request_id.clone(),
            })))
        },
    )
}

fn not_retried(state: &str) -> String {
    if state == UNREACHABLE {
        "there was no way to reach the receiver; add one to the policy, it serves later cases"
            .into()
    } else {
        format!("the delivery is {state}; only one that was given up can be retried")
    }
}

fn decided(
    cases: &Cases,
    rows: &Rows,
    notification_id: &str,
    now: Timestamp,
    decide: impl FnOnce(&CaseRow, &DeliveryRow) -> Result<Option<Payload>, Refusal>,
) -> Decided {
    let unknown = || Refusal::not_found("there is no delivery with this id");
    let key = CaseKey::of(notification_id).ok_or_else(unknown)?;
    let case = cases.get(rows, key).ok_or_else(unknown)?;
    let at = find(&case, notification_id).ok_or_else(unknown)?;
    let payload = decide(&case, &case.deliveries[at])?;
    let mut delivery = view(&case, key, at);
    if let Some(payload) = &payload {
        apply(&mut delivery, now.as_microsecond(), payload);
    }
    let drafts = payload
        .into_iter()
        .map(|p| Draft::about(case.complaint_id.clone(), p))
        .collect();
    Ok((
        drafts,
        Answer {
            delivery: Some(delivery),
        },
    ))
}

fn shortened(error: &str) -> String {
    match error.char_indices().nth(LONGEST_ERROR) {
        Some((end, _)) => format!("{}…", &error[..end]),
        None => error.to_owned(),
    }
}
