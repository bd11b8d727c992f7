//! Regulators' packs: `packs/<id>/…`, whose clocks run beside the house's own where `house.toml`
//! names the pack.
//!
//! A pack adds and never replaces: its clocks, calendars and notifications have ids of their own.
//! What stands at the head of its deadlines holds for its own clocks only. Packs that are not named
//! are not read.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use crate::catalog::Catalog;
use crate::error::Reason;
use crate::ids::ClockId;
use crate::model::deadline::{Clock, Scope};
use crate::parse::context::Ids;
use crate::parse::deadlines::scope;
use crate::parse::fields::Fields;
use crate::parse::has_end;
use crate::parse::report::{At, Place, Report};

/// The folder of packs.
const FOLDER: &str = "packs/";

/// What a pack may say, part by part.
const MAY_SAY: [(&str, &[&str]); 3] = [
    ("calendars", &["calendar", "days"]),
    ("deadlines", &["calendar", "counting", "clock"]),
    ("notifications", &["notification"]),
];

/// Whether a file belongs to a pack.
pub(crate) fn is_of_pack(name: &str) -> bool {
    name.starts_with(FOLDER)
}

/// A pack that the house names, and for which cases.
pub(crate) struct Pack<'r, 'i> {
    id: String,
    fields: Fields<'r, 'i>,
}

/// The root tables of a pack, each with its part.
type Roots<'r> = Vec<(&'static str, Fields<'r, 'r>)>;

/// The packs that the house names, and their root tables.
pub(crate) fn named<'r>(
    house: Option<&mut Fields<'r, 'r>>,
    report: &'r Report<'r>,
) -> (Vec<Pack<'r, 'r>>, Roots<'r>) {
    let (mut packs, mut roots) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for mut fields in house.map(|house| house.tables("pack")).unwrap_or_default() {
        let Some(id) = fields.text("id") else {
            continue;
        };
        if !seen.insert(id.value.clone()) {
            let problem = format!("pack `{}` is named twice", id.value);
            let key = "id".to_owned();
            report.fault(id.place, Reason::BadValue { key, problem });
        }
        let found = read(&id, report);
        roots.extend(found);
        let id = id.value;
        packs.push(Pack { id, fields });
    }
    (packs, roots)
}

/// The files of one pack.
fn read<'r>(id: &At<String>, report: &'r Report<'r>) -> Roots<'r> {
    let folder = format!("{FOLDER}{}/", id.value);
    let (mut roots, mut there) = (Vec::new(), false);
    for (file, (name, text)) in report.files().iter().enumerate() {
        let Some(inside) = name.strip_prefix(&folder) else {
            continue;
        };
        if !has_end(name, "toml") {
            continue;
        }
        there = true;
        let place = Place { file, offset: 0 };
        let part = inside.split('/').next().unwrap_or(inside);
        let part = part.trim_end_matches(".toml");
        let Some((part, keys)) = MAY_SAY.iter().find(|(known, _)| *known == part) else {
            let known = MAY_SAY.map(|(part, _)| part).join(", ");
            report.fault(place, Reason::UnknownFile { known });
            continue;
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let offset = error.span().map_or(0, |s| s.start);
            let reason = Reason::Syntax(error.message().to_owned());
            report.fault(Place { file, offset }, reason);
        }
        if errors.is_empty() {
            let mut table = table.into_inner();
            check_keys(&mut table, keys, place, report);
            if *part == "deadlines" {
                spread(&mut table);
            }
            roots.push((*part, Fields::new(report, place, table)));
        }
    }
    if !there {
        let known = report.files().iter().filter_map(|(name, _)| {
            let inside = name.strip_prefix(FOLDER)?;
            inside.split_once('/').map(|(pack, _)| pack)
        });
        let known: BTreeSet<_> = known.collect();
        let reason = Reason::Dangling {
            what: "pack",
            id: id.value.clone(),
            known: known.into_iter().collect::<Vec<_>>().join(", "),
        };
        report.fault(id.place, reason);
    }
    roots
}

/// What would reach beyond the pack is refused and left out.
fn check_keys(table: &mut DeTable<'_>, keys: &[&str], place: Place, report: &Report<'_>) {
    let unknown = table.keys().filter(|key| {
        let key: &str = key.get_ref();
        !keys.contains(&key)
    });
    let unknown: Vec<_> = unknown.cloned().collect();
    for key in unknown {
        let offset = key.span().start;
        let key = key.into_inner().into_owned();
        table.remove(key.as_str());
        let known = keys.join(", ");
        report.fault(Place { offset, ..place }, Reason::UnknownKey { key, known });
    }
}

/// Moves what stands at the head of a pack's deadlines to those of its clocks that do not say
/// otherwise, so that it does not become the house's.
fn spread(table: &mut DeTable<'_>) {
    let heads = ["calendar", "counting"].map(|key| table.remove_entry(key));
    let heads: Vec<_> = heads.into_iter().flatten().collect();
    let clocks = table.get_mut("clock").map(toml::Spanned::get_mut);
    let Some(DeValue::Array(clocks)) = clocks else {
        return;
    };
    for clock in clocks.iter_mut() {
        let DeValue::Table(clock) = clock.get_mut() else {
            continue;
        };
        for (key, value) in &heads {
            if !clock.contains_key(key.get_ref().as_ref()) {
                clock.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Narrows the clocks of each pack to the cases that the house names it for.
pub(crate) fn narrow(
    packs: Vec<Pack<'_, '_>>,
    ids: &Ids,
    clocks: Catalog<Clock>,
) -> Catalog<Clock> {
    let packs: Vec<_> = packs
        .into_iter()
        .map(|mut pack| (scope(&mut pack.fields, ids), pack))
        .filter(|(wanted, _)| *wanted != Scope::default())
        .collect();
    if packs.is_empty() {
        return clocks;
    }
    let narrowed = clocks.iter().cloned().filter_map(|mut clock| {
        let of_pack = packs.iter().find(|(_, pack)| pack.has(&clock.id, ids));
        let Some((wanted, pack)) = of_pack else {
            return Some(clock);
        };
        clock.targets = clock
            .targets
            .into_iter()
            .filter_map(|mut target| {
                target.scope = target.scope.within(wanted)?;
                Some(target)
            })
            .collect();
        if clock.targets.is_empty() {
            let clock = clock.id.to_string();
            pack.fields.fault(Reason::PackOfNothing { clock });
            return None;
        }
        Some(clock)
    });
    narrowed.collect()
}

impl Pack<'_, '_> {
    fn has(&self, clock: &ClockId, ids: &Ids) -> bool {
        let files = self.fields.report.files();
        let file = ids
            .clocks
            .place(clock.as_str())
            .map(|place| files[place.file].0);
        let inside = file.and_then(|file| file.strip_prefix(FOLDER)?.strip_prefix(&self.id));
        inside.is_some_and(|rest| rest.starts_with('/'))
    }
}
