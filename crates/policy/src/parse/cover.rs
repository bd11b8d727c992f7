//! Whether a rule of triage applies wherever another one does.

use crate::model::rule::Conditions;

/// Whether the wide conditions are certain to hold where the narrow ones do. Keywords are compared
/// as they are written, so a `false` may be wrong and a `true` never is.
pub(crate) fn covers(wide: &Conditions, narrow: &Conditions) -> bool {
    keywords(wide, narrow)
        && one_of(&wide.channel, &narrow.channel)
        && one_of(&wide.kind, &narrow.kind)
        && one_of(&wide.wish, &narrow.wish)
        && one_of(&wide.category, &narrow.category)
        && one_of(&lower(&wide.product), &lower(&narrow.product))
        && wide
            .quantity_at_least
            .is_none_or(|least| narrow.quantity_at_least >= Some(least))
}

fn keywords(wide: &Conditions, narrow: &Conditions) -> bool {
    let (any, all) = (lower(&narrow.any), lower(&narrow.all));
    // Of several it is not known which one is found.
    let found = |word: &String| all.contains(word) || any.len() == 1 && any.contains(word);
    let wide_any = lower(&wide.any);
    (one_of(&wide_any, &any) || wide_any.iter().any(found))
        && lower(&wide.all).iter().all(found)
        && every(&lower(&wide.none), &lower(&narrow.none))
}

/// An empty list states nothing.
fn one_of<T: PartialEq>(wide: &[T], narrow: &[T]) -> bool {
    wide.is_empty() || (!narrow.is_empty() && every(narrow, wide))
}

fn every<T: PartialEq>(part: &[T], of: &[T]) -> bool {
    part.iter().all(|one| of.contains(one))
}

fn lower(words: &[String]) -> Vec<String> {
    words.iter().map(|word| word.to_lowercase()).collect()
}
