//! A process under test ends when it should, and only then.

use std::{collections::BTreeMap, os::unix::process::ExitStatusExt, path::Path, time::Duration};

use redress_testkit::{Command, Process, eventually};

const SOON: Duration = Duration::from_secs(20);

fn shell(script: &str, folder: &Path) -> Process {
    Process::start(Command {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), script.into()],
        environment: BTreeMap::from([("GREETING".to_owned(), "hello".to_owned())]),
        output: folder.join("out.log"),
    })
}

fn exists(id: u32) -> bool {
    Path::new(&format!("/proc/{id}")).exists()
}

#[tokio::test]
async fn its_output_and_its_end_are_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut process = shell("echo $GREETING; echo oops >&2", folder.path());
    eventually("its end", SOON, async || {
        (!process.is_running()).then_some(())
    })
    .await;
    assert_eq!(process.output(), "hello\noops\n");
}

#[tokio::test]
async fn it_starts_again_with_the_same_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut process = shell("echo $GREETING; exec sleep 600", folder.path());
    let said = async |process: &Process, what: &str| {
        eventually("its word", SOON, async || {
            (process.output() == what).then_some(())
        })
        .await;
    };
    said(&process, "hello\n").await;
    let first = process.id().expect("running");
    process.kill_hard();
    assert!(!exists(first));
    process.start_again();
    said(&process, "hello\nhello\n").await;
    assert_ne!(process.id(), Some(first));
}

#[tokio::test]
async fn it_may_end_in_its_own_way_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "trap 'exit 7' TERM; echo up; while :; do sleep 0.01; done";
    let mut process = shell(script, folder.path());
    eventually("its trap", SOON, async || {
        (process.output() == "up\n").then_some(())
    })
    .await;
    let status = process.terminate(SOON).await.expect("it ends in time");
    assert_eq!(status.code(), Some(7));
}

#[tokio::test]
async fn it_is_killed_when_it_does_not_end_in_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut process = shell(
        "trap '' TERM; echo up; while :; do sleep 0.01; done",
        folder.path(),
    );
    eventually("its trap", SOON, async || {
        (process.output() == "up\n").then_some(())
    })
    .await;
    let id = process.id().expect("running");
    assert_eq!(process.terminate(Duration::from_millis(50)).await, None);
    assert!(!exists(id));
}

#[test]
#[should_panic(expected = "cannot start /no/such/program")]
fn a_program_that_is_not_there_is_named() {
    Process::start(Command {
        program: "/no/such/program".into(),
        arguments: Vec::new(),
        environment: BTreeMap::new(),
        output: std::env::temp_dir().join("never-written.log"),
    });
}

#[test]
fn it_does_not_outlive_its_owner() {
    let folder = tempfile::tempdir().expect("a folder");
    let process = shell("exec sleep 600", folder.path());
    process.pause();
    let id = process.id().expect("running");
    drop(process);
    assert!(!exists(id));
}

/// Plays the test program that is killed below: it starts a process and waits for its end.
#[test]
fn helper_that_is_killed() {
    let Some(folder) = std::env::var_os("REDRESS_TESTKIT_HELPER") else {
        return;
    };
    let _process = shell("echo $$; exec sleep 600", Path::new(&folder));
    std::io::stdin()
        .read_line(&mut String::new())
        .expect("its starter holds the other end");
}

#[tokio::test]
async fn it_does_not_outlive_a_test_that_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let test = std::env::current_exe().expect("the path of this test");
    let mut helper = std::process::Command::new(test)
        .args(["--exact", "helper_that_is_killed"])
        .env("REDRESS_TESTKIT_HELPER", folder.path())
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("this test can be run again");
    let log = folder.path().join("out.log");
    let id = eventually("the helper's process", SOON, async || {
        std::fs::read_to_string(&log).ok()?.trim().parse().ok()
    })
    .await;
    helper.kill().expect("the helper is ours");
    assert_eq!(helper.wait().expect("the helper is ours").signal(), Some(9));
    eventually("its process to follow", SOON, async || {
        (!exists(id)).then_some(())
    })
    .await;
}
