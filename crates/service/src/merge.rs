//! Pages over several sorted sources.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
    iter,
};

/// One sorted sequence of several sorted ones. Nothing is read before it is asked for.
pub fn merge_sorted<T, I>(sources: impl IntoIterator<Item = I>) -> impl Iterator<Item = T>
where
    T: Ord,
    I: Iterator<Item = T>,
{
    let mut sources: Vec<I> = sources.into_iter().collect();
    let mut heads: BinaryHeap<_> = sources
        .iter_mut()
        .enumerate()
        .filter_map(|(at, source)| source.next().map(|head| Reverse((head, at))))
        .collect();
    iter::from_fn(move || {
        let mut first = heads.peek_mut()?;
        let at = first.0.1;
        Some(match sources[at].next() {
            Some(next) => std::mem::replace(&mut *first, Reverse((next, at))).0.0,
            None => PeekMut::pop(first).0.0,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_sorted_sources_are_one() {
        let sources = [vec![1, 4, 9], vec![], vec![2, 3, 4, 10]];
        let merged: Vec<u8> = merge_sorted(sources.into_iter().map(Vec::into_iter)).collect();
        assert_eq!(merged, [1, 2, 3, 4, 4, 9, 10]);
    }
}
