//! Inputs that could not be processed: kept whole with the reason, under the runtime's own keys.

use bytes::Bytes;
use prost::Message as _;
use redress_store::Rows;
use redress_wire::{Payload, customer::SealedPersonalData, log::Event, ops, peer::SetAsideRow};

use crate::{Draft, Recorded};

/// `00 's' <id>` → [`SetAsideRow`]; until it was processed after all.
const PREFIX: [u8; 2] = [0, b's'];

fn key(id: &[u8]) -> Vec<u8> {
    [&PREFIX, id].concat()
}

pub(crate) fn get(rows: &Rows, id: &[u8]) -> Option<SetAsideRow> {
    SetAsideRow::decode(rows.get(&key(id))?).ok()
}

pub(crate) fn list(rows: &Rows, limit: usize) -> Vec<SetAsideRow> {
    rows.scan(&PREFIX, None, limit)
        .into_iter()
        .filter_map(|(_, value)| SetAsideRow::decode(value).ok())
        .collect()
}

/// The event that sets an input aside.
pub(crate) fn draft(row: SetAsideRow) -> Draft {
    Draft::about(
        row.complaint_id,
        Payload::SetAside(ops::SetAside {
            id: row.id,
            source: row.source,
            reason: row.reason,
            input: Some(SealedPersonalData {
                key_id: String::new(),
                payload: row.input.into(),
            }),
            content_type: row.content_type,
        }),
    )
}

/// An event that could not be processed, as an input to set aside.
pub(crate) fn of_event(recorded: &Recorded<'_>, reason: String) -> SetAsideRow {
    let origin = recorded.origin;
    let source = format!(
        "event/{}-{}-{}-{}",
        origin.service, origin.partition, origin.height, origin.index
    );
    SetAsideRow {
        id: blake3::hash(source.as_bytes()).as_bytes()[..16].to_vec(),
        source,
        reason,
        time_us: 0,
        content_type: "application/protobuf".to_owned(),
        input: recorded.event.encode_to_vec(),
        complaint_id: recorded.event.complaint_id.clone(),
    }
}

/// The event that was set aside, if the input is one.
pub(crate) fn event_of(row: &SetAsideRow) -> Option<(crate::Origin, Event)> {
    let place = row.source.strip_prefix("event/")?;
    let mut parts = place.rsplitn(4, '-');
    let (index, height, partition) = (
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    );
    let service = parts.next()?.parse().ok()?;
    let event = Event::decode(Bytes::from(row.input.clone())).ok()?;
    Some((
        crate::Origin {
            service,
            partition,
            height,
            index,
        },
        event,
    ))
}

/// Folds the runtime's own events.
pub(crate) fn evolve(rows: &mut Rows, event: &Event) {
    match &event.payload {
        Some(Payload::SetAside(aside)) => {
            let row = SetAsideRow {
                id: aside.id.clone(),
                source: aside.source.clone(),
                reason: aside.reason.clone(),
                time_us: event.time_us,
                content_type: aside.content_type.clone(),
                input: aside
                    .input
                    .as_ref()
                    .map(|i| i.payload.to_vec())
                    .unwrap_or_default(),
                complaint_id: event.complaint_id.clone(),
            };
            rows.put(key(&aside.id), row.encode_to_vec());
        }
        Some(Payload::Redriven(redriven)) if redriven.processed => rows.delete(key(&redriven.id)),
        _ => {}
    }
}
