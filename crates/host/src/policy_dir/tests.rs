use std::fs;

use tempfile::TempDir;

use super::*;

/// A policy of one line: whatever `a.toml` holds, unless it says it is broken.
fn parse(files: &Files) -> Result<String, String> {
    let text = files.values().cloned().collect::<Vec<_>>().join("|");
    if text.contains("broken") {
        Err("a.toml:1: is broken".to_owned())
    } else {
        Ok(text)
    }
}

fn directory(text: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.toml"), text).unwrap();
    dir
}

#[test]
fn files_are_read_with_their_sub_directories_and_nothing_else_is() {
    let dir = directory("one");
    fs::create_dir(dir.path().join("more")).unwrap();
    fs::write(dir.path().join("more/b.toml"), "two").unwrap();
    fs::write(dir.path().join("more/holidays.ics"), "three").unwrap();
    fs::write(dir.path().join("notes.txt"), "none of it").unwrap();
    fs::write(dir.path().join(".a.toml.swp.toml"), "half of it").unwrap();
    let files = read(dir.path()).unwrap();
    let names: Vec<_> = files.keys().collect();
    assert_eq!(names, ["a.toml", "more/b.toml", "more/holidays.ics"]);
}

#[test]
fn a_broken_policy_ends_the_start_with_file_line_and_reason() {
    let dir = directory("broken");
    let error = PolicyWatch::start(dir.path(), parse).unwrap_err();
    assert_eq!(error.to_string(), "a.toml:1: is broken");
}

#[test]
fn an_empty_directory_ends_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let error = PolicyWatch::start(dir.path(), parse).unwrap_err();
    assert!(
        error.to_string().ends_with("holds no *.toml file"),
        "{error}"
    );
}

#[test]
fn a_file_beyond_its_bound_is_refused_unread() {
    let dir = directory("one");
    let big = fs::File::create(dir.path().join("big.toml")).unwrap();
    big.set_len(read::MAX_FILE_BYTES + 1).unwrap();
    assert!(matches!(
        read(dir.path()),
        Err(PolicyDirError::TooBig { .. })
    ));
}

#[test]
fn a_file_in_another_encoding_is_refused_with_its_line() {
    let dir = directory("one");
    let gbk = b"BEGIN:VCALENDAR\r\nSUMMARY:\xb4\xba\xbd\xda\r\n";
    fs::write(dir.path().join("days.ics"), gbk).unwrap();
    let told = read(dir.path()).unwrap_err().to_string();
    assert!(
        told.ends_with("days.ics:2: this is not UTF-8: save the file as UTF-8"),
        "{told}"
    );
}

#[test]
fn a_newer_version_is_swapped_in() {
    let dir = directory("one");
    let (mut watch, policy) = PolicyWatch::start(dir.path(), parse).unwrap();
    let first = policy.borrow().version.clone();
    assert_eq!(watch.look(), Look::Same);
    fs::write(dir.path().join("a.toml"), "newer").unwrap();
    assert!(matches!(watch.look(), Look::Swapped { .. }));
    assert_eq!(policy.borrow().policy, "newer");
    assert_ne!(policy.borrow().version, first);
    assert_eq!(watch.look(), Look::Same);
}

#[test]
fn a_broken_newer_version_is_refused_once_and_the_old_one_stays() {
    let dir = directory("one");
    let (mut watch, policy) = PolicyWatch::start(dir.path(), parse).unwrap();
    fs::write(dir.path().join("a.toml"), "broken").unwrap();
    assert_eq!(
        watch.look(),
        Look::Refused {
            reasons: "a.toml:1: is broken".into()
        }
    );
    assert_eq!(watch.look(), Look::Same);
    assert_eq!(watch.reload(), Look::Same);
    assert_eq!(policy.borrow().policy, "one");
    fs::write(dir.path().join("a.toml"), "mended").unwrap();
    assert!(matches!(watch.look(), Look::Swapped { .. }));
    assert_eq!(policy.borrow().policy, "mended");
}

#[test]
fn a_directory_that_vanishes_changes_nothing() {
    let dir = directory("one");
    let (mut watch, policy) = PolicyWatch::start(dir.path(), parse).unwrap();
    dir.close().unwrap();
    assert!(matches!(watch.look(), Look::Refused { .. }));
    assert_eq!(watch.look(), Look::Same);
    assert_eq!(policy.borrow().policy, "one");
}

#[test]
fn touching_a_file_is_not_a_new_version() {
    let dir = directory("one");
    let (mut watch, policy) = PolicyWatch::start(dir.path(), parse).unwrap();
    fs::write(dir.path().join("a.toml"), "one").unwrap();
    assert_eq!(watch.look(), Look::Same);
    assert!(!policy.has_changed().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_refused_version_is_noted_until_it_is_mended() {
    let dir = directory("one");
    let (watch, mut policy) = PolicyWatch::start(dir.path(), parse).unwrap();
    let running = policy.borrow_and_update().version.clone();
    let (readiness, metrics) = (Readiness::new(), Metrics::new("router"));
    let (reload, reloads) = watch::channel(0);
    let stop = CancellationToken::new();
    let task = tokio::spawn(watch.run(readiness.clone(), metrics.clone(), reloads, stop.clone()));

    let mut conditions = readiness.subscribe();
    fs::write(dir.path().join("a.toml"), "broken").unwrap();
    reload.send_replace(1);
    let noted = conditions
        .wait_for(|c| c.notes().next().is_some())
        .await
        .unwrap()
        .to_text();
    let line = format!("running on version {running}, newer files refused: a.toml:1: is broken");
    assert_eq!(noted, format!("ready\nnote: policy: {line}\n"));

    fs::write(dir.path().join("a.toml"), "mended").unwrap();
    reload.send_replace(2);
    policy.changed().await.unwrap();
    conditions
        .wait_for(|c| c.notes().next().is_none())
        .await
        .unwrap();
    stop.cancel();
    task.await.unwrap().unwrap();
    assert!(
        metrics
            .render()
            .contains("redress_policy_refusals_total{service=\"router\"} 1\n")
    );
}
