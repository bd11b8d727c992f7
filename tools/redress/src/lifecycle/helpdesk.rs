//! The help desk of an Italian software company: activities as numbers.

use std::io::BufRead;

use super::{
    LogCase, LogEvent, Tally,
    log::{Row as _, grouped, submission},
    moves::{Move, Wait},
    numbered::{Numbered, activities, name},
};

/// By number: the names of the published log in alphabetical order.
const NAMES: [&str; 9] = [
    "Assign seriousness",
    "Create SW anomaly",
    "Insert ticket",
    "Require upgrade",
    "Resolve SW anomaly",
    "Resolve ticket",
    "Schedule intervention",
    "Take in charge ticket",
    "Wait",
];

const ANOMALY: u32 = 2;
const UPGRADE: u32 = 4;
const ANOMALY_RESOLVED: u32 = 5;
const RESOLVE: u32 = 6;
const INTERVENTION: u32 = 7;
const TAKE: u32 = 8;
const WAIT: u32 = 9;

/// Reads the log.
pub(super) fn read(text: Box<dyn BufRead + Send>, file: &str) -> anyhow::Result<Vec<LogCase>> {
    let cases = grouped::<Numbered>(text, file)?;
    Ok(cases.iter().map(|rows| case(rows)).collect())
}

fn case(rows: &[Numbered]) -> LogCase {
    let id = rows[0].case().to_owned();
    LogCase {
        channel: "web".to_owned(),
        submission: submission(
            format!("Ticket {id} of the help desk"),
            &rows[0].completed_at,
            &[],
        ),
        events: events(rows),
        counts: counts(&activities(rows)),
        id,
    }
}

/// Who has the ticket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Desk {
    Nobody,
    InCharge,
    Waiting,
    Resolved,
}

fn events(rows: &[Numbered]) -> Vec<LogEvent> {
    let mut desk = Desk::Nobody;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let label = name(&NAMES, row.activity_id).to_owned();
        events.push(LogEvent {
            seq: row.seq(),
            moves: meaning(&mut desk, row, label.clone()),
            label,
        });
    }
    events
}

fn meaning(desk: &mut Desk, row: &Numbered, label: String) -> Vec<Move> {
    let before = *desk;
    let mut moves = Vec::new();
    let again = matches!(row.activity_id, TAKE | WAIT) && before == Desk::Resolved;
    if again {
        moves.push(Move::Reopen);
    }
    match row.activity_id {
        TAKE => {
            *desk = Desk::InCharge;
            if before == Desk::InCharge {
                // No colleague is named; every time it is another one.
                moves.push(Move::Reassign(format!("colleague {}", row.seq_text())));
            }
            moves.push(Move::Work);
        }
        WAIT if before != Desk::Waiting => {
            *desk = Desk::Waiting;
            moves.push(Move::Wait(Wait::Customer, label));
        }
        RESOLVE if before != Desk::Resolved => {
            *desk = Desk::Resolved;
            moves.push(Move::Resolve);
        }
        ANOMALY | UPGRADE => moves.push(Move::Fault(label)),
        ANOMALY_RESOLVED => moves.push(Move::FaultMended),
        INTERVENTION => moves.push(Move::Tell(label)),
        _ => moves.push(Move::Note(label)),
    }
    moves
}

/// What the log itself says; without a look at the moves.
fn counts(activities: &[u32]) -> Tally {
    // Only these three change who has a ticket.
    let desk: Vec<u32> = activities
        .iter()
        .copied()
        .filter(|one| matches!(*one, RESOLVE | TAKE | WAIT))
        .collect();
    let pairs = |wanted: fn(u32, u32) -> bool| {
        let pairs = desk.windows(2).filter(|pair| wanted(pair[0], pair[1]));
        pairs.count() as u64
    };
    Tally {
        cases: 1,
        events: activities.len() as u64,
        reassigned: pairs(|before, then| before == TAKE && then == TAKE),
        reopened: pairs(|before, then| before == RESOLVE && then != RESOLVE),
        resolved: u64::from(activities.contains(&RESOLVE)),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn log(activities: &[u32]) -> LogCase {
        let mut text = "case_id,seq,activity_id,completed_at".to_owned();
        for (index, activity) in activities.iter().enumerate() {
            let _ = write!(text, "\n5,{},{activity},2012-04-03T16:55:38", index + 1);
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
    fn a_ticket_is_taken_in_charge_waits_and_is_resolved() {
        let case = log(&[1, 8, 9, 8, 6, 6]);
        let noted = |text: &str| vec![Move::Note(text.to_owned())];
        let waits = Move::Wait(Wait::Customer, "Wait".to_owned());
        assert_eq!(
            moves_of(&case),
            [
                noted("Assign seriousness"),
                vec![Move::Work],
                vec![waits],
                vec![Move::Work],
                vec![Move::Resolve],
                noted("Resolve ticket"),
            ]
        );
        assert_eq!(
            case.counts.figures().map(|(_, count)| count),
            [1, 6, 0, 0, 1]
        );
    }

    #[test]
    fn a_colleague_who_takes_over_is_a_reassignment_and_work_after_the_solution_a_reopening() {
        let case = log(&[1, 8, 8, 6, 8, 2, 5, 9, 6]);
        let moves = moves_of(&case);
        assert_eq!(
            moves[2],
            [Move::Reassign("colleague 3".to_owned()), Move::Work]
        );
        assert_eq!(moves[4], [Move::Reopen, Move::Work]);
        assert_eq!(moves[5], [Move::Fault("Create SW anomaly".to_owned())]);
        assert_eq!(moves[6], [Move::FaultMended]);
        assert_eq!(
            case.counts.figures().map(|(_, count)| count),
            [1, 9, 1, 1, 1]
        );
    }
}
