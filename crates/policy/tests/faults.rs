//! Every sort of fault is found, at its line, and says what to do.

mod common;
mod fault;

use common::{errors_with, shipped};
use fault::one_error;
use redress_policy::{Policy, Reason};

#[test]
fn broken_toml_is_reported_with_its_line() {
    let errors = errors_with("channels.toml", "medium = \"voice\"", "medium = ");
    assert!(errors.iter().any(|e| e.file == "channels.toml"
        && e.line == 8
        && matches!(e.reason, Reason::Syntax(_))));
}

#[test]
fn a_missing_file_is_named() {
    let mut files = shipped();
    files.remove("channels.toml");
    let errors = Policy::parse(&files).expect_err("a file is missing").0;
    let missing: Vec<_> = errors
        .iter()
        .filter(|e| e.reason == Reason::MissingFile)
        .collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].file, "channels.toml");
    assert_eq!(
        errors.len(),
        1,
        "references to a missing file are not faults of their own"
    );
}

#[test]
fn a_policy_from_before_the_life_of_a_case_is_told_all_that_it_lacks() {
    let mut files = shipped();
    let lacks = ["approvals.toml", "procedures.toml", "staff.toml"];
    files.retain(|name, _| !lacks.contains(&name.as_str()));
    let errors = Policy::parse(&files).expect_err("files are missing").0;
    let missing: Vec<_> = errors.iter().map(|e| e.file.as_str()).collect();
    assert_eq!(missing, lacks);
    assert!(errors.iter().all(|e| e.reason == Reason::MissingFile));
}

#[test]
fn each_of_them_can_be_missing_alone() {
    for name in ["approvals.toml", "procedures.toml", "staff.toml"] {
        let mut files = shipped();
        files.remove(name);
        let errors = Policy::parse(&files).expect_err("a file is missing").0;
        assert_eq!(errors.len(), 1, "{name}: {errors:#?}");
        assert_eq!(errors[0].file, name);
    }
}

#[test]
fn a_file_that_nothing_reads_is_refused() {
    let mut files = shipped();
    files.insert("chanels.toml".to_owned(), String::new());
    let errors = Policy::parse(&files).expect_err("the name is wrong").0;
    assert!(matches!(errors[0].reason, Reason::UnknownFile { .. }));
}

#[test]
fn an_unknown_key_is_refused_where_it_stands() {
    let reason = one_error(
        "house.toml",
        "min_digits = 3",
        "min_digits = 3\ndigits = 4",
        "digits = 4",
    );
    assert!(matches!(reason, Reason::UnknownKey { key, .. } if key == "digits"));
}

#[test]
fn a_missing_key_is_reported_at_its_table() {
    let reason = one_error("house.toml", "prefix = \"CF\"\n", "", "[number]");
    assert_eq!(
        reason,
        Reason::MissingKey {
            key: "prefix".to_owned()
        }
    );
}

#[test]
fn a_value_of_the_wrong_type_is_reported() {
    let reason = one_error(
        "house.toml",
        "min_digits = 3",
        "min_digits = \"three\"",
        "\"three\"",
    );
    assert!(matches!(reason, Reason::BadValue { key, .. } if key == "min_digits"));
}

#[test]
fn an_empty_text_is_refused() {
    let reason = one_error(
        "categories.toml",
        "zh = \"产品质量\"",
        "zh = \" \"",
        "zh = \" \"",
    );
    assert!(matches!(reason, Reason::Empty { key } if key == "zh"));
}

#[test]
fn an_empty_list_is_refused() {
    let reason = one_error(
        "triage.toml",
        "kind = [\"suggestion\"]",
        "kind = [\"suggestion\"]\nwish = []",
        "[]",
    );
    assert!(matches!(reason, Reason::Empty { key } if key == "wish"));
}

#[test]
fn an_empty_table_is_refused() {
    let reason = one_error(
        "departments.toml",
        "email = \"after-sales-tech@redress.example\"",
        "webhook = {}",
        "webhook = {}",
    );
    assert!(matches!(reason, Reason::Empty { key } if key == "webhook"));
}

#[test]
fn an_id_with_other_characters_is_refused() {
    let errors = errors_with("channels.toml", "id = \"shop\"", "id = \"Shop 1\"");
    assert!(matches!(&errors[0].reason, Reason::BadId { id } if id == "Shop 1"));
}

#[test]
fn a_duplicate_names_the_first() {
    let errors = errors_with("channels.toml", "id = \"chat\"", "id = \"phone\"");
    let first = "channels.toml:6".to_owned();
    let expected = Reason::Duplicate {
        what: "channel",
        id: "phone".to_owned(),
        first,
    };
    assert!(
        errors.iter().any(|e| e.reason == expected && e.line == 13),
        "{errors:#?}"
    );
}

/// File, what to replace, by what, and the sort of entry that is then referred to in vain.
const DANGLING: [(&str, &str, &str, &str); 10] = [
    (
        "categories.toml",
        "department = \"product\"",
        "department = \"nowhere\"",
        "department",
    ),
    (
        "triage.toml",
        "category = \"logistics\"",
        "category = \"nowhere\"",
        "category",
    ),
    (
        "triage.toml",
        "urgency = \"urgent\"",
        "urgency = \"nowhere\"",
        "urgency",
    ),
    (
        "triage.toml",
        "severity = \"major\"",
        "severity = \"nowhere\"",
        "severity",
    ),
    (
        "triage.toml",
        "kind = [\"suggestion\"]",
        "channel = [\"nowhere\"]",
        "channel",
    ),
    (
        "deadlines.toml",
        "pauses = [\"force_majeure\"]",
        "pauses = [\"nowhere\"]",
        "pause",
    ),
    (
        "deadlines.toml",
        "urgency = [\"low\"]",
        "urgency = [\"low\"]\ncalendar = \"nowhere\"",
        "calendar",
    ),
    (
        "notifications.toml",
        "template = \"breach\"",
        "template = \"nowhere\"",
        "template",
    ),
    (
        "notifications.toml",
        "clocks = [\"start\",",
        "clocks = [\"nowhere\",",
        "clock",
    ),
    (
        "departments.toml",
        "urgencies = [\"normal\",",
        "urgencies = [\"nowhere\",",
        "urgency",
    ),
];

#[test]
fn dangling_references_are_found_in_every_file() {
    for (file, from, to, sort) in DANGLING {
        let reason = one_error(file, from, to, "\"nowhere\"");
        let found = matches!(&reason, Reason::Dangling { what, id, .. } if *what == sort && id == "nowhere");
        assert!(found, "{file} {sort}: {reason}");
    }
}

#[test]
fn durations_must_be_positive_and_in_known_units() {
    let with = |text: &str| {
        let to = format!("window = \"{text}\"");
        one_error("house.toml", "window = \"90d\"", &to, "window = ")
    };
    assert!(matches!(with("0d"), Reason::NotPositive { .. }));
    assert!(matches!(with("-3d"), Reason::NotPositive { .. }));
    assert!(
        matches!(with("3 fortnights"), Reason::UnknownUnit { unit, .. } if unit == "fortnights")
    );
    assert!(matches!(
        with("soon"),
        Reason::UnknownUnit { .. } | Reason::BadDuration { .. }
    ));
    assert!(matches!(with("90"), Reason::BadDuration { .. }));
    assert!(matches!(
        with("99999999999999999999d"),
        Reason::BadDuration { .. }
    ));
}

#[test]
fn allowances_must_be_positive_and_say_which_days() {
    let with = |text: &str| {
        let to = format!("within = \"{text}\"");
        one_error("deadlines.toml", "within = \"3 working days\"", &to, &to)
    };
    assert!(matches!(with("0 working days"), Reason::NotPositive { .. }));
    assert!(matches!(
        with("-1 working days"),
        Reason::NotPositive { .. }
    ));
    assert!(matches!(with("3d"), Reason::BadSpan(_)));
}

#[test]
fn shares_lie_between_nothing_and_everything() {
    let reason = one_error(
        "house.toml",
        "similarity = 0.8",
        "similarity = 80.0",
        "80.0",
    );
    assert!(matches!(reason, Reason::BadShare { .. }));
    let reason = one_error(
        "deadlines.toml",
        "warn_at = [0.5, 0.8]",
        "warn_at = [0.5, 1.5]",
        "1.5",
    );
    assert!(matches!(reason, Reason::BadShare { .. }));
}

#[test]
fn a_time_zone_must_exist() {
    let reason = one_error("house.toml", "Asia/Shanghai", "Asia/Peking", "Asia/Peking");
    assert!(matches!(reason, Reason::BadTimeZone { zone } if zone == "Asia/Peking"));
}

#[test]
fn a_calendar_must_hold_together() {
    let errors = errors_with(
        "calendars.toml",
        "zone = \"Asia/Shanghai\"",
        "zone = \"Nowhere\"",
    );
    assert!(
        errors
            .iter()
            .any(|e| matches!(e.reason, Reason::BadCalendar { .. })),
        "{errors:#?}"
    );
}

#[test]
fn all_faults_of_all_files_are_gathered_in_order() {
    let mut files = shipped();
    for (file, from, to) in [
        ("house.toml", "min_digits = 3", "min_digits = 0"),
        ("house.toml", "window = \"90d\"", "window = \"0d\""),
        (
            "channels.toml",
            "first_response = \"2h\"",
            "first_response = \"2 moons\"",
        ),
        (
            "categories.toml",
            "department = \"product\"",
            "department = \"nowhere\"",
        ),
    ] {
        let text = files.get_mut(file).expect("a shipped file");
        *text = text.replacen(from, to, 1);
    }
    let errors = Policy::parse(&files).expect_err("four faults");
    let files: Vec<_> = errors.0.iter().map(|e| e.file.as_str()).collect();
    assert_eq!(
        files,
        [
            "categories.toml",
            "channels.toml",
            "house.toml",
            "house.toml"
        ],
        "{errors}"
    );
    let text = errors.to_string();
    assert_eq!(text.lines().count(), 4);
    assert!(text.starts_with("categories.toml:"), "{text}");
}
