//! The policy in force, with the files that its clocks are made from.

use redress_host::policy_dir::Files;
use redress_policy::{ClockRules, Policy, PolicyErrors};
use redress_wire::sla_monitor::{ClockRulesKept, KeptFile};

/// What sla-monitor decides by.
#[derive(Debug)]
pub struct Rulebook {
    /// The policy in force.
    pub policy: Policy,
    files: Vec<KeptFile>,
}

/// The largest file that is kept: an event stays well under the broker's 1 MiB. The longest shipped
/// one is a twentieth of this.
const MOST_BYTES: usize = 256 << 10;

impl Rulebook {
    pub(crate) fn parse(files: &Files) -> Result<Self, PolicyErrors> {
        let policy = Policy::parse(files)?;
        let kept = |(path, text): (&String, &String)| KeptFile {
            path: path.clone(),
            hash: blake3::hash(text.as_bytes()).as_bytes().to_vec(),
            text: text.clone(),
        };
        let files = files
            .iter()
            .filter(|(path, _)| ClockRules::reads(path))
            .map(kept)
            .collect();
        Ok(Self { policy, files })
    }

    /// What clocks are run by.
    pub(crate) fn clocks(&self) -> &ClockRules {
        self.policy.clock_rules()
    }

    /// What is to be kept of it, with the texts of files that `known` does not know: one event, or
    /// several that each stay small enough. Nothing if a file is too large to be kept.
    pub(crate) fn to_keep(&self, known: impl Fn(&[u8]) -> bool) -> Vec<ClockRulesKept> {
        if self.files.iter().any(|file| file.text.len() > MOST_BYTES) {
            return Vec::new();
        }
        let mut events = Vec::new();
        let (mut files, mut size): (Vec<KeptFile>, usize) = (Vec::new(), 0);
        for file in &self.files {
            let known = known(&file.hash);
            let text = if known {
                String::new()
            } else {
                file.text.clone()
            };
            if size + text.len() > MOST_BYTES {
                events.push(self.event(std::mem::take(&mut files)));
                size = 0;
            }
            size += text.len();
            files.push(KeptFile {
                text,
                ..file.clone()
            });
        }
        events.push(self.event(files));
        events
    }

    fn event(&self, files: Vec<KeptFile>) -> ClockRulesKept {
        ClockRulesKept {
            policy: self.policy.version().to_owned(),
            files,
        }
    }
}
