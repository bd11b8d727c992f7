//! From texts to a policy: reads every file, gathers every fault.
//!
//! Files are read in the order of their references (departments before categories, clocks before
//! notifications), so that a reference is checked where it is read.

mod approvals;
mod base;
mod calendars;
mod conflict;
mod context;
mod cover;
mod days;
mod deadlines;
mod declared;
mod delegations;
mod endless;
mod fields;
mod gates;
mod house;
mod ladder;
mod letters;
mod management;
mod moments;
mod notices;
mod packs;
mod people;
mod procedures;
mod reach;
mod report;
mod rules;
mod shadow;
mod span;
mod staff;
mod targets;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::de::DeTable;

use crate::error::{PolicyErrors, Reason};
use crate::model::house::House;
use crate::model::words::Names;
use crate::parse::base::Base;
use crate::parse::context::Ids;
use crate::parse::fields::Fields;
use crate::parse::packs::Pack;
use crate::parse::report::{At, Place, Report};
use crate::policy::Policy;

/// The parts of a policy. Each is one file `<part>.toml`, several `<part>/<any>.toml`, or both.
const PARTS: [&str; 12] = [
    "approvals",
    "calendars",
    "categories",
    "channels",
    "deadlines",
    "departments",
    "house",
    "notifications",
    "procedures",
    "staff",
    "templates",
    "triage",
];

impl Policy {
    /// Reads a policy from file names (relative to the policy folder, with `/`) and texts. Files
    /// whose names end neither in `.toml` nor in `.ics` are left alone.
    ///
    /// # Errors
    /// All faults of all files, each with its place and what to do.
    pub fn parse(files: &BTreeMap<String, String>) -> Result<Self, PolicyErrors> {
        let report = Report::new(files);
        let mut sources = Sources::new(&report);
        let policy = read(&mut sources);
        drop(sources);
        if let Some(errors) = report.errors() {
            return Err(errors);
        }
        let mut policy = policy.expect("a part that cannot be read is a reported fault");
        policy.clock_rules.version = version(files);
        policy.remarks = report.remarks();
        Ok(policy)
    }
}

fn read(sources: &mut Sources<'_, '_>) -> Option<Policy> {
    let mut ids = Ids::new();
    let ids = &mut ids;
    let base = Base::read(sources, ids);
    let (defaults, rules) = rules::read(sources, ids);
    let templates = letters::templates(sources, ids, base.house.as_ref());
    let (retry, notifications) = notices::notifications(sources, ids, &base.channels);
    let approvals = approvals::read(
        sources,
        ids,
        &approvals::Around {
            house: base.house.as_ref(),
            departments: &base.departments,
            staff: base.staff.as_ref(),
            procedures: base.procedures.as_ref(),
        },
    );
    Some(Policy {
        house: base.house?,
        channels: base.channels,
        categories: base.categories,
        departments: base.departments,
        defaults: defaults?,
        rules,
        clock_rules: base.clock_rules,
        templates,
        notifications,
        retry: retry?,
        staff: base.staff?,
        procedures: base.procedures?,
        approvals: approvals?,
        remarks: Vec::new(),
    })
}

fn part_of(name: &str) -> &str {
    name.split('/')
        .next()
        .unwrap_or(name)
        .trim_end_matches(".toml")
}

/// Twelve hexadecimal digits over names and texts, each with its length in front.
fn version(files: &BTreeMap<String, String>) -> String {
    let mut hasher = blake3::Hasher::new();
    let read = |name: &str| has_end(name, "toml") || has_end(name, "ics");
    for (name, text) in files.iter().filter(|(name, _)| read(name)) {
        for part in [name, text] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hasher.finalize().to_hex()[..12].to_owned()
}

fn has_end(name: &str, wanted: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end == wanted)
}

/// The root tables of the files, by part.
pub(crate) struct Sources<'r, 'i> {
    roots: BTreeMap<&'static str, Vec<Fields<'r, 'i>>>,
    found: Vec<&'static str>,
    packs: Vec<Pack<'r, 'i>>,
    report: &'r Report<'r>,
}

impl<'r> Sources<'r, 'r> {
    fn new(report: &'r Report<'r>) -> Self {
        let mut sources = Self {
            roots: BTreeMap::new(),
            found: Vec::new(),
            packs: Vec::new(),
            report,
        };
        for (file, (name, text)) in report.files().iter().enumerate() {
            if has_end(name, "toml") && !packs::is_of_pack(name) {
                sources.add(file, name, text);
            }
        }
        for part in PARTS {
            if !sources.found.contains(&part) {
                report.file_missing(&format!("{part}.toml"));
            }
        }
        sources.add_packs();
        sources
    }

    fn add_packs(&mut self) {
        let house = self.roots.get_mut("house");
        let house = house.and_then(|roots| roots.first_mut());
        let (packs, roots) = packs::named(house, self.report);
        self.packs = packs;
        for (part, root) in roots {
            self.roots.entry(part).or_default().push(root);
        }
    }

    fn add(&mut self, file: usize, name: &str, text: &'r str) {
        let place = Place { file, offset: 0 };
        let part = part_of(name);
        let Some(part) = PARTS.iter().find(|p| **p == part) else {
            self.report.fault(
                place,
                Reason::UnknownFile {
                    known: PARTS.join(", "),
                },
            );
            return;
        };
        self.found.push(part);
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut told = None;
        for error in &errors {
            let offset = error.span().map_or(0, |s| s.start);
            let place = Place { file, offset };
            // What follows on the same line is mostly the same slip.
            if told.replace(self.report.line(place)) != Some(self.report.line(place)) {
                let reason = Reason::Syntax(error.message().to_owned());
                self.report.fault(place, reason);
            }
        }
        // What is left of a broken file would only report what the break tore off.
        if errors.is_empty() {
            let fields = Fields::new(self.report, place, table.into_inner());
            self.roots.entry(part).or_default().push(fields);
        }
    }
}

impl<'r, 'i> Sources<'r, 'i> {
    /// Where faults go, and the texts of the files.
    pub(crate) fn report(&self) -> &'r Report<'r> {
        self.report
    }

    /// The root tables of a part.
    pub(crate) fn take(&mut self, part: &'static str) -> Vec<Fields<'r, 'i>> {
        self.roots.remove(part).unwrap_or_default()
    }

    /// The packs that the house names.
    pub(crate) fn packs(&mut self) -> Vec<Pack<'r, 'i>> {
        std::mem::take(&mut self.packs)
    }

    /// All `[[key]]` tables of a part that has nothing else in it.
    pub(crate) fn entries(&mut self, part: &'static str, key: &'static str) -> Vec<Fields<'r, 'i>> {
        let mut roots = self.take(part);
        tables(&mut roots, key)
    }
}

/// All `[[key]]` tables under these roots; that there is none at all is a fault.
pub(crate) fn tables<'r, 'i>(
    roots: &mut [Fields<'r, 'i>],
    key: &'static str,
) -> Vec<Fields<'r, 'i>> {
    let entries: Vec<_> = roots.iter_mut().flat_map(|root| root.tables(key)).collect();
    if let (true, Some(root)) = (entries.is_empty(), roots.first()) {
        root.fault(Reason::MissingKey {
            key: format!("[[{key}]]"),
        });
    }
    entries
}

/// The value of a key that stands once over all these roots.
pub(crate) fn once<T: DeserializeOwned>(
    roots: &mut [Fields<'_, '_>],
    key: &'static str,
) -> Option<At<T>> {
    let mut found = Vec::new();
    for root in roots.iter_mut().filter(|root| root.has(key)) {
        found.push(root.opt::<T>(key));
    }
    let mut found = found.into_iter();
    let Some(first) = found.next() else {
        if let Some(root) = roots.first_mut() {
            root.req::<T>(key);
        }
        return None;
    };
    for again in found.flatten() {
        let problem = format!("`{key}` stands in another file already");
        let reason = Reason::BadValue {
            key: key.to_owned(),
            problem,
        };
        roots[0].report.fault(again.place, reason);
    }
    first
}

/// A name or text in both languages.
pub(crate) fn names(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<Names> {
    let mut table = fields.table(key)?;
    let zh = table.text("zh");
    let en = table.text("en");
    Some(Names {
        zh: zh?.value,
        en: en?.value,
    })
}

/// The locales that every template must have; none if the house could not be read.
pub(crate) fn locales(house: Option<&House>) -> &[String] {
    house.map_or(&[], |h| &h.locales)
}
