use std::collections::BTreeMap;

use redress_log::Presence;

/// Which member is to own which partition: the same answer for every member that asks. Those that
/// are leaving get none, and those too old for the log only if all are: old facts are better than
/// none.
///
/// Rendezvous hashing with a cap: a partition goes to the member that scores highest for it and
/// has room, so that loads differ by at most one and few partitions move when members change.
/// Seats score, not ids: who comes back gets what its store holds.
pub fn assign(members: &BTreeMap<String, Presence>, partitions: u32) -> BTreeMap<u32, &str> {
    assign_among(members, |_| true, partitions)
}

/// Who is to own each partition if `gone` goes, see [`assign`].
pub(crate) fn assign_without<'a>(
    members: &'a BTreeMap<String, Presence>,
    gone: &str,
    partitions: u32,
) -> BTreeMap<u32, &'a str> {
    assign_among(members, |member| member != gone, partitions)
}

fn assign_among(
    members: &BTreeMap<String, Presence>,
    takes_part: impl Fn(&str) -> bool,
    partitions: u32,
) -> BTreeMap<u32, &str> {
    let stays = |id: &str, said: &Presence| !said.leaving && takes_part(id);
    let newer = members
        .iter()
        .any(|(id, said)| stays(id, said) && !said.too_old);
    let staying = || {
        let all = members.iter().map(|(id, said)| (id.as_str(), said));
        all.filter(|(id, said)| stays(id, said) && (!newer || !said.too_old))
    };
    let mut load: BTreeMap<&str, u32> = staying().map(|(id, _)| (id, 0)).collect();
    let Some(count) = u32::try_from(load.len()).ok().filter(|&n| n > 0) else {
        return BTreeMap::new();
    };
    let (floor, mut extra) = (partitions / count, partitions % count);
    let mut owners = BTreeMap::new();
    for partition in 0..partitions {
        let room = |load: u32| load < floor || (load == floor && extra > 0);
        let best = staying()
            .filter(|(id, _)| room(load[id]))
            .map(|(id, said)| (score(seat(id, said), partition), id))
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

fn seat<'a>(id: &'a str, said: &'a Presence) -> &'a str {
    if said.seat.is_empty() { id } else { &said.seat }
}

fn score(seat: &str, partition: u32) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(seat.as_bytes());
    hasher.update(&partition.to_be_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(n: usize) -> BTreeMap<String, Presence> {
        let ids = (0..n).map(|i| format!("m{i}"));
        ids.map(|id| (id, Presence::default())).collect()
    }

    fn loads(n: usize, partitions: u32) -> Vec<usize> {
        let members = members(n);
        let owners = assign(&members, partitions);
        assert_eq!(owners.len(), partitions as usize);
        members
            .keys()
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
        assert!(assign(&BTreeMap::new(), 16).is_empty());
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

    #[test]
    fn who_comes_back_to_its_seat_gets_the_same_partitions() {
        let sitting = |ids: [&str; 3]| {
            let presence = |seat: &str| Presence {
                seat: seat.to_owned(),
                ..Presence::default()
            };
            let seats = ["x", "y", "z"];
            let members = ids.iter().zip(seats);
            let members: BTreeMap<String, Presence> = members
                .map(|(id, seat)| ((*id).to_owned(), presence(seat)))
                .collect();
            let owners = assign(&members, 16);
            let seats = owners.iter().map(|(p, id)| (*p, members[*id].seat.clone()));
            seats.collect::<BTreeMap<u32, String>>()
        };
        assert_eq!(sitting(["a", "b", "c"]), sitting(["d", "q", "a"]));
    }

    #[test]
    fn who_is_leaving_gets_nothing() {
        let mut members = members(3);
        members.get_mut("m1").expect("it is there").leaving = true;
        let owners = assign(&members, 16);
        assert_eq!(owners.len(), 16);
        assert!(owners.values().all(|owner| *owner != "m1"));
    }

    #[test]
    fn who_is_too_old_gets_nothing_unless_all_are() {
        let mut members = members(2);
        members.get_mut("m1").expect("it is there").too_old = true;
        assert!(assign(&members, 16).values().all(|owner| *owner == "m0"));
        members.get_mut("m0").expect("it is there").too_old = true;
        assert_eq!(assign(&members, 16).len(), 16);
    }
}
