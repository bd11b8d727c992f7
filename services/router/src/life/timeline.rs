//! A case's facts, as they were recorded.

use redress_complaint::ComplaintId;
use redress_store::Rows;
use redress_wire::router::{TimelineQuery, TimelineRow};

use crate::rows;

/// Facts in one answer; whoever wants more asks from the next version on.
const MOST: usize = 1000;
/// Bytes of facts in one answer, so that it passes between replicas in one message.
const MOST_BYTES: usize = 512 << 10;

/// The facts of a case from a version on.
pub(crate) fn timeline(rows: &Rows, id: &ComplaintId, asked: &TimelineQuery) -> Vec<TimelineRow> {
    let limit = MOST.min(asked.limit as usize);
    let mut facts = Vec::new();
    let mut bytes = 0;
    if limit == 0 {
        return facts;
    }
    rows::each_fact(rows, id, asked.from_version, |fact| {
        bytes += prost::Message::encoded_len(&fact);
        facts.push(fact);
        facts.len() < limit && bytes < MOST_BYTES
    });
    facts
}
