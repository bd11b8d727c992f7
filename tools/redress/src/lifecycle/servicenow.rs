//! Incidents of a ServiceNow installation (UCI 498): every update of every incident.

use std::io::BufRead;

use serde::Deserialize;

use super::{
    LogCase, LogEvent, Tally,
    log::{Row, grouped, submission},
    moves::{Move, Urgency, Wait},
};

#[derive(Clone, Debug, Default, Deserialize)]
struct Update {
    number: String,
    seq: u32,
    incident_state: String,
    reassignment_count: u64,
    reopen_count: u64,
    caller_id: String,
    opened_at: String,
    sys_updated_by: String,
    contact_type: String,
    location: String,
    category: String,
    subcategory: String,
    u_symptom: String,
    priority: String,
    assignment_group: String,
    assigned_to: String,
}

impl Row for Update {
    fn case(&self) -> &str {
        &self.number
    }

    fn seq(&self) -> u32 {
        self.seq
    }
}

/// Reads the log.
pub(super) fn read(text: Box<dyn BufRead + Send>, file: &str) -> anyhow::Result<Vec<LogCase>> {
    let cases = grouped::<Update>(text, file)?;
    Ok(cases.iter().map(|rows| case(rows)).collect())
}

fn case(rows: &[Update]) -> LogCase {
    let first = &rows[0];
    let mut submission = submission(
        format!(
            "Incident {}: category {}, subcategory {}, symptom {}",
            first.number, first.category, first.subcategory, first.u_symptom
        ),
        &first.opened_at,
        &[
            ("category", &first.category),
            ("subcategory", &first.subcategory),
            ("symptom", &first.u_symptom),
            ("location", &first.location),
            ("priority", &first.priority),
        ],
    );
    if !first.caller_id.is_empty() {
        let customer = serde_json::json!({"customerNo": first.caller_id, "locale": "en"});
        submission.insert("customer".to_owned(), customer);
    }
    LogCase {
        id: first.number.clone(),
        channel: channel(&first.contact_type).to_owned(),
        submission,
        events: events(rows),
        counts: counts(rows),
    }
}

fn channel(contact_type: &str) -> &'static str {
    match contact_type {
        "Email" => "email",
        "Self service" | "Direct opening" => "web",
        _ => "phone",
    }
}

fn events(rows: &[Update]) -> Vec<LogEvent> {
    let before_first = Update::default();
    let before = std::iter::once(&before_first).chain(rows);
    let pairs = before.zip(rows);
    pairs
        .map(|(before, row)| LogEvent {
            seq: row.seq,
            label: row.incident_state.clone(),
            moves: moves(before, row),
        })
        .collect()
}

/// What an update says, by what is different from the row before.
fn moves(before: &Update, row: &Update) -> Vec<Move> {
    let mut moves = Vec::new();
    for _ in before.reopen_count..row.reopen_count {
        moves.push(Move::Reopen);
    }
    for _ in before.reassignment_count..row.reassignment_count {
        moves.push(Move::Reassign(row.assignment_group.clone()));
    }
    if before.priority != row.priority
        && let Some(urgency) = urgency(&row.priority)
    {
        moves.push(Move::Urgency(urgency));
    }
    let turned = before.incident_state != row.incident_state;
    match row.incident_state.as_str() {
        "Active" if turned => moves.push(Move::Work),
        "Awaiting User Info" if turned => wait(Wait::Customer, row, &mut moves),
        "Awaiting Problem" | "Awaiting Vendor" | "Awaiting Evidence" if turned => {
            wait(Wait::Outside, row, &mut moves);
        }
        "Resolved" if turned => moves.push(Move::Resolve),
        "Closed" if turned => moves.push(Move::Close),
        _ => {}
    }
    if moves.is_empty() {
        let mut note = format!("{}: updated by {}", row.incident_state, row.sys_updated_by);
        if before.assigned_to != row.assigned_to && !row.assigned_to.is_empty() {
            note = format!("{note}, now with {}", row.assigned_to);
        }
        moves.push(Move::Note(note));
    }
    moves
}

fn wait(wait: Wait, row: &Update, moves: &mut Vec<Move>) {
    moves.push(Move::Wait(wait, row.incident_state.clone()));
}

fn urgency(priority: &str) -> Option<Urgency> {
    match priority.chars().next() {
        Some('1' | '2') => Some(Urgency::Urgent),
        Some('3') => Some(Urgency::Normal),
        Some('4' | '5') => Some(Urgency::Low),
        _ => None,
    }
}

/// What the log's own counters and states say; without a look at the moves.
fn counts(rows: &[Update]) -> Tally {
    let most = |counter: fn(&Update) -> u64| rows.iter().map(counter).max().unwrap_or(0);
    Tally {
        cases: 1,
        events: rows.len() as u64,
        reassigned: most(|row| row.reassignment_count),
        reopened: most(|row| row.reopen_count),
        resolved: u64::from(rows.iter().any(|row| row.incident_state == "Resolved")),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const HEADER: &str = "number,seq,incident_state,reassignment_count,reopen_count,caller_id,\
        opened_at,sys_updated_by,contact_type,location,category,subcategory,u_symptom,priority,\
        assignment_group,assigned_to,closed_code";

    /// State, reassignments, reopenings, priority, group.
    fn log(rows: &[(&str, u64, u64, &str, &str)]) -> LogCase {
        let mut text = HEADER.to_owned();
        for (index, (state, reassigned, reopened, priority, group)) in rows.iter().enumerate() {
            let _ = write!(
                text,
                "\nINC1,{},{state},{reassigned},{reopened},77,2016-02-29T04:40:00,9,Phone,1,2,3,4,\
                 {priority},{group},5,6",
                index + 1
            );
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
    fn an_incident_goes_from_new_over_active_and_resolved_to_closed() {
        let case = log(&[
            ("New", 0, 0, "3 - Moderate", "70"),
            ("Active", 1, 0, "3 - Moderate", "24"),
            ("Active", 1, 0, "3 - Moderate", "24"),
            ("Awaiting User Info", 1, 0, "3 - Moderate", "24"),
            ("Resolved", 1, 0, "3 - Moderate", "24"),
            ("Closed", 1, 0, "3 - Moderate", "24"),
        ]);
        let reassign = Move::Reassign("24".to_owned());
        let waits = Move::Wait(Wait::Customer, "Awaiting User Info".to_owned());
        let noted = Move::Note("Active: updated by 9".to_owned());
        assert_eq!(
            moves_of(&case),
            [
                vec![Move::Urgency(Urgency::Normal)],
                vec![reassign, Move::Work],
                vec![noted],
                vec![waits],
                vec![Move::Resolve],
                vec![Move::Close],
            ]
        );
        assert_eq!(
            case.counts.figures().map(|(_, count)| count),
            [1, 6, 1, 0, 1]
        );
        assert_eq!(case.channel, "phone");
        assert_eq!(case.submission["customer"]["customerNo"], "77");
        assert_eq!(case.submission["occurredAt"], "2016-02-29T04:40:00Z");
    }

    #[test]
    fn counters_decide_over_reassigning_and_reopening() {
        let case = log(&[
            ("Resolved", 0, 0, "4 - Low", "70"),
            ("Active", 2, 1, "1 - Critical", "71"),
            ("Resolved", 2, 1, "1 - Critical", "71"),
        ]);
        let reassign = Move::Reassign("71".to_owned());
        assert_eq!(
            moves_of(&case)[1],
            [
                Move::Reopen,
                reassign.clone(),
                reassign,
                Move::Urgency(Urgency::Urgent),
                Move::Work
            ]
        );
        assert_eq!(
            case.counts.figures().map(|(_, count)| count),
            [1, 3, 2, 1, 1]
        );
    }

    #[test]
    fn rows_that_came_in_another_order_are_put_in_theirs() {
        let text = format!(
            "{HEADER}\nINC1,2,Closed,0,0,,,9,Phone,1,2,3,4,,70,5,6\n\
             INC2,1,New,0,0,,,9,Email,1,2,3,4,,70,5,6\nINC1,1,New,0,0,,,9,Phone,1,2,3,4,,70,5,6\n"
        );
        let text: Box<dyn BufRead + Send> = Box::new(std::io::Cursor::new(text));
        let cases = read(text, "x.csv").expect("a log");
        let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["INC1", "INC2"]);
        assert_eq!(cases[0].events[1].moves, [Move::Close]);
        assert_eq!(cases[0].counts.resolved, 0, "closed without a solution");
    }
}
