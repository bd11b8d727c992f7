//! Behaviours of [`Snapshots`].

use bytes::Bytes;
use redress_wire::{Service, log::Snapshot};

use super::{Fixture, soon};
use crate::{AppendError, EventLog, Snapshots, snapshot_id};

const ROUTER: Service = Service::Router;

fn snapshot(place: u64) -> Snapshot {
    Snapshot {
        id: snapshot_id(place, 7),
        parts: 2,
        rows: 3,
        own_sequence: place,
        own_hash: vec![9; 32],
        ..Snapshot::default()
    }
}

async fn keep(snapshots: &impl Snapshots, id: &str, part: u32, content: &'static [u8]) {
    let content = Bytes::from_static(content);
    let kept = soon(snapshots.keep(ROUTER, 1, id, part, content)).await;
    assert_eq!(kept, Ok(()));
}

async fn part(snapshots: &impl Snapshots, id: &str, part: u32) -> Option<Bytes> {
    let part = soon(snapshots.part(ROUTER, 1, id, part)).await;
    part.expect("the snapshots can be read")
}

/// What is half made is not there.
pub async fn a_snapshot_is_seen_once_it_is_shown(fixture: &impl Fixture) {
    let snapshots = fixture.log().snapshots();
    let made = snapshot(12);
    keep(&snapshots, &made.id, 0, b"zero").await;
    keep(&snapshots, &made.id, 1, b"one").await;
    assert_eq!(soon(snapshots.newest(ROUTER, 1)).await, Ok(None));
    let shown = soon(snapshots.show(ROUTER, 1, &made, 0)).await;
    let sequence = shown.expect("nobody else has shown one");
    let newest = soon(snapshots.newest(ROUTER, 1)).await;
    assert_eq!(newest, Ok(Some((sequence, made.clone()))));
    let parts = [
        part(&snapshots, &made.id, 0).await,
        part(&snapshots, &made.id, 1).await,
        part(&snapshots, &made.id, 2).await,
    ];
    let expected = [Some("zero"), Some("one"), None].map(|text| text.map(Bytes::from));
    assert_eq!(parts, expected);
}

/// The one that comes later learns that it knew an older one.
pub async fn of_two_snapshots_shown_at_once_one_is_the_newest(fixture: &impl Fixture) {
    let snapshots = fixture.log().snapshots();
    let first = soon(snapshots.show(ROUTER, 1, &snapshot(12), 0)).await;
    let first = first.expect("nobody else has shown one");
    let second = soon(snapshots.show(ROUTER, 1, &snapshot(14), 0)).await;
    assert!(matches!(second, Err(AppendError::Fenced(_))), "{second:?}");
    let second = soon(snapshots.show(ROUTER, 1, &snapshot(14), first)).await;
    let second = second.expect("it knows the newest");
    let newest = soon(snapshots.newest(ROUTER, 1)).await;
    assert_eq!(newest, Ok(Some((second, snapshot(14)))));
}

/// Whoever was overtaken deletes nothing of a newer snapshot.
pub async fn earlier_parts_are_forgotten_and_later_ones_stay(fixture: &impl Fixture) {
    let snapshots = fixture.log().snapshots();
    let ids = [9, 12, 200].map(|place| snapshot_id(place, 7));
    for id in &ids {
        keep(&snapshots, id, 0, b"rows").await;
    }
    let forgotten = soon(snapshots.forget_before(ROUTER, 1, &ids[1])).await;
    assert_eq!(forgotten, Ok(()));
    assert_eq!(part(&snapshots, &ids[0], 0).await, None);
    for id in &ids[1..] {
        assert!(part(&snapshots, id, 0).await.is_some());
    }
}

/// Each service and partition has its own.
pub async fn snapshots_of_services_and_partitions_do_not_mix(fixture: &impl Fixture) {
    let snapshots = fixture.log().snapshots();
    let made = snapshot(12);
    keep(&snapshots, &made.id, 0, b"rows").await;
    let shown = soon(snapshots.show(ROUTER, 1, &made, 0)).await;
    shown.expect("nobody else has shown one");
    for (service, partition) in [(ROUTER, 11), (Service::Intake, 1)] {
        assert_eq!(soon(snapshots.newest(service, partition)).await, Ok(None));
        let part = soon(snapshots.part(service, partition, &made.id, 0)).await;
        assert_eq!(part, Ok(None));
        let later = snapshot_id(99, 7);
        let forgotten = soon(snapshots.forget_before(service, partition, &later)).await;
        assert_eq!(forgotten, Ok(()));
    }
    assert!(part(&snapshots, &made.id, 0).await.is_some());
}
