//! Rows under names, in the order in which they came.

use proptest::{collection::vec, prelude::*};
use redress_store::{Batch, MemoryStore, Name, Rows, Store, contract::mark, state_hash};

fn rows_over(store: &MemoryStore) -> Rows {
    Rows::open(store.partition(0).unwrap()).unwrap()
}

fn name(n: u8) -> Name {
    *blake3::hash(&[n]).as_bytes().first_chunk().unwrap()
}

fn store_all(rows: &mut Rows) {
    let flushed = rows.take_flush().map(redress_store::FlushJob::run);
    flushed.map_or(Ok(()), |it| rows.flushed(it)).unwrap();
}

/// Names with their values, in the order of their seats.
type Model = Vec<(Name, Vec<u8>)>;

fn put(model: &mut Model, name: Name, value: Vec<u8>) {
    match model.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => *known = value,
        None => model.push((name, value)),
    }
}

fn expect_same(rows: &Rows, now: &Model, committed: &Model) {
    let mut all = Model::new();
    rows.each_named(|name, value| all.push((*name, value.to_vec())));
    assert_eq!(all, *now);
    for (seat, (name, value)) in now.iter().enumerate() {
        assert_eq!(rows.seat(name), Some(seat as u32));
        assert_eq!(rows.name_at(seat as u32), Some(name));
        assert_eq!(rows.named(name).as_deref(), Some(&value[..]));
        let before = committed.iter().find(|(known, _)| known == name);
        let before = before.map(|(_, value)| &value[..]);
        assert_eq!(rows.named_committed(name).as_deref(), before);
    }
    assert_eq!(rows.name_at(now.len() as u32), None);
}

#[derive(Debug, Clone)]
enum Step {
    Put(u8, Vec<u8>),
    Commit,
    Rollback,
    Store,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..20_u8, vec(any::<u8>(), 0..3)).prop_map(|(n, value)| Step::Put(n, value)),
        2 => Just(Step::Commit),
        1 => Just(Step::Rollback),
        1 => Just(Step::Store),
        1 => Just(Step::Reopen),
    ];
    vec(step, 0..60)
}

proptest! {
    #[test]
    fn a_name_keeps_its_seat_through_commits_rollbacks_and_openings(steps in steps()) {
        let store = MemoryStore::new();
        let mut rows = rows_over(&store);
        let (mut now, mut committed, mut stored) = (Model::new(), Model::new(), Model::new());
        for (at, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put(n, value) => {
                    rows.put_named(&name(n), value.clone());
                    put(&mut now, name(n), value);
                }
                Step::Commit => {
                    rows.commit(mark(at as u64)).unwrap();
                    committed.clone_from(&now);
                }
                Step::Rollback => {
                    rows.rollback();
                    now.clone_from(&committed);
                }
                Step::Store => {
                    rows.commit(mark(at as u64)).unwrap();
                    committed.clone_from(&now);
                    store_all(&mut rows);
                    stored.clone_from(&now);
                }
                Step::Reopen => {
                    rows = rows_over(&store);
                    now.clone_from(&stored);
                    committed.clone_from(&stored);
                }
            }
            expect_same(&rows, &now, &committed);
        }
    }
}

#[test]
fn a_seat_that_is_given_ahead_is_where_the_row_comes_to() {
    let mut rows = Rows::in_memory();
    assert_eq!(rows.give_seat(&name(1)), 0);
    assert_eq!(rows.named(&name(1)), None);
    rows.put_named(&name(2), "second");
    rows.put_named(&name(1), "first");
    assert_eq!(rows.give_seat(&name(2)), 1);
    let mut all = Vec::new();
    rows.each_named(|_, value| all.push(value.to_vec()));
    assert_eq!(all, [&b"first"[..], b"second"]);
}

#[test]
fn the_order_in_which_names_came_is_part_of_the_state() {
    let hash = |names: [u8; 2]| {
        let mut rows = Rows::in_memory();
        for n in names {
            rows.put_named(&name(n), "same");
        }
        state_hash(&rows).unwrap()
    };
    assert_eq!(hash([1, 2]), hash([1, 2]));
    assert_ne!(hash([1, 2]), hash([2, 1]));
}

#[test]
fn a_missing_row_among_the_named_is_damage() {
    let store = MemoryStore::new();
    let mut rows = rows_over(&store);
    (0..3).for_each(|n| rows.put_named(&name(n), "row"));
    rows.commit(mark(1)).unwrap();
    store_all(&mut rows);
    let mut middle = Vec::new();
    let all = redress_store::KeyRange::all();
    rows.visit(&all, redress_store::Order::Ascending, &mut |key, _| {
        if key.ends_with(&name(1)) {
            middle = key.to_vec();
        }
        std::ops::ControlFlow::Continue(())
    });
    let mut batch = Batch::new();
    batch.delete(&middle);
    let partition = store.partition(0).unwrap();
    partition.apply(&batch, &mark(2)).unwrap();
    let refused = Rows::open(partition).err().expect("refused");
    assert!(refused.is_damage(), "{refused}");
}
