//! Where to begin a binary search: equal steps over the values of a sorted column.
//!
//! A search over the whole table costs a dozen jumps to places that the processor does not expect.
//! With as many steps as there are rows, the row is one of a few next to each other.

/// For each step the number of rows that lie before it.
#[derive(Debug, Clone)]
pub(crate) struct Hints {
    first: i64,
    /// At least 1.
    width: i64,
    rows: Vec<u32>,
}

impl Hints {
    /// Over a column of values in order, all different.
    pub(crate) fn over(column: impl ExactSizeIterator<Item = i64> + Clone) -> Self {
        let count = column.len();
        let first = column.clone().next().unwrap_or(0);
        let last = column.clone().last().unwrap_or(first);
        let width = (last.saturating_sub(first) / (count.max(1) as i64)).saturating_add(1);
        let mut rows = Vec::with_capacity(count + 2);
        for (row, value) in column.enumerate() {
            // The step of this row begins with it, as do empty ones before.
            while (rows.len() as i64) <= (value - first) / width {
                rows.push(row as u32);
            }
        }
        rows.push(count as u32);
        Self { first, width, rows }
    }

    /// Between which rows the first one lies that is not less than a value (or, asked so, greater).
    /// The upper end is not searched: it is the answer if nothing before it is.
    pub(crate) fn range(&self, value: i64) -> (usize, usize) {
        let ahead = value.saturating_sub(self.first);
        if ahead < 0 {
            return (0, 0);
        }
        let last = self.rows.len() - 1;
        let step = usize::try_from(ahead / self.width)
            .unwrap_or(last)
            .min(last);
        let from = self.rows[step] as usize;
        (from, self.rows[(step + 1).min(last)] as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_search_within_the_hint_finds_what_a_search_over_all_does(
            column in prop::collection::btree_set(-1_000_000..1_000_000_i64, 1..200),
            values in prop::collection::vec(-1_200_000..1_200_000_i64, 50),
        ) {
            let column: Vec<i64> = column.into_iter().collect();
            let hints = Hints::over(column.iter().copied());
            for value in values.into_iter().chain(column.iter().copied()).chain([i64::MIN, i64::MAX]) {
                let (from, to) = hints.range(value);
                let within = &column[from..to];
                let less = from + within.partition_point(|row| *row < value);
                prop_assert_eq!(less, column.partition_point(|row| *row < value));
                let not_more = from + within.partition_point(|row| *row <= value);
                prop_assert_eq!(not_more, column.partition_point(|row| *row <= value));
            }
        }
    }
}
