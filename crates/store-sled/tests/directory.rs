//! Whose directory it is, and whether it can be one.

use std::{fs, time::Duration};

use redress_store::{Batch, Store, contract::mark};
use redress_store_sled::{OpenError, Options, SledStore};
use tempfile::tempdir;

fn impatient() -> Options {
    Options {
        lock_wait: Duration::ZERO,
        ..Options::default()
    }
}

#[test]
fn a_directory_in_use_is_refused_and_left_alone() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("rows");
    let first = SledStore::open(&path, &Options::default()).unwrap().store;
    let mut batch = Batch::new();
    batch.put(b"a", "1");
    first.partition(0).unwrap().apply(&batch, &mark(1)).unwrap();

    let refused = SledStore::open(&path, &impatient()).unwrap_err();
    assert!(
        matches!(&refused, OpenError::InUse { path: told } if *told == path),
        "{refused}"
    );
    let words = format!(
        "{} is in use by another process; each process needs a data directory of its own",
        path.display()
    );
    assert_eq!(refused.to_string(), words);

    assert_eq!(
        first.partition(0).unwrap().get(b"a").unwrap().as_deref(),
        Some(&b"1"[..])
    );
    assert_eq!(
        fs::read_dir(directory.path()).unwrap().count(),
        1,
        "nothing was set aside"
    );
}

#[test]
fn a_closed_store_can_be_opened_again_at_once() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("rows");
    for _ in 0..5 {
        let opened = SledStore::open(&path, &Options::default()).unwrap();
        assert_eq!(opened.damage, None);
        let _partition = opened.store.partition(0).unwrap();
    }
}

#[test]
fn a_path_that_cannot_be_a_directory_is_refused_and_left_alone() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a file");
    fs::write(&path, "precious").unwrap();
    let refused = SledStore::open(&path, &impatient()).unwrap_err();
    assert!(matches!(refused, OpenError::Unusable { .. }), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn a_store_of_other_settings_is_set_aside() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("rows");
    drop(SledStore::open(&path, &Options::default()).unwrap());
    let other = Options {
        segment_bytes: 64 << 10,
        ..Options::default()
    };
    let opened = SledStore::open(&path, &other).unwrap();
    assert!(
        opened
            .damage
            .unwrap()
            .to_string()
            .contains("io buffer size")
    );
    assert!(opened.set_aside.is_some());
}

#[test]
fn a_wrong_option_is_refused_and_the_store_left_alone() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("rows");
    drop(SledStore::open(&path, &Options::default()).unwrap());
    let wrong = [
        Options {
            cache_bytes: 0,
            ..Options::default()
        },
        Options {
            segment_bytes: 1_000,
            ..Options::default()
        },
        Options {
            flush_every: Duration::ZERO,
            ..Options::default()
        },
    ];
    for options in wrong {
        let refused = SledStore::open(&path, &options).unwrap_err();
        assert!(matches!(refused, OpenError::Option(_)), "{refused}");
    }
    let opened = SledStore::open(&path, &Options::default()).unwrap();
    assert_eq!((opened.damage, opened.set_aside), (None, None));
}
