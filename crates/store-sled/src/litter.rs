//! What a batch of sled leaves behind in memory.

/// Objects that are freed with one access: crossbeam's epochs take 8 bags of 64.
const FREED_AT_ONCE: usize = 512;
/// What a row of a batch leaves behind at most: older versions of the node that it went into, with
/// their lists of keys and values.
const LEFT_BY_A_ROW: usize = 4;

/// Frees what batches of so many rows have left behind.
///
/// sled hands each version of a node that it replaces to crossbeam's epochs, which free some of
/// what nobody looks at any more with every 128th access. During a batch they free nothing, and a
/// store that is seldom read keeps it all: with 100,000 complaints taken in at once and flushed by
/// 8,000 rows, intake had 363 to 394 MiB, and has 90 to 95 this way.
pub(crate) fn sweep(rows: usize) {
    for _ in 0..2 + rows * LEFT_BY_A_ROW / FREED_AT_ONCE {
        crossbeam_epoch::pin().flush();
    }
}
