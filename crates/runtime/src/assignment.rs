use std::collections::{BTreeMap, BTreeSet};

/// Which member is to own which partition: the same answer for every member that asks.
///
/// Rendezvous hashing with a cap: a partition goes to the member that scores highest for it and
/// has room, so that loads differ by at most one and few partitions move when members change.
pub fn assign(members: &BTreeSet<String>, partitions: u32) -> BTreeMap<u32, &str> {
    let mut load: BTreeMap<&str, u32> = members.iter().map(|m| (m.as_str(), 0)).collect();
    let Some(count) = u32::try_from(members.len()).ok().filter(|&n| n > 0) else {
        return BTreeMap::new();
    };
    let (floor, mut extra) = (partitions / count, partitions % count);
    let mut owners = BTreeMap::new();
    for partition in 0..partitions {
        let room = |load: u32| load < floor || (load == floor && extra > 0);
        let best = load
            .iter()
            .filter(|(_, load)| room(**load))
            .map(|(&member, _)| (score(member, partition), member))
            .max();
        let Some((_, member)) = best else { break };
        let load = load.get_mut(member).expect("a member that was just listed");
        if *load == floor {
            extra -= 1;
        }
        *load += 1;
        owners.insert(partition, member);
    }
    owners
}

fn score(member: &str, partition: u32) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(member.as_bytes());
    hasher.update(&partition.to_be_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(n: usize) -> BTreeSet<String> {
        (0..n).map(|i| format!("m{i}")).collect()
    }

    fn loads(n: usize, partitions: u32) -> Vec<usize> {
        let members = members(n);
        let owners = assign(&members, partitions);
        assert_eq!(owners.len(), partitions as usize);
        members
            .iter()
            .map(|m| owners.values().filter(|o| **o == m).count())
            .collect()
    }

    #[test]
    fn every_partition_has_one_owner_and_loads_differ_by_at_most_one() {
        for n in 1..=7 {
            let loads = loads(n, 16);
            let (min, max) = (loads.iter().min().unwrap(), loads.iter().max().unwrap());
            assert!(max - min <= 1, "{n} members: {loads:?}");
        }
    }

    #[test]
    fn without_members_nobody_owns_anything() {
        assert!(assign(&BTreeSet::new(), 16).is_empty());
    }

    #[test]
    fn a_fourth_member_moves_less_than_half_of_the_partitions() {
        let (three, four) = (members(3), members(4));
        let (before, after) = (assign(&three, 64), assign(&four, 64));
        let moved = before
            .iter()
            .filter(|(p, owner)| after[*p] != **owner)
            .count();
        assert!(moved <= 32, "{moved} of 64 moved");
    }
}
