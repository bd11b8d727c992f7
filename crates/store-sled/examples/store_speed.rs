//! How fast the store is, and what memory it takes: the figures behind the constants.
//!
//! `cargo run --release -p redress-store-sled --example store_speed -- [cache MiB] [mode]
//! [segment KiB] [rows] [rows a flush]`, each run in a process of its own, since memory is not given back.

use std::{
    env, fs,
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use redress_store::{Batch, KeyRange, Mark, Order, PartitionStore, Rows, Store, state_hash};
use redress_store_sled::{Mode, Options, SledStore};

const PARTITIONS: u32 = 16;
const VALUE: [u8; 120] = [7; 120];

fn main() {
    let mut arguments = env::args().skip(1);
    let mut number = |otherwise: u64| {
        arguments
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    let (cache_mib, fast, segment_kib) = (number(8), number(0), number(512));
    let (rows, flush_rows) = (number(500_000), number(1_000));
    let options = Options {
        cache_bytes: cache_mib << 20,
        mode: if fast == 1 {
            Mode::HighThroughput
        } else {
            Mode::LowSpace
        },
        segment_bytes: (segment_kib << 10) as usize,
        ..Options::default()
    };
    println!(
        "cache {cache_mib} MiB, {:?}, segments of {segment_kib} KiB",
        options.mode
    );
    run(&options, rows, flush_rows as usize);
}

fn run(options: &Options, rows: u64, flush_rows: usize) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("rows");
    memory("empty");
    let store = SledStore::open(&path, options)
        .expect("a fresh store")
        .store;
    let partitions: Vec<_> = (0..PARTITIONS)
        .map(|p| store.partition(p).expect("a partition"))
        .collect();
    memory("opened");
    small_batches(&partitions[0], rows / 10);
    memory("after the small batches");
    overlay(&partitions, flush_rows, rows * 9 / 10);
    memory("after the rounds");
    reads(&partitions[1], rows);
    println!("on disk {} MiB", store.disk_bytes().expect("a size") >> 20);
    drop(partitions);
    drop(store);
    let started = Instant::now();
    let store = SledStore::open(&path, options)
        .expect("a sound store")
        .store;
    let (opened, started) = (started.elapsed(), Instant::now());
    let all: Vec<_> = (0..PARTITIONS)
        .map(|p| store.partition(p).expect("sound rows"))
        .collect();
    println!(
        "reopen {opened:.0?}, verify all partitions {:.0?}",
        started.elapsed()
    );
    memory("reopened");
    drop(all);
}

/// 100 rows a batch, keys all over the place.
fn small_batches(partition: &Arc<dyn PartitionStore>, rows: u64) {
    let took = timed(|| {
        for from in (0..rows).step_by(100) {
            let mut batch = Batch::new();
            for at in from..from + 100 {
                batch.put(&key(at), VALUE.to_vec());
            }
            partition.apply(&batch, &mark(from)).expect("applied");
        }
    });
    report("batches of 100, random keys", rows, took);
}

/// Rounds of 64 rows a partition; a partition is flushed when `size` rows wait.
fn overlay(partitions: &[Arc<dyn PartitionStore>], size: usize, rows: u64) {
    let mut all: Vec<_> = partitions
        .iter()
        .map(|partition| Rows::open(partition.clone()).expect("rows"))
        .collect();
    let (mut put, mut flushed, mut longest) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut next = 1_000_000_000;
    let end = next + rows;
    while next < end {
        for rows in &mut all {
            put += timed(|| {
                for _ in 0..64 {
                    rows.put(key(next), VALUE.to_vec());
                    next += 1;
                }
                rows.commit(mark(next)).expect("committed");
            });
            if rows.unflushed_rows() >= size {
                let job = rows.take_flush().expect("a job");
                let took = timed(|| rows.flushed(job.run()).expect("flushed"));
                longest = longest.max(took);
                flushed += took;
            }
        }
    }
    for rows in &mut all {
        flushed += timed(|| {
            if let Some(job) = rows.take_flush() {
                rows.flushed(job.run()).expect("flushed");
            }
        });
    }
    report("overlay: put and commit", rows, put);
    report(
        &format!("overlay: flush by {size} (longest {longest:.0?})"),
        rows,
        flushed,
    );
}

fn reads(partition: &Arc<dyn PartitionStore>, rows: u64) {
    let mut keys = Vec::new();
    let took = timed(|| {
        partition
            .scan(&KeyRange::all(), Order::Ascending, &mut |key, _| {
                keys.push(key.to_vec());
                ControlFlow::Continue(())
            })
            .expect("scanned");
    });
    report("scan", keys.len() as u64, took);
    let opened = Rows::open(partition.clone()).expect("rows");
    report(
        "state hash",
        keys.len() as u64,
        timed(|| assert!(state_hash(&opened).is_ok())),
    );
    let count = keys.len();
    let took = timed(|| {
        for at in 0..count {
            assert!(opened.get(&keys[at * 7_919 % count]).is_some());
        }
    });
    report("get, hit", count as u64, took);
    let misses = rows / 10;
    let took = timed(|| {
        for at in 0..misses {
            assert!(opened.get(&key(u64::MAX - at)).is_none());
        }
    });
    report("get, miss", misses, took);
}

/// 17 bytes: a room and a hash.
fn key(at: u64) -> [u8; 17] {
    let mut key = [b'c'; 17];
    let spread = u128::from(at).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    key[1..].copy_from_slice(&(spread ^ (spread >> 61)).to_be_bytes());
    key
}

fn mark(seq: u64) -> Mark {
    Mark {
        own_seq: seq,
        own_hash: [1; 32],
        consumed: seq,
        schema: 1,
        log: [1; 16],
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn report(what: &str, rows: u64, took: Duration) {
    let per_second = rows as f64 / took.as_secs_f64();
    println!("  {what}: {rows} rows in {took:.2?}, {per_second:.0} rows/s");
}

/// The process's resident memory, where the system tells it.
fn memory(when: &str) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name| {
        status
            .lines()
            .find(|line: &&str| line.starts_with(name))
            .unwrap_or("?")
    };
    println!("  {when}: {}, {}", line("VmRSS"), line("VmHWM"));
}
