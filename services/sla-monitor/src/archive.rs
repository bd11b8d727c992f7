//! The versions of the policy that cases of a partition run under.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use redress_policy::ClockRules;
use redress_store::Rows;
use redress_wire::{
    Payload,
    sla_monitor::{ClockRulesKept, KeptFile},
};

use crate::{rows, rulebook::Rulebook};

/// Kept versions; each is read from its files when a case first asks for it.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    versions: BTreeMap<String, OnceLock<Option<ClockRules>>>,
}

impl Archive {
    pub(crate) fn open(rows: &Rows) -> Self {
        let mut archive = Self::default();
        rows::each_version(rows, |version| {
            archive.versions.insert(version.to_owned(), OnceLock::new());
        });
        archive
    }

    /// Folds what was kept. A version in several events is the sum of them.
    pub(crate) fn keep(&mut self, rows: &mut Rows, kept: &ClockRulesKept) {
        for file in kept.files.iter().filter(|file| !file.text.is_empty()) {
            rows::put_text(rows, &file.hash, &file.text);
        }
        let mut whole = rows::version(rows, &kept.policy).unwrap_or_default();
        whole.policy.clone_from(&kept.policy);
        let bare = |file: &KeptFile| KeptFile {
            text: String::new(),
            ..file.clone()
        };
        whole.files.extend(kept.files.iter().map(bare));
        rows::put_version(rows, &whole);
        // What was read of others is dropped as well: few versions are in use at a time.
        self.versions
            .values_mut()
            .for_each(|read| *read = OnceLock::new());
        self.versions.insert(kept.policy.clone(), OnceLock::new());
    }

    /// What is to be recorded before a case comes under the policy in force.
    pub(crate) fn to_keep(&self, rows: &Rows, current: &Rulebook) -> Vec<Payload> {
        if self.versions.contains_key(current.policy.version()) {
            return Vec::new();
        }
        let known = |hash: &[u8]| rows::text(rows, hash).is_some();
        current
            .to_keep(known)
            .into_iter()
            .map(Payload::ClockRulesKept)
            .collect()
    }

    /// The rules of a version; the policy in force for one that was not kept, or of which this
    /// release understands nothing.
    pub(crate) fn rules<'a>(
        &'a self,
        rows: &Rows,
        version: &str,
        current: &'a Rulebook,
    ) -> &'a ClockRules {
        if version.is_empty() || version == current.policy.version() {
            return current.clocks();
        }
        let kept = self.versions.get(version);
        let read = kept.and_then(|cell| cell.get_or_init(|| read(rows, version)).as_ref());
        read.unwrap_or_else(|| current.clocks())
    }
}

fn read(rows: &Rows, version: &str) -> Option<ClockRules> {
    let kept = rows::version(rows, version)?;
    let mut seen = BTreeSet::new();
    let mut files = BTreeMap::new();
    for file in kept.files {
        if seen.insert(file.path.clone()) {
            files.insert(file.path, rows::text(rows, &file.hash)?);
        }
    }
    ClockRules::of_kept(version, &files)
}
