//! `redress policy check`.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context as _;
use jiff::Timestamp;
use redress_host::policy_dir;
use redress_policy::{Policy, PolicyErrors};
use serde_json::json;

use super::Ending;
use crate::output::{Output, cell, moment};

pub(crate) fn check(dir: &Path, packs: &[String], out: &Output) -> anyhow::Result<Ending> {
    let files = read(dir, packs)?;
    match Policy::parse(&files) {
        Ok(policy) => summary(&policy, files.len(), out),
        Err(errors) => faults(dir, &errors, out),
    }
}

/// The files of a policy, as if it named these packs too.
fn read(dir: &Path, packs: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = policy_dir::read(dir)?;
    if let Some(house) = files.get_mut("house.toml") {
        for id in packs {
            // At the end of the file it stands for itself, whatever is above.
            house.extend(["\n[[pack]]\nid = \"", id, "\"\n"]);
        }
    }
    Ok(files)
}

/// Reads and checks a policy; all faults in the error, one a line.
pub(crate) fn load(dir: &Path) -> anyhow::Result<Policy> {
    load_with(dir, &[])
}

/// The same, as if it named these packs too.
pub(crate) fn load_with(dir: &Path, packs: &[String]) -> anyhow::Result<Policy> {
    let files = read(dir, packs)?;
    Policy::parse(&files).with_context(|| format!("in {}", dir.display()))
}

fn faults(dir: &Path, errors: &PolicyErrors, out: &Output) -> anyhow::Result<Ending> {
    for error in &errors.0 {
        let file = dir.join(&error.file);
        let (file, line, column) = (file.display(), error.line, error.column);
        if out.json {
            out.object(
                &json!({"file": file.to_string(), "line": line, "column": column,
                               "reason": error.reason.to_string()}),
            )?;
        } else {
            out.line(&format!("{file}:{line}:{column}: {}", error.reason))?;
        }
    }
    let count = errors.0.len();
    if !out.json {
        out.complain(&format!(
            "the policy has {count} fault{}",
            if count == 1 { "" } else { "s" }
        ));
    }
    Ok(Ending::Problems)
}

fn summary(policy: &Policy, files: usize, out: &Output) -> anyhow::Result<Ending> {
    let handlers: usize = policy
        .departments()
        .iter()
        .map(|one| one.handlers.len())
        .sum();
    let counts = [
        ("files", "文件", files),
        ("channels", "渠道", policy.channels().len()),
        ("categories", "分类", policy.categories().len()),
        ("departments", "部门", policy.departments().len()),
        ("handlers", "处理人", handlers),
        ("rules", "规则", policy.rules().len()),
        ("clocks", "时限", policy.clocks().len()),
        ("calendars", "日历", policy.calendars().len()),
        ("notifications", "通知", policy.notifications().len()),
        ("templates", "模板", policy.templates().len()),
        ("roles", "角色", policy.staff().roles().len()),
        ("people", "人员", policy.staff().people().len()),
        ("delegations", "代理", policy.staff().delegations().len()),
        ("procedures", "处理程序", policy.procedures().all().len()),
        ("measures", "措施", policy.procedures().measures.len()),
        (
            "approval_levels",
            "审批级别",
            policy.approvals().levels.len(),
        ),
        ("approval_rules", "审批规则", policy.approvals().rules.len()),
    ];
    if out.json {
        let counts: serde_json::Map<_, _> = counts
            .iter()
            .map(|(name, _, count)| ((*name).to_owned(), json!(count)))
            .collect();
        let remarks = remarks(policy);
        out.object(&json!({"version": policy.version(), "counts": counts, "remarks": remarks}))?;
        return Ok(Ending::Fine);
    }
    out.line(&format!(
        "{} {}",
        out.pick("valid, version", "有效，版本"),
        policy.version()
    ))?;
    let mut grid = out.grid(&[]);
    for (en, zh, count) in counts {
        grid.row(vec![cell(out.pick(en, zh)), cell(count)]);
    }
    out.line(&grid.to_string())?;
    for remark in remarks(policy) {
        out.line(&format!("remark: {remark}"))?;
    }
    Ok(Ending::Fine)
}

/// What is valid and deserves a look.
pub(crate) fn remarks(policy: &Policy) -> Vec<String> {
    let placed = policy.remarks().iter().map(ToString::to_string);
    placed.chain(beyond(policy, moment())).collect()
}

/// Clocks that a case of now would have and that its calendar does not reach: such a case gets no
/// end for them, only a fault that says so. Extend the calendar before it comes to that.
fn beyond(policy: &Policy, now: Timestamp) -> Vec<String> {
    let mut remarks = Vec::new();
    for clock in policy.clocks() {
        let lacks = clock.targets.iter().find_map(|target| {
            let of = &target.allowance;
            let calendar = policy.calendar(&of.calendar)?;
            let error = calendar.due(now, of.span, of.counting).err()?;
            Some(format!(
                "clock {} of {} has no end in calendar {} for a case of today: {error}",
                clock.id, of.span, of.calendar
            ))
        });
        remarks.extend(lacks);
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn check(dir: &Path) -> Ending {
        check_with(dir, &[])
    }

    fn check_with(dir: &Path, packs: &[&str]) -> Ending {
        let packs: Vec<String> = packs.iter().map(ToString::to_string).collect();
        super::check(dir, &packs, &Output::plain(Lang::En)).expect("the folder can be read")
    }

    #[test]
    fn the_shipped_policy_is_valid() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
        assert_eq!(check(&shipped), Ending::Fine);
    }

    #[test]
    fn packs_are_checked_as_if_the_house_named_them() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
        assert_eq!(
            check_with(&shipped, &["cn-telecom", "uk-disp"]),
            Ending::Fine
        );
        assert_eq!(check_with(&shipped, &["cn-telecoms"]), Ending::Problems);
    }

    #[test]
    fn a_clock_that_would_outlast_its_calendar_is_remarked() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
        let policy = load(&shipped).expect("the shipped policy");
        let at = |text: &str| text.parse().expect("a time");
        assert_eq!(beyond(&policy, at("2026-05-07T02:00:00Z")), [""; 0]);
        let late = beyond(&policy, at("2028-12-28T02:00:00Z"));
        assert!(
            late[0].contains("clock result") || late[0].contains("clock start"),
            "{late:?}"
        );
        assert!(late.concat().contains("2028-12-31"), "{late:?}");
    }

    #[test]
    fn a_broken_policy_is_a_problem_found_with_its_place() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("channels.toml"), "[[channel]]\nid = 3\n").expect("written");
        assert_eq!(check(dir.path()), Ending::Problems);
        let error = format!("{:#}", load(dir.path()).expect_err("it is broken"));
        assert!(error.contains("channels.toml:2:"), "{error}");
    }

    #[test]
    fn a_folder_without_a_policy_is_told() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(
            load(dir.path())
                .expect_err("empty")
                .to_string()
                .contains("holds no *.toml")
        );
    }
}
