//! Histories told to two policies: the shipped one and one with a change in its files.
#![allow(dead_code, reason = "not every test file uses all of it")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::{
    CommandName, DepartmentId, Kind, Milestone, Moment, Need, PauseId, PlannedRedress, Policy,
};
use redress_triage::Facts;
use redress_what_if::{
    Cell, Correction, Difference, Happening, Note, Pair, Planned, RecordedRouting, Registration,
    Replay, Report, Side, What, Window,
};

/// A word that product quality goes by.
pub(crate) const QUALITY: &str = "水壶漏电，质量问题";
/// A word that logistics goes by.
pub(crate) const LOGISTICS: &str = "快递迟迟未送达，物流太慢";

pub(crate) fn ts(text: &str) -> Timestamp {
    let text = if text.contains('Z') {
        text.to_owned()
    } else {
        format!("{text}Z")
    };
    text.parse().expect("a time")
}

fn shipped_files() -> &'static BTreeMap<String, String> {
    static FILES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    FILES.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
        let mut files = BTreeMap::new();
        read(&root, &root, &mut files);
        files
    })
}

fn read(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the policy folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(root, &path, into);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let name = path.strip_prefix(root).expect("below the root");
            into.insert(name.to_string_lossy().into_owned(), text);
        }
    }
}

/// The shipped policy.
pub(crate) fn shipped() -> Side {
    static SIDE: OnceLock<Side> = OnceLock::new();
    SIDE.get_or_init(|| Side::new(Arc::new(parse(shipped_files()))))
        .clone()
}

/// The shipped policy with a text in a file replaced, once.
pub(crate) fn changed(file: &str, from: &str, to: &str) -> Side {
    let mut files = shipped_files().clone();
    let text = files.get_mut(file).expect("a file of the policy");
    assert!(text.contains(from), "{file} has no {from:?}");
    *text = text.replacen(from, to, 1);
    Side::beside(&shipped(), Arc::new(parse(&files)))
}

/// The same, compiled by itself.
pub(crate) fn alone(file: &str, from: &str, to: &str) -> Side {
    let mut files = shipped_files().clone();
    let text = files.get_mut(file).expect("a file of the policy");
    *text = text.replacen(from, to, 1);
    Side::new(Arc::new(parse(&files)))
}

/// The shipped policy with the text of a file made into another one.
pub(crate) fn edited(file: &str, edit: impl FnOnce(&str) -> String) -> Side {
    let mut files = shipped_files().clone();
    let text = files.get_mut(file).expect("a file of the policy");
    *text = edit(text);
    Side::beside(&shipped(), Arc::new(parse(&files)))
}

fn parse(files: &BTreeMap<String, String>) -> Policy {
    Policy::parse(files).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Something that happened, as tests write it.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    Registered(&'static str),
    Illegible,
    Routed,
    RoutedAs(&'static str),
    Reached(Milestone),
    Held(&'static str),
    Resumed,
    CorrectedTo {
        category: Option<&'static str>,
        urgency: Option<&'static str>,
        severity: Option<&'static str>,
    },
    Proposed(u64),
    Asked(CommandName),
    There(Need),
    Acknowledged,
}

/// What happened to which case and when.
pub(crate) type History = Vec<(u8, Timestamp, Fact)>;

/// The id of a case in tests.
pub(crate) fn id(case: u8) -> ComplaintId {
    ComplaintId::try_from(&[case; 16][..]).expect("16 bytes")
}

/// A case that is registered and routed at once, and what comes after, each after so many minutes.
pub(crate) fn case(number: u8, at: &str, text: &'static str, later: &[(i64, Fact)]) -> History {
    let start = ts(at);
    let after = |minutes: i64| start + jiff::SignedDuration::from_mins(minutes);
    let mut history = vec![
        (number, start, Fact::Registered(text)),
        (number, start, Fact::Routed),
    ];
    history.extend(
        later
            .iter()
            .map(|(m, fact)| (number, after(*m), fact.clone())),
    );
    history
}

/// Tells a fact, made into happenings, to somebody.
pub(crate) fn tell(
    sides: &Pair<Side>,
    (case, at, fact): &(u8, Timestamp, Fact),
    texts: &mut BTreeMap<u8, &'static str>,
    hear: &mut dyn FnMut(ComplaintId, &Happening<'_>),
) {
    let mut say = |what: What<'_>| hear(id(*case), &Happening { at: *at, what });
    match fact {
        Fact::Registered(text) => {
            texts.insert(*case, text);
            say(What::Registered(registration(*case, *at, Some(text))));
        }
        Fact::Illegible => say(What::Registered(registration(*case, *at, None))),
        Fact::Routed => {
            let text = texts.get(case).copied().unwrap_or_default();
            let routing = sides.today.route(&facts(*case, text));
            say(What::Routed(RecordedRouting {
                policy: sides.today.policy().version(),
                category: routing.category.as_str(),
                urgency: routing.urgency.as_str(),
                severity: routing.severity.as_str(),
                wide_impact: routing.wide_impact,
                department: routing.department.as_str(),
                handler: routing.handler.as_str(),
            }));
        }
        Fact::RoutedAs(category) => say(What::Routed(RecordedRouting {
            policy: sides.today.policy().version(),
            category,
            urgency: "normal",
            severity: "ordinary",
            wide_impact: false,
            department: sides.today.policy().lead(category).id.as_str(),
            handler: "somebody",
        })),
        Fact::Reached(milestone) => {
            let moment = Moment::from(*milestone);
            say(What::Reached(&moment));
        }
        Fact::Held(pause) => say(What::Held(&PauseId::new(pause))),
        Fact::Resumed => say(What::Resumed),
        Fact::CorrectedTo {
            category,
            urgency,
            severity,
        } => say(What::Corrected(Correction {
            category: *category,
            urgency: *urgency,
            severity: *severity,
        })),
        Fact::Proposed(minor_units) => {
            let redress = [PlannedRedress {
                kind: "refund",
                minor_units: *minor_units,
            }];
            say(What::Proposed(Planned {
                redress: &redress,
                steps: &[],
                levels: None,
            }));
        }
        Fact::Asked(command) => say(What::Asked(*command)),
        Fact::There(need) => say(What::Noted(&Note::There(need.clone()))),
        Fact::Acknowledged => say(What::Acknowledged),
    }
}

fn registration(case: u8, at: Timestamp, text: Option<&str>) -> Registration<'_> {
    const IDS: [&str; 3] = ["c-0", "c-1", "c-2"];
    const NUMBERS: [&str; 10] = [
        "CF0", "CF1", "CF2", "CF3", "CF4", "CF5", "CF6", "CF7", "CF8", "CF9",
    ];
    Registration {
        id: IDS[usize::from(case) % 3],
        number: NUMBERS[usize::from(case) % 10],
        received_at: at,
        channel: "web",
        kind: Kind::Complaint,
        wish: None,
        product: "",
        quantity: None,
        // The second of each ten customers is a key customer.
        tier: if case % 10 == 1 { "vip" } else { "" },
        text,
    }
}

fn facts(case: u8, text: &str) -> Facts<'_> {
    let it = registration(case, Timestamp::UNIX_EPOCH, Some(text));
    Facts {
        complaint_id: ["c-0", "c-1", "c-2"][usize::from(case) % 3],
        channel: it.channel,
        text,
        ..Facts::default()
    }
}

/// All of time until an instant.
pub(crate) fn until(text: &str) -> Window {
    Window {
        since: Timestamp::UNIX_EPOCH,
        until: ts(text),
    }
}

/// The report of a history, and the differences as they came up.
pub(crate) fn replayed(
    sides: &Pair<Side>,
    window: Window,
    history: &[(u8, Timestamp, Fact)],
) -> (Report, Vec<Difference>) {
    let mut replay = Replay::new(sides, window);
    let mut differences = Vec::new();
    let mut texts = BTreeMap::new();
    for fact in history {
        tell(sides, fact, &mut texts, &mut |id, happening| {
            differences.extend(replay.tell(id, happening));
        });
    }
    (replay.finish(), differences)
}

/// The shipped policy and a candidate.
pub(crate) fn against(candidate: Side) -> Pair<Side> {
    Pair {
        today: shipped(),
        candidate,
    }
}

/// The figures of a department over all weeks.
pub(crate) fn of_department(report: &Report, department: &str) -> Cell {
    let id = DepartmentId::new(department);
    report.by_department().get(&id).copied().unwrap_or_default()
}
