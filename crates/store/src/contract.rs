//! The suite that every store passes: the twin in this crate and each adapter.
//!
//! An adapter implements [`Fixture`] and writes `redress_store::store_contract!(MyFixture::new())`
//! in a test file; every behaviour below becomes one test.

use std::{ops::ControlFlow, sync::Arc};

use bytes::Bytes;

use crate::{Batch, KeyRange, Mark, Order, PartitionStore, Store};

/// A store under test.
pub trait Fixture {
    /// The store, as it is open now.
    fn store(&self) -> &dyn Store;

    /// Closes the store gracefully and opens it again.
    fn reopen(&mut self);
}

/// Writes one test per behaviour; the expression makes a fresh [`Fixture`].
#[macro_export]
macro_rules! store_contract {
    ($fixture:expr) => {
        $crate::store_contract!(@tests $fixture;
            a_row_that_was_put_is_found_and_a_deleted_one_is_not,
            a_put_replaces_the_value,
            a_scan_gives_rows_in_the_order_of_their_keys,
            a_scan_stops_when_told,
            a_prefix_holds_its_keys_and_no_others,
            a_prefix_that_ends_in_ff_has_an_end,
            an_empty_range_gives_nothing,
            rows_and_mark_move_together,
            a_batch_without_rows_moves_the_mark,
            the_mark_is_not_a_row,
            rows_and_mark_are_there_after_a_reopen,
            two_partitions_do_not_see_each_other,
            two_handles_of_a_partition_see_the_same_rows,
            a_discarded_partition_is_empty_and_can_be_used_again,
            a_discard_stays_after_a_reopen,
            a_discard_leaves_the_other_partitions_alone,
            large_and_empty_values_come_back_whole,
            long_keys_come_back_whole,
            a_large_batch_comes_back_whole,
            a_visitor_may_read_the_store,
        );
    };
    (@tests $fixture:expr; $($behaviour:ident,)*) => {
        $(
            #[test]
            fn $behaviour() {
                $crate::contract::$behaviour(&mut $fixture);
            }
        )*
    };
}

/// A mark that differs from those of other sequences in every field.
pub fn mark(seq: u64) -> Mark {
    let byte = seq.to_le_bytes()[0];
    Mark {
        own_seq: seq,
        own_hash: [byte; 32],
        consumed: seq + 1,
        schema: 7,
        log: [byte; 16],
    }
}

type Handle = Arc<dyn PartitionStore>;

fn open(fixture: &dyn Fixture, partition: u32) -> Handle {
    fixture
        .store()
        .partition(partition)
        .expect("the partition opens")
}

fn put(store: &Handle, seq: u64, rows: &[(&[u8], &[u8])]) {
    let mut batch = Batch::new();
    for (key, value) in rows {
        batch.put(key, Bytes::copy_from_slice(value));
    }
    store
        .apply(&batch, &mark(seq))
        .expect("the batch is applied");
}

fn get(store: &Handle, key: &[u8]) -> Option<Vec<u8>> {
    store
        .get(key)
        .expect("the row is read")
        .map(|value| value.to_vec())
}

fn keys(store: &Handle, range: &KeyRange, order: Order) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    let visit = &mut |key: &[u8], _: &[u8]| {
        keys.push(key.to_vec());
        ControlFlow::Continue(())
    };
    store
        .scan(range, order, visit)
        .expect("the range is scanned");
    keys
}

fn marked(store: &Handle) -> Option<Mark> {
    store.mark().expect("the mark is read")
}

/// A row that was put is found; one that was deleted, or never put, is not.
pub fn a_row_that_was_put_is_found_and_a_deleted_one_is_not(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    assert_eq!(get(&store, b"a"), None);
    put(&store, 1, &[(b"a", b"1"), (b"b", b"2")]);
    let mut batch = Batch::new();
    batch.delete(b"a");
    batch.delete(b"never put");
    store.apply(&batch, &mark(2)).expect("the batch is applied");
    assert_eq!(get(&store, b"a"), None);
    assert_eq!(get(&store, b"b").as_deref(), Some(&b"2"[..]));
}

/// The last put counts.
pub fn a_put_replaces_the_value(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    put(&store, 1, &[(b"a", b"1")]);
    put(&store, 2, &[(b"a", b"longer than before")]);
    assert_eq!(
        get(&store, b"a").as_deref(),
        Some(&b"longer than before"[..])
    );
}

/// Keys come as bytes sort, in either direction.
pub fn a_scan_gives_rows_in_the_order_of_their_keys(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    let sorted: [&[u8]; 6] = [b"\0", b"\0\0", b"a", b"a\0", b"b", b"\xff\xff"];
    for (seq, at) in [4_usize, 1, 5, 0, 3, 2].into_iter().enumerate() {
        put(&store, seq as u64, &[(sorted[at], b"")]);
    }
    assert_eq!(keys(&store, &KeyRange::all(), Order::Ascending), sorted);
    let reversed: Vec<_> = sorted.into_iter().rev().collect();
    assert_eq!(keys(&store, &KeyRange::all(), Order::Descending), reversed);
    let middle = KeyRange::between(b"\0\0", b"b");
    assert_eq!(keys(&store, &middle, Order::Ascending), sorted[1..4]);
    assert_eq!(
        keys(&store, &middle, Order::Descending),
        [sorted[3], sorted[2], sorted[1]]
    );
}

/// Nothing is visited behind a break.
pub fn a_scan_stops_when_told(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    put(&store, 1, &[(b"a", b""), (b"b", b""), (b"c", b"")]);
    for order in [Order::Ascending, Order::Descending] {
        let mut seen = 0;
        let visit = &mut |_: &[u8], _: &[u8]| {
            seen += 1;
            if seen == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        store
            .scan(&KeyRange::all(), order, visit)
            .expect("the range is scanned");
        assert_eq!(seen, 2);
    }
}

/// A prefix takes the key that equals it and every longer one.
pub fn a_prefix_holds_its_keys_and_no_others(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    let rows: [(&[u8], &[u8]); 5] = [
        (b"c", b""),
        (b"ca", b""),
        (b"ca\0", b""),
        (b"ca\xff\xff", b""),
        (b"cb", b""),
    ];
    put(&store, 1, &rows);
    let inside: [&[u8]; 3] = [b"ca", b"ca\0", b"ca\xff\xff"];
    assert_eq!(
        keys(&store, &KeyRange::prefix(b"ca"), Order::Ascending),
        inside
    );
    let behind = KeyRange::prefix(b"ca").after(b"ca", Order::Ascending);
    assert_eq!(keys(&store, &behind, Order::Ascending), inside[1..]);
    let before = KeyRange::prefix(b"ca").after(b"ca\xff\xff", Order::Descending);
    assert_eq!(
        keys(&store, &before, Order::Descending),
        [inside[1], inside[0]]
    );
}

/// The byte 0xff cannot be counted up; the one before it is.
pub fn a_prefix_that_ends_in_ff_has_an_end(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    let rows: [(&[u8], &[u8]); 5] = [
        (b"a\xfe", b""),
        (b"a\xff", b""),
        (b"a\xff\x01", b""),
        (b"b", b""),
        (b"\xff\xff", b""),
    ];
    put(&store, 1, &rows);
    let inside: [&[u8]; 2] = [b"a\xff", b"a\xff\x01"];
    assert_eq!(
        keys(&store, &KeyRange::prefix(b"a\xff"), Order::Ascending),
        inside
    );
    let last: [&[u8]; 1] = [b"\xff\xff"];
    assert_eq!(
        keys(&store, &KeyRange::prefix(b"\xff"), Order::Ascending),
        last
    );
    assert_eq!(
        keys(&store, &KeyRange::prefix(b"\xff\xff"), Order::Descending),
        last
    );
}

/// A range that ends before it starts is no error.
pub fn an_empty_range_gives_nothing(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    put(&store, 1, &[(b"a", b""), (b"b", b""), (b"c", b"")]);
    for range in [KeyRange::between(b"b", b"b"), KeyRange::between(b"c", b"a")] {
        assert!(keys(&store, &range, Order::Ascending).is_empty());
        assert!(keys(&store, &range, Order::Descending).is_empty());
    }
}

/// One apply brings both.
pub fn rows_and_mark_move_together(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    assert_eq!(marked(&store), None);
    for seq in 1..=3 {
        put(&store, seq, &[(b"seq", &seq.to_be_bytes())]);
        assert_eq!(marked(&store), Some(mark(seq)));
        assert_eq!(get(&store, b"seq").as_deref(), Some(&seq.to_be_bytes()[..]));
    }
}

/// Rounds that change no rows still move on.
pub fn a_batch_without_rows_moves_the_mark(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    put(&store, 9, &[]);
    assert_eq!(marked(&store), Some(mark(9)));
}

/// Wherever the adapter keeps the mark, a scan over everything does not meet it.
pub fn the_mark_is_not_a_row(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    put(&store, 1, &[(b"\0", b"first"), (b"\xff\xff\xff", b"last")]);
    let rows: [&[u8]; 2] = [b"\0", b"\xff\xff\xff"];
    assert_eq!(keys(&store, &KeyRange::all(), Order::Ascending), rows);
    assert_eq!(
        keys(&store, &KeyRange::all(), Order::Descending),
        [rows[1], rows[0]]
    );
    assert_eq!(
        keys(&store, &KeyRange::between(b"", b"\x01"), Order::Ascending),
        rows[..1]
    );
}

/// A graceful close loses nothing.
pub fn rows_and_mark_are_there_after_a_reopen(fixture: &mut dyn Fixture) {
    let store = open(fixture, 3);
    put(&store, 1, &[(b"a", b"1"), (b"b", b"2")]);
    drop(store);
    fixture.reopen();
    let store = open(fixture, 3);
    assert_eq!(marked(&store), Some(mark(1)));
    assert_eq!(get(&store, b"a").as_deref(), Some(&b"1"[..]));
    assert_eq!(
        keys(&store, &KeyRange::all(), Order::Ascending),
        [b"a", b"b"]
    );
}

/// Partitions share a store, not rows.
pub fn two_partitions_do_not_see_each_other(fixture: &mut dyn Fixture) {
    let (one, two) = (open(fixture, 1), open(fixture, 2));
    put(&one, 1, &[(b"a", b"one"), (b"b", b"one")]);
    put(&two, 2, &[(b"a", b"two")]);
    assert_eq!(get(&one, b"a").as_deref(), Some(&b"one"[..]));
    assert_eq!(get(&two, b"b"), None);
    assert_eq!(keys(&two, &KeyRange::all(), Order::Ascending), [b"a"]);
    assert_eq!((marked(&one), marked(&two)), (Some(mark(1)), Some(mark(2))));
}

/// A handle is a view, not a copy.
pub fn two_handles_of_a_partition_see_the_same_rows(fixture: &mut dyn Fixture) {
    let (one, two) = (open(fixture, 1), open(fixture, 1));
    put(&one, 1, &[(b"a", b"1")]);
    assert_eq!(get(&two, b"a").as_deref(), Some(&b"1"[..]));
    assert_eq!(marked(&two), Some(mark(1)));
}

/// After a discard there are no rows and no mark, and the partition works.
pub fn a_discarded_partition_is_empty_and_can_be_used_again(fixture: &mut dyn Fixture) {
    put(&open(fixture, 1), 5, &[(b"a", b"1"), (b"b", b"2")]);
    fixture
        .store()
        .discard(1)
        .expect("the partition is discarded");
    let store = open(fixture, 1);
    assert_eq!(marked(&store), None);
    assert!(keys(&store, &KeyRange::all(), Order::Ascending).is_empty());
    put(&store, 6, &[(b"b", b"again")]);
    assert_eq!(keys(&store, &KeyRange::all(), Order::Ascending), [b"b"]);
    assert_eq!(marked(&store), Some(mark(6)));
}

/// What was discarded does not come back.
pub fn a_discard_stays_after_a_reopen(fixture: &mut dyn Fixture) {
    put(&open(fixture, 1), 5, &[(b"a", b"1")]);
    fixture
        .store()
        .discard(1)
        .expect("the partition is discarded");
    fixture.reopen();
    let store = open(fixture, 1);
    assert_eq!((marked(&store), get(&store, b"a")), (None, None));
}

/// Discarding a partition that was never opened is no error, and neighbours keep their rows.
pub fn a_discard_leaves_the_other_partitions_alone(fixture: &mut dyn Fixture) {
    let one = open(fixture, 1);
    put(&one, 5, &[(b"a", b"1")]);
    put(&open(fixture, 2), 6, &[(b"a", b"2")]);
    fixture
        .store()
        .discard(2)
        .expect("the partition is discarded");
    fixture
        .store()
        .discard(77)
        .expect("an unknown partition is discarded");
    assert_eq!(get(&one, b"a").as_deref(), Some(&b"1"[..]));
    assert_eq!(marked(&one), Some(mark(5)));
}

/// Values of no bytes and of a megabyte, also after a reopen.
pub fn large_and_empty_values_come_back_whole(fixture: &mut dyn Fixture) {
    let large: Vec<u8> = (0..1_000_000_u32)
        .map(|at| at.to_le_bytes()[at as usize % 3])
        .collect();
    put(&open(fixture, 0), 1, &[(b"empty", b""), (b"large", &large)]);
    fixture.reopen();
    let store = open(fixture, 0);
    assert_eq!(get(&store, b"empty").as_deref(), Some(&b""[..]));
    assert!(
        get(&store, b"large").as_deref() == Some(&large[..]),
        "the large value is whole"
    );
}

/// Keys far beyond the usual, sharing a long prefix.
pub fn long_keys_come_back_whole(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    let long = |last: u8| [vec![b'k'; 600], vec![last]].concat();
    put(&store, 1, &[(&long(2), b"2"), (&long(1), b"1")]);
    assert_eq!(get(&store, &long(2)).as_deref(), Some(&b"2"[..]));
    let range = KeyRange::prefix(&[b'k'; 600]);
    assert_eq!(keys(&store, &range, Order::Ascending), [long(1), long(2)]);
}

/// More rows than fit one node of any tree, also after a reopen.
pub fn a_large_batch_comes_back_whole(fixture: &mut dyn Fixture) {
    let mut batch = Batch::new();
    for at in 0..5_000_u32 {
        batch.put(&at.to_be_bytes(), at.to_string());
    }
    open(fixture, 0)
        .apply(&batch, &mark(1))
        .expect("the batch is applied");
    fixture.reopen();
    let store = open(fixture, 0);
    let mut next = 0_u32;
    let visit = &mut |key: &[u8], value: &[u8]| {
        assert_eq!(
            (key, value),
            (&next.to_be_bytes()[..], next.to_string().as_bytes())
        );
        next += 1;
        ControlFlow::Continue(())
    };
    store
        .scan(&KeyRange::all(), Order::Ascending, visit)
        .expect("the range is scanned");
    assert_eq!(next, 5_000);
}

/// A visitor that reads does not wait for its own scan.
pub fn a_visitor_may_read_the_store(fixture: &mut dyn Fixture) {
    let store = open(fixture, 0);
    put(&store, 1, &[(b"a", b"b"), (b"b", b"a")]);
    let mut found = Vec::new();
    let visit = &mut |_: &[u8], value: &[u8]| {
        found.push(get(&store, value));
        ControlFlow::Continue(())
    };
    store
        .scan(&KeyRange::all(), Order::Ascending, visit)
        .expect("the range is scanned");
    assert_eq!(found, [Some(b"a".to_vec()), Some(b"b".to_vec())]);
}
