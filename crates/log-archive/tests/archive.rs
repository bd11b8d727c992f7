//! A log that was trimmed reads together with its archive as it did before.

use std::path::Path;

use bytes::Bytes;
use redress_log::{
    Chain, Entry, EventLog as _, Reader as _, Stored,
    memory::{MemoryLog, MemoryReader},
};
use redress_log_archive::{Archive, Archived, ArchivedReader, Writer};
use redress_wire::Service;

const PARTITION: u32 = 3;
const SERVICES: [Service; 2] = [Service::Intake, Service::Router];

fn chain(service: Service) -> Chain {
    let partition = PARTITION;
    Chain::Blocks { partition, service }
}

/// Ten blocks, of intake and router in turn: router's are those of even sequences.
async fn ten() -> (MemoryLog, Vec<Stored>) {
    let log = MemoryLog::default();
    let mut last = [0, 0];
    for number in 0..10_usize {
        let entry = Entry {
            chain: chain(SERVICES[number % 2]),
            expected: last[number % 2],
            payload: Bytes::from(format!("block {number}")),
        };
        let stored = log.append(&[entry]).await.expect("nobody else writes");
        last[number % 2] = stored[0];
    }
    let entries = log.entries();
    (log, entries)
}

/// Moves the blocks of a chain below a sequence from the log into the archive.
async fn trim(log: &MemoryLog, archive: &Path, below: &[(Service, u64)]) {
    let identity = log.identity(PARTITION).await.expect("the twin answers");
    let mut writer = Writer::new(archive, PARTITION, identity).expect("a folder");
    for stored in log.entries() {
        let goes = |(service, below): &(Service, u64)| {
            stored.chain == chain(*service) && stored.sequence < *below
        };
        if below.iter().any(goes) {
            writer.push(&stored).expect("room on the disk");
        }
    }
    writer.finish().expect("room on the disk");
    for (service, below) in below {
        let trimmed = log.trim(chain(*service), *below).await;
        trimmed.expect("the twin trims");
    }
}

fn with(log: &MemoryLog, archive: &Path) -> Archived<MemoryLog> {
    let archive = Archive::open(archive).expect("it is there");
    Archived::new(log.clone(), archive)
}

async fn take(reader: &mut ArchivedReader<MemoryReader>, count: usize) -> Vec<Stored> {
    let mut blocks = Vec::new();
    for _ in 0..count {
        blocks.push(reader.next().await.expect("it can be read"));
    }
    blocks
}

#[tokio::test]
async fn blocks_come_in_the_order_of_the_log_wherever_they_are() {
    let (log, all) = ten().await;
    let archive = tempfile::tempdir().expect("a folder");
    // The second trim takes blocks that lie between those of the first.
    trim(&log, archive.path(), &[(Service::Intake, 7)]).await;
    trim(
        &log,
        archive.path(),
        &[(Service::Router, 8), (Service::Intake, 9)],
    )
    .await;
    assert_eq!(log.entries().len(), 3);
    let whole = with(&log, archive.path());
    for from in 1..=10 {
        let mut reader = whole
            .read(PARTITION, &SERVICES, from)
            .await
            .expect("it can be read");
        let blocks = take(&mut reader, 11 - from as usize).await;
        assert_eq!(blocks, all[from as usize - 1..], "{from}");
    }
    for stored in &all {
        let at = whole.at(PARTITION, stored.sequence).await;
        assert_eq!(at.as_ref(), Ok(&Some(stored.clone())));
    }
    assert_eq!(
        whole.first(chain(Service::Router)).await,
        Ok(Some(all[1].clone()))
    );
    assert_eq!(whole.first(chain(Service::Notifier)).await, Ok(None));
}

#[tokio::test]
async fn reading_goes_on_with_what_comes_and_takes_only_what_is_asked_for() {
    let (log, all) = ten().await;
    let archive = tempfile::tempdir().expect("a folder");
    trim(
        &log,
        archive.path(),
        &[(Service::Intake, 9), (Service::Router, 10)],
    )
    .await;
    let whole = with(&log, archive.path());
    let mut reader = whole
        .read(PARTITION, &[Service::Router], 1)
        .await
        .expect("it can be read");
    let routers: Vec<Stored> = all.iter().skip(1).step_by(2).cloned().collect();
    assert_eq!(take(&mut reader, 5).await, routers);
    let entry = Entry {
        chain: chain(Service::Router),
        expected: 10,
        payload: Bytes::from_static(b"new"),
    };
    log.append(&[entry]).await.expect("nobody else writes");
    assert_eq!(take(&mut reader, 1).await[0].sequence, 11);
}

#[tokio::test]
async fn a_trim_that_is_repeated_gives_each_block_once() {
    let (log, all) = ten().await;
    let archive = tempfile::tempdir().expect("a folder");
    // As after a process that died between archiving and trimming.
    trim(
        &log,
        archive.path(),
        &[(Service::Intake, 5), (Service::Notifier, 1)],
    )
    .await;
    let untrimmed = ten().await.0;
    trim(&untrimmed, archive.path(), &[(Service::Intake, 9)]).await;
    let whole = with(&untrimmed, archive.path());
    let mut reader = whole
        .read(PARTITION, &SERVICES, 1)
        .await
        .expect("it can be read");
    assert_eq!(take(&mut reader, 10).await, all);
}

#[tokio::test]
async fn what_is_damaged_or_of_another_log_is_refused() {
    let (log, _) = ten().await;
    let archive = tempfile::tempdir().expect("a folder");
    trim(&log, archive.path(), &[(Service::Intake, 9)]).await;
    let other = with(&MemoryLog::new([2; 16]), archive.path());
    let refused = other
        .at(PARTITION, 1)
        .await
        .expect_err("it is of another log");
    assert!(refused.to_string().contains("another log"), "{refused}");
    let folder = archive.path().join("003");
    let file = std::fs::read_dir(folder).expect("the folder").next();
    let path = file.expect("a file").expect("it can be listed").path();
    let mut content = std::fs::read(&path).expect("the file");
    content[60] ^= 1;
    std::fs::write(&path, content).expect("the file");
    let refused = with(&log, archive.path()).at(PARTITION, 1).await;
    let refused = refused.expect_err("it is damaged");
    assert!(
        refused.to_string().contains("a copy of the archive"),
        "{refused}"
    );
}
