//! Links likely repeats (重复投诉) to the earlier complaints: never merged, linked once.

use std::collections::BTreeSet;

use redress_runtime::{Draft, Refusal};
use redress_store::Rows;
use redress_wire::{
    Payload,
    intake::{
        Answer, Done, LinkRepeats, NoteSearched, RepeatLinked, RepeatOf, RepeatsSearched, answer,
    },
};

use crate::rows;

/// Earlier complaints that a repeat is linked to at most, the newest ones.
pub(crate) const MOST_LINKS: usize = 16;

pub(crate) fn decide(rows: &Rows, found: &LinkRepeats) -> Result<(Vec<Draft>, Answer), Refusal> {
    let Some(row) = rows::complaint(rows, &found.complaint_id) else {
        return Err(Refusal::not_found("there is no such complaint"));
    };
    let mut named = BTreeSet::from([found.complaint_id.as_slice()]);
    let earlier: Vec<RepeatOf> = found
        .earlier
        .iter()
        .filter(|earlier| named.insert(&earlier.complaint_id))
        .take(MOST_LINKS)
        .map(|earlier| RepeatOf {
            complaint_id: earlier.complaint_id.clone(),
            number: earlier.number.clone(),
            reason: earlier.reason.clone(),
        })
        .collect();
    if earlier.is_empty() || !row.repeats_of.is_empty() {
        return Ok((Vec::new(), done()));
    }
    let payload = Payload::RepeatLinked(RepeatLinked {
        earlier,
        number: row.number,
    });
    Ok((
        vec![Draft::about(found.complaint_id.clone(), payload)],
        done(),
    ))
}

pub(crate) fn note_searched(rows: &Rows, note: NoteSearched) -> (Vec<Draft>, Answer) {
    if note.height <= rows::searched(rows) {
        return (Vec::new(), done());
    }
    let payload = Payload::RepeatsSearched(RepeatsSearched {
        height: note.height,
    });
    (vec![Draft::of_partition(payload)], done())
}

fn done() -> Answer {
    Answer {
        answer: Some(answer::Answer::Done(Done {})),
    }
}
