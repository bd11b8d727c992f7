//! Which members are new enough: those that met an event of a newer release step back.
//!
//! Such a member says so beside its lease, under a name of its own. The others then share all
//! partitions among themselves; if every member has stepped back, each keeps what it can read, for
//! old facts are better than none.

use std::collections::BTreeSet;

/// Follows a member's id in the name under which it says that it stepped back. No id ends so.
const STEPPED_BACK: &str = "=too-old";

/// The name under which a member says that it stepped back.
pub(crate) fn stepped_back(member: &str) -> String {
    format!("{member}{STEPPED_BACK}")
}

/// The members among whom partitions are shared.
pub(crate) fn able(names: &BTreeSet<String>) -> BTreeSet<String> {
    let members = names.iter().filter(|name| !name.ends_with(STEPPED_BACK));
    let able: BTreeSet<String> = members
        .clone()
        .filter(|member| !names.contains(&stepped_back(member)))
        .cloned()
        .collect();
    if able.is_empty() {
        members.cloned().collect()
    } else {
        able
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn who_stepped_back_has_no_share_while_somebody_else_is_there() {
        let both = names(&["a", "b", "b=too-old"]);
        assert_eq!(able(&both), names(&["a"]));
        assert_eq!(able(&names(&["a", "b"])), names(&["a", "b"]));
    }

    #[test]
    fn those_that_all_stepped_back_keep_what_they_can_read() {
        let all = names(&["a", "a=too-old", "b", "b=too-old"]);
        assert_eq!(able(&all), names(&["a", "b"]));
        assert_eq!(able(&names(&["a=too-old"])), names(&[]));
    }
}
