//! What a policy says about deadlines beside what the desk's own log says.

use redress_what_if::{Pair, Which};
use serde_json::{Map, Value, json};

use super::{By, DeskCase};
use crate::{
    output::{Output, cell},
    simulate::subject::Subject,
};

/// How often both say what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// The log: made; the policy: made.
    made_made: u64,
    /// The log: made; the policy: missed.
    made_missed: u64,
    /// The log: missed; the policy: made.
    missed_made: u64,
    /// The log: missed; the policy: missed.
    missed_missed: u64,
    /// The policy decided nothing.
    undecided: u64,
}

/// Tables of all cases, by priority.
pub(super) struct Verdicts {
    clock: Option<String>,
    tables: Pair<By<Table>>,
}

impl Table {
    fn count(&mut self, log: bool, policy: Option<bool>) {
        *match (log, policy) {
            (true, Some(true)) => &mut self.made_made,
            (true, Some(false)) => &mut self.made_missed,
            (false, Some(true)) => &mut self.missed_made,
            (false, Some(false)) => &mut self.missed_missed,
            (_, None) => &mut self.undecided,
        } += 1;
    }

    fn add(&mut self, other: &Self) {
        self.made_made += other.made_made;
        self.made_missed += other.made_missed;
        self.missed_made += other.missed_made;
        self.missed_missed += other.missed_missed;
        self.undecided += other.undecided;
    }

    fn decided(&self) -> u64 {
        self.made_made + self.made_missed + self.missed_made + self.missed_missed
    }

    /// Made deadlines: as the log says, as the policy says; of the decided ones.
    fn made(&self) -> [u64; 2] {
        [
            self.made_made + self.made_missed,
            self.made_made + self.missed_made,
        ]
    }

    fn agreement(&self) -> f64 {
        share(self.made_made + self.missed_missed, self.decided())
    }

    fn to_json(self) -> Map<String, Value> {
        let [log, policy] = self.made();
        let decided = self.decided();
        let object = json!({
            "cases": decided + self.undecided,
            "undecided": self.undecided,
            "logMade": log,
            "logMissed": decided - log,
            "logMadeShare": rounded(share(log, decided)),
            "made": policy,
            "missed": decided - policy,
            "madeShare": rounded(share(policy, decided)),
            "agree": self.made_made + self.missed_missed,
            "agreement": rounded(self.agreement()),
            "confusion": {
                "logMadePolicyMade": self.made_made,
                "logMadePolicyMissed": self.made_missed,
                "logMissedPolicyMade": self.missed_made,
                "logMissedPolicyMissed": self.missed_missed,
            },
        });
        object.as_object().cloned().unwrap_or_default()
    }
}

impl Verdicts {
    pub(super) fn new(clock: Option<&str>) -> Self {
        Self {
            clock: clock.map(str::to_owned),
            tables: Pair::default(),
        }
    }

    /// Adds a case, with whether it made its deadline under either policy.
    pub(super) fn add(&mut self, case: &DeskCase, judged: Pair<Option<bool>>) {
        for which in Which::BOTH {
            let tables = self.tables.get_mut(which);
            let table = tables.entry(case.priority_name.clone()).or_default();
            table.count(case.made, *judged.get(which));
        }
    }

    /// Shows the tables; of both policies unless they are alike.
    pub(super) fn show(&self, alike: bool, subject: &Subject, out: &Output) -> anyhow::Result<()> {
        let sides: &[Which] = if alike {
            &[Which::Candidate]
        } else {
            &Which::BOTH
        };
        for which in sides {
            let tables = self.tables.get(*which);
            let mut all = Table::default();
            for table in tables.values() {
                all.add(table);
            }
            if out.json {
                out.object(&self.json(*which, &all, subject))?;
            } else {
                self.grid(*which, &all, subject, out)?;
            }
        }
        Ok(())
    }

    fn json(&self, which: Which, all: &Table, subject: &Subject) -> Value {
        let mut object = all.to_json();
        let by_priority: Map<String, Value> = self
            .tables
            .get(which)
            .iter()
            .map(|(name, table)| (name.clone(), Value::Object(table.to_json())))
            .collect();
        object.insert("policy".to_owned(), json!(subject.dirs.get(which)));
        object.insert("side".to_owned(), json!(which.name()));
        object.insert("clock".to_owned(), json!(self.clock));
        object.insert("history".to_owned(), json!(subject.history));
        object.insert("byPriority".to_owned(), Value::Object(by_priority));
        object.insert("events".to_owned(), json!(subject.events));
        object.insert("seconds".to_owned(), json!(rounded(subject.seconds)));
        Value::Object(object)
    }

    fn grid(
        &self,
        which: Which,
        all: &Table,
        subject: &Subject,
        out: &Output,
    ) -> anyhow::Result<()> {
        let clock = self.clock.as_deref().unwrap_or(out.pick("all", "全部"));
        out.line(&out.bold(&format!(
            "{} · {} · {} {clock}",
            subject.history,
            subject.dirs.get(which),
            out.pick("clock:", "时限："),
        )))?;
        let mut grid = out.grid(&[
            out.pick("Priority", "优先级"),
            out.pick("Cases", "案件"),
            out.pick("Made: log", "及时（日志）"),
            out.pick("Made: policy", "及时（政策）"),
            out.pick("Missed: log", "超时（日志）"),
            out.pick("Missed: policy", "超时（政策）"),
            out.pick("Agree", "一致"),
            out.pick("Log made, policy missed", "日志及时、政策超时"),
            out.pick("Log missed, policy made", "日志超时、政策及时"),
        ]);
        let tables = self.tables.get(which).iter();
        let rows = tables.map(|(name, table)| (name.as_str(), table));
        for (name, table) in rows.chain([(out.pick("all", "合计"), all)]) {
            let [log, policy] = table.made();
            let decided = table.decided();
            grid.row(vec![
                cell(name),
                cell(decided + table.undecided),
                cell(of(log, decided)),
                cell(of(policy, decided)),
                cell(of(decided - log, decided)),
                cell(of(decided - policy, decided)),
                cell(format!("{:.2} %", table.agreement() * 100.0)),
                cell(table.made_missed),
                cell(table.missed_made),
            ]);
        }
        out.line(&grid.to_string())?;
        if all.undecided > 0 {
            let words = out.pick("cases that no clock decided", "个案件没有已决时限");
            out.line(&format!("{} {words}", all.undecided))?;
        }
        Ok(())
    }
}

fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn of(part: u64, whole: u64) -> String {
    format!("{part} ({:.1} %)", share(part, whole) * 100.0)
}

fn rounded(share: f64) -> f64 {
    (share * 1e5).round() / 1e5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_of_the_decided_cases() {
        let mut table = Table::default();
        for (log, policy) in [
            (true, Some(true)),
            (true, Some(false)),
            (false, Some(false)),
            (false, Some(false)),
            (true, None),
        ] {
            table.count(log, policy);
        }
        assert_eq!(table.made(), [2, 1]);
        assert!((table.agreement() - 0.75).abs() < 1e-9);
        let json = table.to_json();
        assert_eq!(json["cases"], 5);
        assert_eq!(json["logMadeShare"], 0.5);
        assert_eq!(json["confusion"]["logMadePolicyMissed"], 1);
    }
}
