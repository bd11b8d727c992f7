//! Finds targets that no case reaches, because those before them take all of their cases.

use std::collections::BTreeSet;

use crate::model::deadline::{CaseFacts, Scope, Target};
use crate::model::words::Kind;
use crate::parse::context::Ids;

/// Which of the earlier targets take every case of a scope; nothing if it is left one.
///
/// All cases are tried that differ in what one of these scopes looks at: the axes of a house are
/// short, and a clock has few targets.
pub(crate) fn taken_by(earlier: &[Target], scope: &Scope, ids: &Ids) -> Option<Vec<usize>> {
    let scopes: Vec<&Scope> = earlier.iter().map(|target| &target.scope).collect();
    let axes = [
        axis(
            &scopes,
            scope,
            |it| strings(&it.urgency),
            ids.urgencies.known(),
        ),
        axis(
            &scopes,
            scope,
            |it| strings(&it.severity),
            ids.severities.known(),
        ),
        axis(
            &scopes,
            scope,
            |it| strings(&it.channel),
            ids.channels.known(),
        ),
        axis(
            &scopes,
            scope,
            |it| strings(&it.category),
            ids.categories.known(),
        ),
        // A customer may be of no tier.
        axis(
            &scopes,
            scope,
            |it| strings(&it.tier),
            ids.tiers.known().chain([""]),
        ),
        axis(
            &scopes,
            scope,
            |it| it.kind.iter().map(|kind| kind.as_str()).collect(),
            Kind::ALL.iter().map(|kind| kind.as_str()),
        ),
    ];
    let mut takers = BTreeSet::new();
    let mut at = [0; 6];
    loop {
        let value = |axis: usize| axes[axis].get(at[axis]).copied();
        let case = CaseFacts {
            urgency: value(0)?,
            severity: value(1)?,
            channel: value(2)?,
            category: value(3)?,
            tier: value(4)?,
            kind: value(5)?.parse().unwrap_or(Kind::Complaint),
        };
        takers.insert(scopes.iter().position(|scope| scope.covers(&case))?);
        let Some(next) = (0..at.len()).find(|axis| at[*axis] + 1 < axes[*axis].len()) else {
            return Some(takers.into_iter().collect());
        };
        at[next] += 1;
        at[..next].fill(0);
    }
}

/// The values of an axis that tell the cases of a scope apart: its own, or all if only others look
/// at it, or any one if nobody does.
fn axis<'a>(
    earlier: &[&'a Scope],
    scope: &'a Scope,
    stated: impl Fn(&'a Scope) -> Vec<&'a str>,
    all: impl Iterator<Item = &'a str>,
) -> Vec<&'a str> {
    let own = stated(scope);
    if !own.is_empty() {
        return own;
    }
    if earlier.iter().all(|it| stated(it).is_empty()) {
        return vec![""];
    }
    all.collect()
}

fn strings<T: AsRef<str>>(ids: &[T]) -> Vec<&str> {
    ids.iter().map(AsRef::as_ref).collect()
}
