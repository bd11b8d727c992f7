//! Volvo IT incidents of the BPI Challenge 2013: status with substatus, as numbers.

use std::io::BufRead;

use super::{
    LogCase, LogEvent, Tally,
    log::{grouped, submission},
    moves::{Move, Wait},
    numbered::{Numbered, activities, name},
};

/// By number, in the order in which they first occur in the log.
const NAMES: [&str; 13] = [
    "Accepted/In Progress",
    "Queued/Awaiting Assignment",
    "Completed/Resolved",
    "Accepted/Assigned",
    "Completed/Closed",
    "Accepted/Wait - User",
    "Accepted/Wait - Implementation",
    "Accepted/Wait",
    "Completed/In Call",
    "Accepted/Wait - Vendor",
    "Accepted/Wait - Customer",
    "Unmatched/Unmatched",
    "Completed/Cancelled",
];

/// Reads the log.
pub(super) fn read(text: Box<dyn BufRead + Send>, file: &str) -> anyhow::Result<Vec<LogCase>> {
    let cases = grouped::<Numbered>(text, file)?;
    Ok(cases.iter().map(|rows| case(rows)).collect())
}

fn case(rows: &[Numbered]) -> LogCase {
    let id = super::log::Row::case(&rows[0]).to_owned();
    LogCase {
        channel: "phone".to_owned(),
        submission: submission(
            format!("Incident {id} of the service desk"),
            &rows[0].completed_at,
            &[],
        ),
        events: events(rows),
        counts: counts(&activities(rows)),
        id,
    }
}

fn events(rows: &[Numbered]) -> Vec<LogEvent> {
    let (mut before, mut completed) = (None, false);
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let activity = row.activity_id;
        let mut moves = Vec::new();
        if completed && is_work(activity) {
            moves.push(Move::Reopen);
        }
        meaning(before, activity, row, &mut moves);
        completed = match activity {
            _ if is_work(activity) => false,
            3 | 5 | 9 | 13 => true,
            _ => completed,
        };
        before = Some(activity);
        events.push(LogEvent {
            seq: super::log::Row::seq(row),
            label: name(&NAMES, activity).to_owned(),
            moves,
        });
    }
    events
}

/// What an activity says; of the same one again, that something else changed.
fn meaning(before: Option<u32>, activity: u32, row: &Numbered, moves: &mut Vec<Move>) {
    let label = name(&NAMES, activity).to_owned();
    let again = before == Some(activity);
    if activity == 9 && !again {
        // Solved in the call: the customer was on the line.
        moves.push(Move::Resolve);
    }
    moves.push(match activity {
        // The queue that an incident begins in is where it was routed to.
        2 if before.is_none() => Move::Note(label),
        // No queue is named; every time it is another team's.
        2 => Move::Reassign(format!("queue {}", row.seq_text())),
        _ if again => Move::Note(label),
        1 | 4 => Move::Work,
        6 | 11 => Move::Wait(Wait::Customer, label),
        7 | 8 | 10 => Move::Wait(Wait::Outside, label),
        3 => Move::Resolve,
        5 | 9 | 13 => Move::Close,
        _ => Move::Note(label),
    });
}

fn is_work(activity: u32) -> bool {
    matches!(activity, 1 | 2 | 4 | 6 | 7 | 8 | 10 | 11)
}

/// What the log itself says; without a look at the moves.
fn counts(activities: &[u32]) -> Tally {
    let queued = activities.iter().skip(1).filter(|one| **one == 2);
    // Unmatched is no status of its own: it hides between two others.
    let stated: Vec<&str> = activities
        .iter()
        .map(|one| name(&NAMES, *one))
        .filter(|name| name.starts_with("Completed") || is_open(name))
        .collect();
    let reopened = stated
        .windows(2)
        .filter(|pair| pair[0].starts_with("Completed") && is_open(pair[1]));
    let solved = |one: &u32| matches!(*one, 3 | 9);
    Tally {
        cases: 1,
        events: activities.len() as u64,
        reassigned: queued.count() as u64,
        reopened: reopened.count() as u64,
        resolved: u64::from(activities.iter().any(solved)),
    }
}

fn is_open(name: &str) -> bool {
    name.starts_with("Accepted") || name.starts_with("Queued")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn log(activities: &[u32]) -> LogCase {
        let mut text = "case_id,seq,activity_id,completed_at".to_owned();
        for (index, activity) in activities.iter().enumerate() {
            let _ = write!(text, "\n1-7,{},{activity},2010-04-01T00:59:00", index + 1);
        }
        let text: Box<dyn BufRead + Send> = Box::new(std::io::Cursor::new(text));
        read(text, "x.csv").expect("a log").remove(0)
    }

    fn moves_of(case: &LogCase) -> Vec<Vec<Move>> {
        case.events
            .iter()
            .map(|event| event.moves.clone())
            .collect()
    }

    #[test]
    fn an_incident_is_queued_worked_on_resolved_and_closed() {
        let case = log(&[1, 1, 2, 1, 6, 3, 5]);
        let noted = Move::Note("Accepted/In Progress".to_owned());
        let queued = Move::Reassign("queue 3".to_owned());
        let waits = Move::Wait(Wait::Customer, "Accepted/Wait - User".to_owned());
        assert_eq!(
            moves_of(&case),
            [
                vec![Move::Work],
                vec![noted],
                vec![queued],
                vec![Move::Work],
                vec![waits],
                vec![Move::Resolve],
                vec![Move::Close],
            ]
        );
        assert_eq!(
            case.counts.figures().map(|(_, count)| count),
            [1, 7, 1, 0, 1]
        );
    }

    #[test]
    fn work_after_a_completion_is_a_reopening_even_with_unmatched_between() {
        let case = log(&[2, 1, 9, 1, 3, 12, 1, 5]);
        let moves = moves_of(&case);
        assert_eq!(moves[2], [Move::Resolve, Move::Close]);
        assert_eq!(moves[3], [Move::Reopen, Move::Work]);
        assert_eq!(moves[6], [Move::Reopen, Move::Work]);
        assert_eq!(
            case.counts.figures().map(|(_, count)| count),
            [1, 8, 0, 2, 1]
        );
    }

    #[test]
    fn a_cancelled_incident_is_closed_without_a_solution() {
        let case = log(&[1, 13]);
        assert_eq!(moves_of(&case)[1], [Move::Close]);
        assert_eq!(case.counts.resolved, 0);
    }
}
