//! The calculation of a deadline as a table.

mod common;

use common::{CLOCKS, Case, policy, shipped, show};
use redress_sla::explain::{Explanation, RowKind, explain};

fn rows(case: &Case<'_>, clock: &str) -> (Vec<String>, u64) {
    let Explanation { rows, counted } = explain(case.rules(), case.clock(clock)).expect("rows");
    let line = |row: &redress_sla::explain::Row| {
        let kind = match &row.kind {
            RowKind::Counted { special: None } => "counted".to_owned(),
            RowKind::Counted { special: Some(day) } => {
                format!("counted ({})", day.name.as_deref().unwrap_or_default())
            }
            RowKind::Off => "off".to_owned(),
            RowKind::Holiday { name } => name.clone().unwrap_or_default(),
            RowKind::NotCounted => "not counted".to_owned(),
            RowKind::Paused { reason } => reason.to_string(),
            RowKind::Extended { by, .. } => format!("+{by}"),
        };
        let to = row.to.map_or("…".to_owned(), show);
        format!("{} – {to} {kind} {}", show(row.from), row.counted)
    };
    (rows.iter().map(line).collect(), counted)
}

#[test]
fn days_are_counted_over_a_weekend_that_is_worked_to_make_up_for_a_holiday() {
    let policy = shipped();
    let case = Case::registered(&policy, "low", "2026-05-07T10:00");
    let (rows, counted) = rows(&case, "start");
    assert_eq!(
        rows,
        [
            "05-07 10:00 – 05-08 00:00 not counted 0",
            "05-08 00:00 – 05-09 00:00 counted 1",
            "05-09 00:00 – 05-10 00:00 counted (劳动节) 1",
            "05-10 00:00 – 05-11 00:00 off 0",
            "05-11 00:00 – 05-11 18:00 counted 1",
        ]
    );
    assert_eq!(counted, 3);
}

#[test]
fn holidays_are_named() {
    let policy = shipped();
    let case = Case::registered(&policy, "low", "2026-04-30T10:00");
    let (rows, _) = rows(&case, "start");
    assert_eq!(rows[1], "05-01 00:00 – 05-06 00:00 劳动节 0");
}

#[test]
fn working_time_is_counted_day_by_day_with_its_pauses() {
    let clocks = CLOCKS.replacen(
        "warn_at = [0.8, 0.5, \"15m\"]",
        "pauses = [\"waiting_for_customer\"]",
        1,
    );
    let policy = policy(&clocks);
    let mut case = Case::registered(&policy, "normal", "2026-05-07T10:00");
    case.holds("waiting_for_customer", "2026-05-07T14:30");
    assert_eq!(
        rows(&case, "start"),
        (
            vec![
                "05-07 10:00 – 05-07 14:30 counted 10800".to_owned(),
                "05-07 14:30 – … waiting_for_customer 0".to_owned(),
            ],
            10_800
        )
    );
    case.resumes("2026-05-08T09:30");
    assert_eq!(
        rows(&case, "start").0,
        [
            "05-07 10:00 – 05-07 14:30 counted 10800",
            "05-07 14:30 – 05-08 09:30 waiting_for_customer 0",
            "05-08 09:30 – 05-08 10:30 counted 3600",
        ]
    );
}

#[test]
fn an_extension_stands_behind_what_the_policy_allows() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    case.extends(Some("result"), "24h", "2026-05-07T11:00");
    assert_eq!(
        rows(&case, "result"),
        (
            vec![
                "05-07 10:00 – 05-09 10:00 counted 172800".to_owned(),
                "05-09 10:00 – 05-10 10:00 +24h 0".to_owned(),
            ],
            172_800
        )
    );
}

#[test]
fn of_several_extensions_each_begins_where_the_one_before_ends() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    case.extends(Some("result"), "2h", "2026-05-07T11:00");
    case.extends(Some("result"), "2 working days", "2026-05-07T12:00");
    case.extends(Some("result"), "1h", "2026-05-07T13:00");
    let (rows, _) = rows(&case, "result");
    // Of its own unit the clock gets its time first; the days follow.
    assert_eq!(
        rows[1..],
        [
            "05-09 10:00 – 05-09 12:00 +2h 0",
            "05-09 12:00 – 05-12 18:00 +2 working days 0",
            "05-12 18:00 – 05-12 18:00 +1h 0",
        ]
    );
}
