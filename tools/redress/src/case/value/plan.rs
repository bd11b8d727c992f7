//! A plan: steps on the command line, or the whole of it in a file.

use std::{path::Path, str::FromStr};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::{Moment, Redress, Words};

/// A step: `goods_returned@logistics-ops-1/3d=寄回水壶`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub(crate) struct Step {
    #[serde(rename = "step")]
    what: String,
    #[serde(default)]
    owner: String,
    /// `due_at` in files.
    due_at: Option<Moment>,
    #[serde(default)]
    text: Words,
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (head, words) = text.split_once('=').unwrap_or((text, ""));
        let (head, due_at) = match head.split_once('/') {
            Some((head, due)) => (head, Some(due.parse()?)),
            None => (head, None),
        };
        let (step, owner) = head.split_once('@').unwrap_or((head, ""));
        if step.trim().is_empty() {
            return Err(
                "names no step; write STEP[@OWNER][/WHEN][=TEXT], such as repair@wang/3d=换新底座"
                    .into(),
            );
        }
        Ok(Self {
            what: step.trim().to_owned(),
            owner: owner.trim().to_owned(),
            due_at,
            text: Words(words.trim().to_owned()),
        })
    }
}

/// A plan as a file has it, in TOML or JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PlanFile {
    #[serde(rename = "step")]
    pub(crate) steps: Vec<Step>,
    pub(crate) redress: Vec<Redress>,
    pub(crate) text: Words,
    pub(crate) similar: Vec<String>,
}

impl PlanFile {
    /// Reads a file by its ending: `.toml` or `.json`.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("{shown}"))?;
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("toml") => toml::from_str(&text).with_context(|| format!("{shown} is no plan")),
            Some("json") => {
                serde_json::from_str(&text).with_context(|| format!("{shown} is no plan"))
            }
            _ => anyhow::bail!("{shown}: the name of a plan's file must end in .toml or .json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_written_on_one_line() {
        let step: Step = "goods_returned@logistics-ops-1/2026-05-03T18:00Z=寄回水壶"
            .parse()
            .expect("a step");
        assert_eq!(
            serde_json::to_value(&step).expect("JSON"),
            serde_json::json!({"step": "goods_returned", "owner": "logistics-ops-1",
                               "dueAt": "2026-05-03T18:00:00Z", "text": "寄回水壶"})
        );
        let step: Step = "repair".parse().expect("a step");
        assert_eq!((step.owner.as_str(), step.due_at), ("", None));
        assert!("@wang".parse::<Step>().is_err());
        assert!("repair/soon".parse::<Step>().is_err());
    }

    #[test]
    fn a_plan_is_the_same_from_toml_and_from_json() {
        let dir = tempfile::tempdir().expect("a directory");
        let toml = "text = \"换新\"\nredress = [\"refund=20CNY\"]\nsimilar = [\"CF1\"]\n\
                    [[step]]\nstep = \"repair\"\nowner = \"wang\"\ndue_at = \"2026-05-03T18:00Z\"\n";
        let json = r#"{"text":"换新","redress":["refund=20CNY"],"similar":["CF1"],
                      "step":[{"step":"repair","owner":"wang","due_at":"2026-05-03T18:00Z"}]}"#;
        let read = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).expect("a file");
            PlanFile::read(&path)
        };
        let plan = read("plan.toml", toml).expect("a plan");
        assert_eq!(plan, read("plan.json", json).expect("a plan"));
        assert_eq!(plan.steps.len(), 1);
        let error = format!(
            "{:#}",
            read("plan.json", "{\"stepps\":[]}").expect_err("wrong")
        );
        assert!(error.contains("stepps"), "{error}");
    }
}
