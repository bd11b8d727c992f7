//! How many ended how.

use serde_json::{Value, json};

use super::Outcome;
use crate::output::Output;

/// Counts of outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) registered: u64,
    pub(crate) duplicates: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) unknown: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Registered(_) => &mut self.registered,
            Outcome::Duplicate(_) => &mut self.duplicates,
            Outcome::Accepted(_) => &mut self.accepted,
            Outcome::Refused(_) => &mut self.refused,
            Outcome::Unknown(_) => &mut self.unknown,
        } += 1;
    }

    pub(crate) fn total(&self) -> u64 {
        self.registered + self.duplicates + self.accepted + self.refused + self.unknown
    }

    /// Whether every complaint has its case.
    pub(crate) fn all_taken(&self) -> bool {
        self.refused == 0 && self.unknown == 0
    }

    /// For people; what did not happen is left out.
    pub(crate) fn in_words(&self, out: &Output) -> String {
        let counts = [
            (self.registered, "registered", "已登记"),
            (self.accepted, "accepted", "已接收"),
            (self.duplicates, "duplicate", "重复提交"),
            (self.refused, "refused", "被拒绝"),
            (self.unknown, "unknown", "未知"),
        ];
        let words: Vec<String> = counts
            .iter()
            .filter(|(count, _, _)| *count > 0)
            .map(|(count, en, zh)| format!("{count} {}", out.pick(en, zh)))
            .collect();
        if words.is_empty() {
            out.pick("nothing", "无").to_owned()
        } else {
            words.join(", ")
        }
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({"registered": self.registered, "accepted": self.accepted,
               "duplicates": self.duplicates, "refused": self.refused, "unknown": self.unknown})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn only_what_happened_is_told() {
        let tally = Tally {
            registered: 3,
            refused: 1,
            ..Tally::default()
        };
        assert_eq!(
            tally.in_words(&Output::plain(Lang::En)),
            "3 registered, 1 refused"
        );
        assert_eq!(
            tally.in_words(&Output::plain(Lang::Zh)),
            "3 已登记, 1 被拒绝"
        );
        assert!(!tally.all_taken());
    }
}
