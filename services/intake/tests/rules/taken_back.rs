//! A round that was not stored.

use redress_store::state_hash;

use crate::{
    core::{NOON, said},
    given::Partition,
};

#[test]
fn a_round_that_is_taken_back_leaves_nothing() {
    let fields = r#""customer": {"phone": "13812341234", "customerNo": "C1"}, "description": "x""#;
    let mut other = Partition::at(NOON);
    other.submit(&said("m-1", fields)).unwrap();
    other.submit(&said("m-2", fields)).unwrap();
    let of_same_customer = other.events;

    let mut partition = Partition::at(NOON);
    partition.submit(&said("m-0", fields)).unwrap();
    partition.effects();
    let before = state_hash(&partition.rows).unwrap();
    partition.record_in_vain(&of_same_customer);
    assert_eq!(state_hash(&partition.rows).unwrap(), before);
    assert!(partition.effects().is_empty(), "nothing new is searched");

    // From here on it is as if nothing had been folded: the rows are those of a core opened anew.
    partition.submit(&said("m-3", fields)).unwrap();
    let mut opened = Partition::at(NOON);
    opened.submit(&said("m-0", fields)).unwrap();
    opened.reopen();
    opened.submit(&said("m-3", fields)).unwrap();
    let rows = [partition, opened].map(|it| state_hash(&it.rows).unwrap());
    assert_eq!(rows[0], rows[1]);
}
