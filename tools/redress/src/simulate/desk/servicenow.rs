//! Incidents of a ServiceNow installation (UCI 498): one row for each incident, or one for each of
//! its updates.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use redress_policy::Milestone;
use serde::Deserialize;

use super::DeskCase;
use crate::input::open_text;

/// What has happened to a case when the desk has solved it. The log says no more than that, so all
/// of it happens then.
const SOLVED: [Milestone; 8] = [
    Milestone::Accepted,
    Milestone::Verified,
    Milestone::Investigated,
    Milestone::PlanProposed,
    Milestone::PlanApproved,
    Milestone::Offered,
    Milestone::CustomerAgreed,
    Milestone::Executed,
];
const CLOSED: [Milestone; 2] = [Milestone::CustomerConfirmed, Milestone::Closed];

macro_rules! policy_files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!(
            "../../../../../docs/examples/servicenow-policy/", $name
        )))),*]
    };
}

/// The policy that was made for such logs, as shipped in `docs/examples/servicenow-policy`.
pub(super) fn policy() -> BTreeMap<String, String> {
    let files = policy_files![
        "approvals.toml",
        "calendars.toml",
        "categories.toml",
        "channels.toml",
        "deadlines.toml",
        "departments.toml",
        "house.toml",
        "notifications.toml",
        "procedures.toml",
        "staff.toml",
        "templates.toml",
        "triage.toml",
    ];
    let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    files.into_iter().map(owned).collect()
}

/// A row of either file; what the other one has is empty.
#[derive(Debug, Deserialize)]
struct Row {
    number: String,
    opened_at: String,
    #[serde(default)]
    resolved_at: String,
    #[serde(default)]
    closed_at: String,
    contact_type: String,
    category: String,
    #[serde(default)]
    priority_last: String,
    #[serde(default)]
    made_sla_last: String,
    /// Of the file of updates.
    #[serde(default)]
    priority: String,
    #[serde(default)]
    made_sla: String,
}

/// Reads either file. Of the file of updates, the last row of an incident counts: it has the times
/// of its solution and closing, and what became of its deadline.
pub(super) fn read(path: &Path, zone: &TimeZone) -> anyhow::Result<Vec<DeskCase>> {
    let mut reader = csv::Reader::from_reader(open_text(path)?);
    let file = path.display();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for row in reader.deserialize() {
        let row: Row = row.with_context(|| format!("{file} is no ServiceNow log"))?;
        let place = *places.entry(row.number.clone()).or_insert(rows.len());
        if place == rows.len() {
            rows.push(row);
        } else {
            rows[place] = row;
        }
    }
    let case = |row: &Row| case(row, zone).with_context(|| format!("{file}, {}", row.number));
    rows.iter().map(case).collect()
}

fn case(row: &Row, zone: &TimeZone) -> anyhow::Result<DeskCase> {
    let opened_at = time(&row.opened_at, zone)?.context("it has no opened_at")?;
    let (resolved, closed) = (time(&row.resolved_at, zone)?, time(&row.closed_at, zone)?);
    let priority_name = or(&row.priority_last, &row.priority).to_owned();
    let made = match or(&row.made_sla_last, &row.made_sla) {
        "true" => true,
        "false" => false,
        other => bail!("made_sla is {other:?}, neither true nor false"),
    };
    let mut life: Vec<(Timestamp, Milestone)> = Vec::new();
    // What was closed without a solution was never worked on as far as the log says.
    if let Some(at) = resolved {
        let at = at.max(opened_at);
        life.extend(SOLVED.map(|milestone| (at, milestone)));
    }
    if let Some(at) = closed {
        let at = at.max(resolved.unwrap_or(opened_at)).max(opened_at);
        life.extend(CLOSED.map(|milestone| (at, milestone)));
    }
    Ok(DeskCase {
        number: row.number.clone(),
        channel: match row.contact_type.as_str() {
            "Email" => "email",
            "Self service" | "Direct opening" => "web",
            _ => "phone",
        },
        text: format!("Incident {}: category {}", row.number, row.category),
        priority: priority_name
            .chars()
            .next()
            .and_then(|digit| digit.to_digit(10))
            .map(|digit| digit as u8),
        priority_name,
        opened_at,
        life,
        made,
    })
}

fn or<'a>(first: &'a str, second: &'a str) -> &'a str {
    if first.is_empty() { second } else { first }
}

/// Times of the log have no zone: they are of the house's.
fn time(text: &str, zone: &TimeZone) -> anyhow::Result<Option<Timestamp>> {
    if text.is_empty() {
        return Ok(None);
    }
    let local: DateTime = text
        .parse()
        .with_context(|| format!("{text:?} is no time"))?;
    Ok(Some(zone.to_timestamp(local)?))
}

#[cfg(test)]
mod tests {
    use redress_policy::Policy;

    use super::*;

    fn cases(text: &str) -> anyhow::Result<Vec<DeskCase>> {
        let file = tempfile::NamedTempFile::with_suffix(".csv").expect("a file");
        std::fs::write(file.path(), text).expect("written");
        read(file.path(), &TimeZone::UTC)
    }

    const CASES: &str = "number,opened_at,resolved_at,closed_at,priority_first,priority_last,\
        category,contact_type,made_sla_last\n";

    #[test]
    fn the_policy_for_such_logs_is_valid() {
        let policy = Policy::parse(&policy()).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(policy.house().urgencies.len(), 4, "as many as priorities");
    }

    #[test]
    fn a_row_is_a_case_with_its_solution_and_its_closing() {
        let row = "INC1,2016-02-29T04:40:00,2016-03-01T09:52:00,2016-03-06T10:00:00,\
                   3 - Moderate,2 - High,40,Phone,true\n";
        let case = cases(&format!("{CASES}{row}")).expect("a case").remove(0);
        assert_eq!((case.priority, case.made), (Some(2), true));
        assert_eq!(case.opened_at.to_string(), "2016-02-29T04:40:00Z");
        let closed = case.life.last().expect("it has a life");
        assert_eq!(closed.1, Milestone::Closed);
        assert_eq!(closed.0.to_string(), "2016-03-06T10:00:00Z");
        assert_eq!(case.life.len(), 10);
    }

    #[test]
    fn an_incident_closed_without_a_solution_was_not_worked_on() {
        let row = "INC1,2016-02-29T04:40:00,,2016-03-06T10:00:00,,4 - Low,40,Email,false\n";
        let case = cases(&format!("{CASES}{row}")).expect("a case").remove(0);
        assert_eq!(case.life.len(), 2);
        assert_eq!(case.channel, "email");
    }

    #[test]
    fn of_the_file_of_updates_the_last_row_of_an_incident_counts() {
        let text = "number,seq,made_sla,opened_at,contact_type,category,priority,resolved_at,\
            closed_at\n\
            INC1,1,true,2016-02-29T04:40:00,Phone,1,3 - Moderate,,2016-03-06T10:00:00\n\
            INC2,1,true,2016-02-29T04:40:00,Phone,1,3 - Moderate,,2016-03-06T10:00:00\n\
            INC1,2,false,2016-02-29T04:40:00,Phone,1,1 - Critical,,2016-03-06T10:00:00\n";
        let cases = cases(text).expect("two cases");
        let read: Vec<_> = cases.iter().map(|it| (it.priority, it.made)).collect();
        assert_eq!(read, [(Some(1), false), (Some(3), true)]);
    }

    #[test]
    fn what_is_no_such_log_is_told_with_its_place() {
        let told = |text: String| format!("{:#}", cases(&text).err().expect("a fault"));
        assert!(told("a,b\n1,2\n".to_owned()).contains("is no ServiceNow log"));
        let broken = "INC1,soon,,2016-03-06T10:00:00,,4 - Low,40,Email,false\n";
        let told = told(format!("{CASES}{broken}"));
        assert!(told.contains("INC1") && told.contains("\"soon\""), "{told}");
    }
}
