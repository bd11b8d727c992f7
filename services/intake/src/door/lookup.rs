//! A complaint as the log has it, for people to read: everything personal is masked.

use std::collections::BTreeMap;

use prost::Message as _;
use redress_complaint::{ComplaintId, mask};
use redress_log::{Chain, EventLog, LogError};
use redress_runtime::Refusal;
use redress_service::{CaseName, case_name};
use redress_wire::{
    Payload, Service,
    customer::{Attachment, PersonalData},
    event::proto_time,
    intake::{Complaint, ComplaintPlace, ComplaintRegistered, LinkedComplaint, Query, query},
    log::Block,
};
use tonic::Code;

use super::{answer, desk::Desk};

/// Finds a complaint by id or number.
///
/// # Errors
/// There is none; or its owner or the log cannot be asked.
pub async fn complaint(desk: &Desk, name: &str) -> Result<Complaint, Refusal> {
    let place = match case_name(name)? {
        CaseName::Id(id) => {
            let partition = desk.partition(&ComplaintId::from_bytes(id));
            let query = Query {
                query: Some(query::Query::ComplaintId(id.to_vec())),
            };
            desk.handle.query_one(partition, &query).await?.place
        }
        CaseName::Number(number) => {
            let query = Query {
                query: Some(query::Query::Number(number)),
            };
            let found = desk.handle.query_all(&query).await?;
            found.into_iter().find_map(|(_, found)| found.place)
        }
    };
    let place = place.ok_or_else(|| Refusal::not_found("there is no such complaint"))?;
    let partition = partition_of(desk, &place.complaint_id)?;
    let registered = registered(desk, partition, place.sequence, place.index).await?;
    Ok(shown(place, registered))
}

/// The partition of a complaint that was found.
///
/// # Errors
/// Its id is none.
pub(crate) fn partition_of(desk: &Desk, id: &[u8]) -> Result<u32, Refusal> {
    let id = ComplaintId::try_from(id);
    let id = id.map_err(|_| Refusal::new(Code::Internal, "a complaint has no id"))?;
    Ok(desk.partition(&id))
}

/// The event at a place of a partition's log.
///
/// # Errors
/// The log cannot be read, or holds something else there; [`Code::FailedPrecondition`] if it was
/// trimmed there.
pub(crate) async fn registered(
    desk: &Desk,
    partition: u32,
    sequence: u64,
    index: u32,
) -> Result<ComplaintRegistered, Refusal> {
    let stored = desk.log.at(partition, sequence).await;
    let stored = stored.map_err(|error| unreadable(&error))?;
    if stored.is_none() && is_trimmed(desk, partition, sequence).await? {
        return Err(trimmed(partition, sequence));
    }
    let block = stored.and_then(|stored| Block::decode(stored.payload).ok());
    let event = block.and_then(|block| block.events.into_iter().nth(index as usize));
    match event.and_then(|event| event.payload) {
        Some(Payload::ComplaintRegistered(registered)) => Ok(registered),
        _ => Err(Refusal::new(
            Code::DataLoss,
            "the log has no complaint where one was registered",
        )),
    }
}

/// Whether intake's blocks of the partition begin behind a sequence.
async fn is_trimmed(desk: &Desk, partition: u32, sequence: u64) -> Result<bool, Refusal> {
    let service = Service::Intake;
    let first = desk.log.first(Chain::Blocks { partition, service }).await;
    let first = first.map_err(|error| unreadable(&error))?;
    Ok(first.is_some_and(|first| first.sequence > sequence))
}

fn trimmed(partition: u32, sequence: u64) -> Refusal {
    Refusal::new(
        Code::FailedPrecondition,
        format!(
            "what the customer said was taken off the log with old, archived cases: block {sequence} \
             of partition {partition} is in the archive that `redress log trim` wrote; intake reads \
             it there when REDRESS_LOG_ARCHIVE is set"
        ),
    )
}

fn unreadable(error: &LogError) -> Refusal {
    tracing::warn!(%error, "a complaint cannot be read from the log");
    let pause = std::time::Duration::from_secs(1);
    Refusal::unavailable("the log cannot be read right now", pause)
}

/// What the customer said and who it is, not masked yet. Empty if it is sealed or erased.
pub(crate) fn personal(registered: &ComplaintRegistered) -> PersonalData {
    let plain = registered
        .personal
        .as_ref()
        .filter(|sealed| sealed.key_id.is_empty());
    plain
        .and_then(|plain| PersonalData::decode(plain.payload.clone()).ok())
        .unwrap_or_default()
}

fn shown(place: ComplaintPlace, registered: ComplaintRegistered) -> Complaint {
    let repeats_of = place.repeats_of.into_iter().map(|earlier| LinkedComplaint {
        complaint_id: answer::id(&earlier.complaint_id),
        number: earlier.number,
        reason: earlier.reason,
    });
    Complaint {
        complaint_id: answer::id(&place.complaint_id),
        personal: Some(masked(personal(&registered))),
        number: registered.number,
        request_id: registered.request_id,
        channel: registered.channel,
        kind: registered.kind,
        received_at: Some(proto_time(registered.received_at_us)),
        respond_by: Some(proto_time(registered.respond_by_us)),
        wish: registered.wish,
        product: mask::text(&registered.product),
        model: mask::text(&registered.model),
        quantity: registered.quantity,
        batch_no: registered.batch_no,
        order_no: registered.order_no,
        occurred_at: registered.occurred_at_us.map(proto_time),
        repeats_of: repeats_of.collect(),
    }
}

/// Everything masked, field by field; what no rule is made for as free text.
pub(crate) fn masked(personal: PersonalData) -> PersonalData {
    let attachments = personal.attachments.into_iter().map(|file| Attachment {
        name: mask::text(&file.name),
        media_type: file.media_type,
        object: file.object,
    });
    let extra: BTreeMap<String, String> = personal
        .extra
        .into_iter()
        .map(|(name, text)| (name, mask::text(&text)))
        .collect();
    PersonalData {
        name: mask::name(&personal.name),
        phone: mask::phone(&personal.phone),
        email: mask::email(&personal.email),
        address: mask::address(&personal.address),
        customer_no: mask::customer_no(&personal.customer_no),
        description: mask::text(&personal.description),
        place: mask::address(&personal.place),
        attachments: attachments.collect(),
        extra: extra.into_iter().collect(),
    }
}
