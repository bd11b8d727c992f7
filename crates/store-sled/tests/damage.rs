//! What a damaged, deleted or occupied directory does.

use std::{
    collections::BTreeMap,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use redress_store::{
    Batch, KeyRange, Mark, Order, PartitionStore, Store, StoreError, contract::mark,
};
use redress_store_sled::{Opened, Options, SledStore};
use tempfile::tempdir;

const PARTITIONS: u32 = 3;
const BATCHES: u64 = 30;
const ROWS_PER_BATCH: u64 = 60;

/// Small segments, so that a small store has many of them.
fn options() -> Options {
    Options {
        segment_bytes: 16 << 10,
        ..Options::default()
    }
}

fn open(path: &Path) -> Opened {
    SledStore::open(path, &options()).expect("a fresh or a sound store opens")
}

/// Numbers that look random and are the same in every run (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

/// The batches of one partition, replacing and deleting some of what was before.
fn batches(partition: u32) -> Vec<Batch> {
    let mut numbers = Numbers(partition.into());
    let batch = |seq: u64| {
        let mut batch = Batch::new();
        for _ in 0..ROWS_PER_BATCH {
            let key = numbers.below(700).to_be_bytes();
            match numbers.below(5) {
                0 => batch.delete(&key),
                _ => batch.put(&key, format!("{partition}/{seq}/").repeat(20)),
            }
        }
        batch
    };
    (1..=BATCHES).map(batch).collect()
}

/// What the rows must be at a mark.
fn model(partition: u32, mark: Option<Mark>) -> Model {
    let mut model = Model::new();
    let count = mark.map_or(0, |mark| mark.own_seq);
    for batch in batches(partition).iter().take(count as usize) {
        for (key, change) in batch.iter() {
            match change {
                Some(value) => drop(model.insert(key.to_vec(), value.to_vec())),
                None => drop(model.remove(key)),
            }
        }
    }
    model
}

fn rows(store: &dyn PartitionStore) -> Result<Model, StoreError> {
    let mut rows = Model::new();
    store.scan(&KeyRange::all(), Order::Ascending, &mut |key, value| {
        rows.insert(key.to_vec(), value.to_vec());
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

/// A sound store's directory, made once and copied for each damage.
fn sound_store(path: &Path) {
    let store = open(path).store;
    let partitions: Vec<_> = (0..PARTITIONS)
        .map(|p| store.partition(p).unwrap())
        .collect();
    let batches: Vec<_> = (0..PARTITIONS).map(batches).collect();
    for seq in 0..BATCHES {
        for (partition, batches) in partitions.iter().zip(&batches) {
            partition
                .apply(&batches[seq as usize], &mark(seq + 1))
                .unwrap();
        }
        store.flush().unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// Opens a damaged copy. Whatever is read must be what the mark says, or be told as damage;
/// and after a discard the partition takes rows again. Gives how many partitions were sound.
fn expect_truth_or_damage(path: &Path, what: &str) -> usize {
    let store = open(path).store;
    let mut sound = 0;
    for p in 0..PARTITIONS {
        let found = store
            .partition(p)
            .and_then(|partition| Ok((partition.mark()?, rows(&*partition)?)));
        match found {
            Ok((mark, rows)) => {
                assert!(
                    rows == model(p, mark),
                    "{what}: rows are not those of the mark {mark:?}"
                );
                sound += usize::from(mark.is_some());
            }
            Err(error) => assert!(error.is_damage(), "{what}: {error}"),
        }
        store.discard(p).unwrap();
        let partition = store.partition(p).unwrap();
        assert_eq!(rows(&*partition), Ok(Model::new()), "{what}");
        let batch = &batches(p)[0];
        partition.apply(batch, &mark(1)).unwrap();
        assert_eq!(rows(&*partition), Ok(model(p, Some(mark(1)))), "{what}");
    }
    sound
}

/// Damages copies of a sound store and checks each.
fn damage(times: u64, seed: u64, hurt: impl Fn(&Path, &mut Numbers) -> String) -> usize {
    let directory = tempdir().unwrap();
    let sound = directory.path().join("sound");
    sound_store(&sound);
    let mut numbers = Numbers(seed);
    let mut partitions_sound = 0;
    for time in 0..times {
        let path = directory.path().join(format!("copy-{time}"));
        copy(&sound, &path);
        let what = hurt(&path, &mut numbers);
        eprintln!("--- {time}: {what}");
        partitions_sound += expect_truth_or_damage(&path, &what);
        fs::remove_dir_all(&path).unwrap();
    }
    partitions_sound
}

fn any_file(path: &Path, numbers: &mut Numbers) -> PathBuf {
    let files = files(path);
    files[numbers.below(files.len() as u64) as usize].clone()
}

#[test]
fn flipped_bytes_are_found_or_harmless() {
    let sound = damage(40, 7, |path, numbers| {
        let file = any_file(path, numbers);
        let mut bytes = fs::read(&file).unwrap();
        let count = 1 + numbers.below(8);
        for _ in 0..count {
            let at = numbers.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 + numbers.below(255) as u8;
        }
        fs::write(&file, bytes).unwrap();
        format!("{count} bytes flipped in {}", file.display())
    });
    assert!(sound > 0, "what is sound is not set aside");
}

#[test]
fn truncated_files_are_found_or_harmless() {
    damage(40, 11, |path, numbers| {
        let file = any_file(path, numbers);
        let len = fs::metadata(&file).unwrap().len();
        let keep = numbers.below(len);
        fs::File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_len(keep)
            .unwrap();
        format!("{keep} of {len} bytes kept of {}", file.display())
    });
}

#[test]
fn a_zeroed_stretch_is_found_or_harmless() {
    damage(40, 13, |path, numbers| {
        let file = path.join("db");
        let mut bytes = fs::read(&file).unwrap();
        let from = numbers.below(bytes.len() as u64) as usize;
        let to = bytes.len().min(from + numbers.below(20_000) as usize);
        bytes[from..to].fill(0);
        fs::write(&file, bytes).unwrap();
        format!("bytes {from}..{to} zeroed")
    });
}

#[test]
fn files_replaced_by_rubbish_are_found_or_harmless() {
    damage(10, 17, |path, numbers| {
        let file = any_file(path, numbers);
        let rubbish: Vec<_> = (0..numbers.below(9_000))
            .map(|_| numbers.below(256) as u8)
            .collect();
        fs::write(&file, rubbish).unwrap();
        format!("rubbish in {}", file.display())
    });
}

#[test]
fn a_copy_taken_while_the_store_is_open_is_whole_or_told_as_damage() {
    let directory = tempdir().unwrap();
    let store = open(&directory.path().join("live")).store;
    let partitions: Vec<_> = (0..PARTITIONS)
        .map(|p| store.partition(p).unwrap())
        .collect();
    let batches: Vec<_> = (0..PARTITIONS).map(batches).collect();
    for seq in 0..BATCHES {
        for (partition, batches) in partitions.iter().zip(&batches) {
            partition
                .apply(&batches[seq as usize], &mark(seq + 1))
                .unwrap();
        }
        let path = directory.path().join(format!("copy-{seq}"));
        copy(&directory.path().join("live"), &path);
        expect_truth_or_damage(&path, &format!("a copy after batch {seq}"));
    }
}

#[test]
fn a_deleted_directory_is_an_empty_store() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("rows");
    sound_store(&path);
    fs::remove_dir_all(&path).unwrap();
    let opened = open(&path);
    assert_eq!((opened.damage, opened.set_aside), (None, None));
    assert_eq!(opened.store.partition(0).unwrap().mark(), Ok(None));
}

#[test]
fn a_directory_deleted_under_an_open_store_comes_back_empty() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("rows");
    sound_store(&path);
    let store = open(&path).store;
    fs::remove_dir_all(&path).unwrap();
    let known = store.partition(0).and_then(|partition| rows(&*partition));
    assert!(known.is_err_and(|error| error.is_damage()) || !path.exists());
    drop(store);
    assert_eq!(open(&path).store.partition(0).unwrap().mark(), Ok(None));
}

#[test]
fn damage_under_an_open_store_is_told_and_a_discard_helps() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("rows");
    sound_store(&path);
    let store = open(&path).store;
    let other = store.partition(9).unwrap();
    fs::File::options()
        .write(true)
        .open(path.join("db"))
        .unwrap()
        .set_len(0)
        .unwrap();
    for p in 0..PARTITIONS {
        assert!(store.partition(p).is_err_and(|error| error.is_damage()));
    }
    for p in 0..PARTITIONS {
        store.discard(p).unwrap();
        let partition = store.partition(p).unwrap();
        assert_eq!(
            (partition.mark(), rows(&*partition)),
            (Ok(None), Ok(Model::new()))
        );
        partition.apply(&batches(p)[0], &mark(1)).unwrap();
        assert_eq!(rows(&*partition), Ok(model(p, Some(mark(1)))));
    }
    store.discard(9).unwrap();
    assert!(
        other.get(b"a").is_err_and(|error| error.is_damage()),
        "a handle ends with its rows"
    );
    drop(store);
    assert_eq!(open(&path).damage, None);
}

#[test]
fn a_damaged_directory_is_kept_aside_and_at_most_two_of_them() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("rows");
    for time in 1..=4 {
        sound_store(&path);
        fs::write(path.join("conf"), "segment_size: 3\nno such thing").unwrap();
        let opened = open(&path);
        assert!(opened.damage.is_some_and(|damage| damage.is_damage()));
        let aside = directory.path().join(format!("rows.damaged-{time}"));
        assert_eq!(opened.set_aside.as_ref(), Some(&aside));
        assert!(aside.join("db").exists());
        assert_eq!(opened.store.partition(0).unwrap().mark(), Ok(None));
    }
    let mut names: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["rows", "rows.damaged-3", "rows.damaged-4"]);
}
