//! Rows, the overlay over a store.

use std::{collections::BTreeMap, ops::ControlFlow};

use bytes::Bytes;
use proptest::{collection::vec, prelude::*};
use redress_store::{
    KeyRange, MemoryStore, Order, Rows, Store, StoreError, Thresholds, contract::mark, state_hash,
};

fn rows_over(store: &MemoryStore) -> Rows {
    Rows::open(store.partition(0).unwrap()).unwrap()
}

fn keys(found: &[(Bytes, Bytes)]) -> Vec<&[u8]> {
    found.iter().map(|(key, _)| &**key).collect()
}

/// Three layers under one key each: in the store, being flushed, recent.
fn three_layers(store: &MemoryStore) -> Rows {
    let mut rows = rows_over(store);
    for key in ["a", "b", "c", "d", "e"] {
        rows.put(key, "stored");
    }
    rows.commit(mark(1)).unwrap();
    let stored = rows.take_flush().unwrap().run();
    rows.flushed(stored).unwrap();
    rows.put("b", "flushing");
    rows.delete("c");
    rows.delete("d");
    rows.commit(mark(2)).unwrap();
    let _running = rows.take_flush().unwrap();
    rows.delete("b");
    rows.put("c", "recent");
    rows.put("f", "recent");
    rows
}

#[test]
fn what_the_last_commit_left_is_told_beside_the_round_in_hand() {
    let mut rows = three_layers(&MemoryStore::new());
    rows.commit(mark(3)).unwrap();
    let keys = ["a", "b", "c", "d", "e", "f", "g"];
    let committed = |rows: &Rows| keys.map(|key| rows.committed(key.as_bytes()));
    let before = keys.map(|key| rows.get(key.as_bytes()));
    assert_eq!(committed(&rows), before);
    for key in keys {
        rows.put(key, "now");
        rows.delete(key);
        rows.put(key, "later");
    }
    assert_eq!(committed(&rows), before);
    assert!(
        keys.iter()
            .all(|key| rows.get(key.as_bytes()) != rows.committed(key.as_bytes()))
    );
    rows.commit(mark(4)).unwrap();
    assert_eq!(committed(&rows), keys.map(|_| Some(Bytes::from("later"))));
}

#[test]
fn the_newest_layer_counts() {
    let rows = three_layers(&MemoryStore::new());
    let found = ["a", "b", "c", "d", "e", "f", "g"].map(|key| rows.get(key.as_bytes()));
    let value = |value: &'static str| Some(Bytes::from(value));
    let stored = value("stored");
    let recent = value("recent");
    assert_eq!(
        found,
        [
            stored.clone(),
            None,
            recent.clone(),
            None,
            stored,
            recent,
            None
        ]
    );
}

#[test]
fn a_scan_reads_all_layers_as_one() {
    let rows = three_layers(&MemoryStore::new());
    assert_eq!(keys(&rows.scan(b"", None, 10)), [b"a", b"c", b"e", b"f"]);
    assert_eq!(
        keys(&rows.scan_rev(b"", None, 10)),
        [b"f", b"e", b"c", b"a"]
    );
    assert_eq!(keys(&rows.scan(b"", Some(b"a"), 2)), [b"c", b"e"]);
    assert_eq!(keys(&rows.scan_rev(b"", Some(b"e"), 1)), [b"c"]);
    assert!(rows.scan(b"", None, 0).is_empty());
}

#[test]
fn a_rollback_brings_back_what_the_round_replaced() {
    let store = MemoryStore::new();
    let mut rows = three_layers(&store);
    rows.commit(mark(3)).unwrap();
    let before = (
        state_hash(&rows).unwrap(),
        rows.unflushed_rows(),
        rows.unflushed_bytes(),
    );
    rows.put("a", "new");
    rows.put("a", "newer");
    rows.delete("f");
    rows.delete("c");
    rows.put("c", "again");
    assert_ne!(state_hash(&rows).unwrap(), before.0);
    rows.rollback();
    let after = (
        state_hash(&rows).unwrap(),
        rows.unflushed_rows(),
        rows.unflushed_bytes(),
    );
    assert_eq!(after, before);
    assert_eq!(rows.mark(), Some(&mark(3)));
}

#[test]
fn an_open_round_is_not_flushed() {
    let store = MemoryStore::new();
    let mut rows = rows_over(&store);
    rows.put("a", "1");
    assert!(rows.take_flush().is_none());
    rows.commit(mark(1)).unwrap();
    rows.put("a", "2");
    assert!(rows.take_flush().is_none());
    rows.rollback();
    rows.take_flush().unwrap().run().rows();
    assert_eq!(rows_over(&store).get(b"a").as_deref(), Some(&b"1"[..]));
}

#[test]
fn rows_and_mark_come_back_from_the_store() {
    let store = MemoryStore::new();
    let mut rows = rows_over(&store);
    rows.put("a", "1");
    rows.commit(mark(1)).unwrap();
    let flushed = rows.take_flush().unwrap().run();
    rows.flushed(flushed).unwrap();
    rows.put("a", "2");
    rows.commit(mark(2)).unwrap();
    let reopened = rows_over(&store);
    assert_eq!(reopened.get(b"a").as_deref(), Some(&b"1"[..]));
    assert_eq!(reopened.mark(), Some(&mark(1)));
}

#[test]
fn a_failed_flush_keeps_its_rows_and_is_tried_again_first() {
    let store = MemoryStore::new();
    let mut rows = rows_over(&store);
    rows.put("a", "1");
    rows.commit(mark(1)).unwrap();
    let full = StoreError::unavailable("no space left");
    store.fail_next_apply(full.clone());
    let failed = rows.take_flush().unwrap().run();
    assert_eq!(rows.flushed(failed), Err(full));
    rows.put("a", "2");
    rows.commit(mark(2)).unwrap();
    assert_eq!(rows.get(b"a").as_deref(), Some(&b"2"[..]));
    assert!(rows.flush_due(&Thresholds {
        rows: 9,
        bytes: 9_999,
        commits: 9
    }));
    for (seq, value) in [(1, "1"), (2, "2")] {
        let flushed = rows.take_flush().unwrap().run();
        rows.flushed(flushed).unwrap();
        assert_eq!(rows_over(&store).mark(), Some(&mark(seq)));
        assert_eq!(
            rows_over(&store).get(b"a").as_deref(),
            Some(value.as_bytes())
        );
    }
    assert!(!rows.is_dirty());
    assert!(rows.take_flush().is_none());
}

#[test]
fn one_flush_runs_at_a_time() {
    let mut rows = rows_over(&MemoryStore::new());
    rows.put("a", "1");
    rows.commit(mark(1)).unwrap();
    let job = rows.take_flush().unwrap();
    rows.put("b", "1");
    rows.commit(mark(2)).unwrap();
    assert!(rows.is_flushing() && rows.take_flush().is_none());
    rows.flushed(job.run()).unwrap();
    assert!(rows.take_flush().is_some());
}

#[test]
fn a_flush_is_due_by_rows_bytes_or_commits() {
    let due = |thresholds| {
        let mut rows = Rows::in_memory();
        rows.put("a", vec![0; 1_000]);
        rows.commit(mark(1)).unwrap();
        rows.flush_due(&thresholds)
    };
    let never = Thresholds {
        rows: 2,
        bytes: 2_000,
        commits: 2,
    };
    assert!(!due(never));
    assert!(due(Thresholds { rows: 1, ..never }));
    assert!(due(Thresholds {
        bytes: 1_000,
        ..never
    }));
    assert!(due(Thresholds {
        commits: 1,
        ..never
    }));
}

#[test]
fn a_round_over_rows_that_could_not_be_read_does_not_commit() {
    let store = MemoryStore::new();
    let mut rows = rows_over(&store);
    let torn = StoreError::damaged("a page is torn");
    store.fail_reads(Some(torn.clone()));
    assert_eq!(rows.get(b"a"), None);
    store.fail_reads(None);
    rows.put("a", "decided on nothing");
    assert_eq!(rows.commit(mark(1)), Err(torn.clone()));
    assert_eq!(rows.failure(), Some(&torn));
    assert_eq!(state_hash(&rows), Err(torn));
}

#[test]
fn the_state_hash_depends_on_rows_and_not_on_layers_or_marks() {
    let layered = three_layers(&MemoryStore::new());
    let mut flat = Rows::in_memory();
    for (key, value) in layered.scan(b"", None, 10) {
        flat.put(key, value);
    }
    flat.commit(mark(77)).unwrap();
    assert_eq!(state_hash(&flat), state_hash(&layered));
    flat.put("a", "other");
    assert_ne!(state_hash(&flat), state_hash(&layered));
}

#[test]
fn the_state_hash_tells_key_from_value() {
    let hash = |rows: &[(&'static str, &'static str)]| {
        let mut hashed = Rows::in_memory();
        for (key, value) in rows {
            hashed.put(key, *value);
        }
        state_hash(&hashed).unwrap()
    };
    assert_ne!(hash(&[("ab", "c")]), hash(&[("a", "bc")]));
    assert_ne!(hash(&[("a", "b"), ("c", "")]), hash(&[("a", "bc")]));
}

/// One step of a random history.
#[derive(Debug, Clone)]
enum Step {
    Put(Vec<u8>, Vec<u8>),
    Delete(Vec<u8>),
    Commit,
    Rollback,
    TakeFlush,
    Flushed { fails: bool },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || vec(prop_oneof![Just(0_u8), Just(1), Just(0xff)], 1..4);
    let step = prop_oneof![
        6 => (key(), vec(any::<u8>(), 0..3)).prop_map(|(key, value)| Step::Put(key, value)),
        3 => key().prop_map(Step::Delete),
        2 => Just(Step::Commit),
        1 => Just(Step::Rollback),
        1 => Just(Step::TakeFlush),
        1 => any::<bool>().prop_map(|fails| Step::Flushed { fails }),
    ];
    vec(step, 0..80)
}

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

fn visited(rows: &Rows, range: &KeyRange, order: Order) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    rows.visit(range, order, &mut |key, value| {
        found.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    });
    found
}

fn expect_same(rows: &Rows, model: &Model) {
    for prefix in [&[][..], &[0], &[0xff], &[1, 0xff], &[0xff, 0xff, 0xff]] {
        let range = KeyRange::prefix(prefix);
        let inside = model.iter().filter(|(key, _)| key.starts_with(prefix));
        let mut inside: Vec<_> = inside
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        assert_eq!(visited(rows, &range, Order::Ascending), inside);
        inside.reverse();
        assert_eq!(visited(rows, &range, Order::Descending), inside);
    }
    for (key, value) in model {
        assert_eq!(rows.get(key).as_deref(), Some(&value[..]));
    }
}

proptest! {
    #[test]
    fn rows_behave_as_an_ordered_map_with_commit_and_rollback(steps in steps()) {
        let store = MemoryStore::new();
        let mut rows = rows_over(&store);
        let (mut now, mut committed, mut seq) = (Model::new(), Model::new(), 0);
        let mut job = None;
        for step in steps {
            match step {
                Step::Put(key, value) => {
                    rows.put(&key, value.clone());
                    now.insert(key, value);
                }
                Step::Delete(key) => {
                    rows.delete(&key);
                    now.remove(&key);
                }
                Step::Commit => {
                    seq += 1;
                    rows.commit(mark(seq)).unwrap();
                    committed = now.clone();
                }
                Step::Rollback => {
                    rows.rollback();
                    now = committed.clone();
                }
                Step::TakeFlush => job = rows.take_flush().or(job),
                Step::Flushed { fails } => if let Some(job) = job.take() {
                    if fails {
                        store.fail_next_apply(StoreError::unavailable("full"));
                    }
                    let flushed = job.run();
                    prop_assert_eq!(rows.flushed(flushed).is_err(), fails);
                }
            }
            expect_same(&rows, &now);
        }
    }
}
