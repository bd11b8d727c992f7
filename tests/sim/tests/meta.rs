//! The simulator itself: one seed, the same bytes; another seed, another run.

use redress_sim::{Setting, run, run_as};

#[test]
fn one_seed_twice_gives_the_same_bytes() {
    for seed in [3, 32, 124] {
        let (once, twice) = (run(seed), run(seed));
        assert_eq!(once.log, twice.log, "seed {seed}");
        assert_eq!(once.hash, twice.hash, "seed {seed}");
        assert_eq!(once.steps, twice.steps, "seed {seed}");
    }
}

#[test]
fn one_seed_gives_the_same_bytes_on_several_threads_at_once() {
    let here = run(7).hash;
    let there: Vec<_> = (0..3).map(|_| std::thread::spawn(|| run(7).hash)).collect();
    for hash in there {
        assert_eq!(hash.join().expect("a run ends"), here);
    }
}

#[test]
fn another_seed_is_another_run() {
    assert_ne!(run(1).hash, run(2).hash);
}

#[test]
fn callers_are_answered_when_nothing_goes_wrong() {
    let setting = Setting::calm();
    let report = run_as(1, &setting);
    assert_eq!(report.broken, [], "{}", report.log);
    assert_eq!(report.crashes, 0);
    assert!(report.told["registered"] as usize >= setting.submissions);
}

#[test]
fn the_log_is_trimmed_in_storms() {
    let trimmed = (1..=20).filter(|seed| run(*seed).log.contains("are taken off"));
    assert!(trimmed.count() >= 2);
}
