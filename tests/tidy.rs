//! Rules of the house that no lint knows.

use std::{
    fs,
    path::{Path, PathBuf},
};

use redress_testkit::workspace_root;

/// Crates that only decide: no async, no clock, no chance.
const PURE: [&str; 7] = [
    "calendar",
    "case",
    "complaint",
    "policy",
    "sla",
    "triage",
    "what-if",
];
const LONGEST_FILE_LINES: usize = 500;

fn sources(under: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(under).expect("a folder of the workspace") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            let name = path.file_name().expect("a name");
            if name != "gen" && name != "target" {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "services", "tools", "tests"] {
        sources(&workspace_root().join(folder), &mut found);
    }
    found
}

fn lines_with(paths: &[PathBuf], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(path).expect("a source file");
        // Unit tests may name what they test against.
        let shipped = text
            .lines()
            .take_while(|line| line.trim() != "#[cfg(test)]");
        for (number, line) in shipped.enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!(
                    "{}:{}: {}",
                    path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    found
}

#[test]
fn pure_crates_have_no_clock_no_chance_and_no_async() {
    let impure = [
        ".await",
        "async fn",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "rand::",
        "std::fs",
        "std::net",
        "std::env::var",
    ];
    for name in PURE {
        let krate = workspace_root().join("crates").join(name);
        let manifest = fs::read_to_string(krate.join("Cargo.toml")).expect("a manifest");
        let dependencies = manifest
            .split("[dev-dependencies]")
            .next()
            .unwrap_or_default();
        for word in ["tokio", "async-nats", "sled", "rand ", "reqwest"] {
            assert!(!dependencies.contains(word), "{name} depends on {word}");
        }
        let mut paths = Vec::new();
        sources(&krate.join("src"), &mut paths);
        let found = lines_with(&paths, &impure);
        assert!(found.is_empty(), "{name} is to be pure: {found:#?}");
    }
}

#[test]
fn only_the_wire_crate_writes_subjects_and_only_the_host_reads_the_clock() {
    let elsewhere = |allowed: &[&str]| -> Vec<PathBuf> {
        let allowed: Vec<_> = allowed.iter().map(|a| workspace_root().join(a)).collect();
        all_sources()
            .into_iter()
            .filter(|path| path.components().any(|part| part.as_os_str() == "src"))
            .filter(|path| !allowed.iter().any(|a| path.starts_with(a)))
            .collect()
    };
    let subjects = lines_with(
        &elsewhere(&["crates/wire", "tests"]),
        &["\"redress.log", "\"redress.num"],
    );
    assert!(
        subjects.is_empty(),
        "subjects belong to crates/wire: {subjects:#?}"
    );
    let clocks = ["SystemTime::now", "Timestamp::now", "Zoned::now"];
    let allowed = ["crates/host", "crates/testkit", "tools", "tests"];
    let clocks = lines_with(&elsewhere(&allowed), &clocks);
    assert!(
        clocks.is_empty(),
        "the wall clock belongs to crates/host: {clocks:#?}"
    );
}

#[test]
fn no_file_is_longer_than_five_hundred_lines_and_every_crate_root_says_what_it_is() {
    for path in all_sources() {
        let text = fs::read_to_string(&path).expect("a source file");
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST_FILE_LINES,
            "{} has {lines} lines",
            path.display()
        );
        if path.ends_with("src/lib.rs") || path.ends_with("src/main.rs") {
            assert!(
                text.starts_with("//!"),
                "{} does not say what it is",
                path.display()
            );
        }
    }
}

#[test]
fn every_decision_record_has_a_status() {
    let folder = workspace_root().join("docs/adr");
    for entry in fs::read_dir(folder).expect("the decision records") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a record");
        assert!(text.contains("Status:"), "{} has no status", path.display());
    }
}
