//! Which partitions of others a member follows.

use std::collections::{BTreeMap, BTreeSet};

use redress_log::View;

use crate::{
    assignment::{assign, assign_without},
    ownership::{Standing, owner_lives},
};

/// The partitions of living owners that are assigned to `member`, for they are to be handed over
/// to it once it has caught up; and if it `stands_by`, those that would be if their owner vanished.
pub(crate) fn to_follow(
    view: &View,
    member: &str,
    partitions: u32,
    stands_by: bool,
    standing: &Standing,
) -> BTreeSet<u32> {
    let assigned = assign(&view.members, partitions);
    let mut without: BTreeMap<&str, BTreeMap<u32, &str>> = BTreeMap::new();
    let mut is_heir = |id: u32| {
        let Some(owner) = view.owners.get(&id).and_then(|o| o.member.as_deref()) else {
            return false;
        };
        let heirs = without
            .entry(owner)
            .or_insert_with(|| assign_without(&view.members, owner, partitions));
        heirs.get(&id) == Some(&member)
    };
    (0..partitions)
        .filter(|id| !standing.held.contains_key(id) && !standing.shut.has(*id))
        .filter(|id| owner_lives(view, *id, member))
        .filter(|id| assigned.get(id) == Some(&member) || (stands_by && is_heir(*id)))
        .collect()
}
