//! Case numbers: taken from the day's sequence, given once, put by for one partition, voided once.

use std::collections::{BTreeMap, BTreeSet};

use redress_wire::intake::{NumbersReserved, NumbersVoided};

use super::{Checked, Promise};

#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// First free number of each day.
    free: BTreeMap<u32, u64>,
    given: BTreeSet<(u32, u64)>,
    /// Whose a number is that was put by; nobody's once it is void.
    put_by: BTreeMap<(u32, u64), Option<u32>>,
}

impl Numbers {
    pub(super) fn taken(&mut self, day: u32, next: u64) -> Checked {
        let before = self.free.insert(day, next).unwrap_or(1);
        if next > before {
            return Ok(());
        }
        broken(format!("the numbers of {day} go from {before} to {next}"))
    }

    pub(super) fn given(&mut self, partition: u32, number: &str) -> Checked {
        let Some(number @ (day, sequence)) = parts(number) else {
            return broken(format!("{number} is no number"));
        };
        if !self.given.insert(number) {
            return broken(format!("{sequence} of {day} is given twice"));
        }
        if sequence >= self.free.get(&day).copied().unwrap_or(1) {
            return broken(format!("{sequence} of {day} is given and was not taken"));
        }
        match self.put_by.get(&number) {
            None => Ok(()),
            Some(Some(of)) if *of == partition => Ok(()),
            Some(of) => broken(format!("{sequence} of {day} was put by for {of:?}")),
        }
    }

    pub(super) fn reserved(&mut self, partition: u32, range: &NumbersReserved) -> Checked {
        for sequence in range.first..=range.last {
            let number = (range.day, sequence);
            let taken = sequence < self.free.get(&range.day).copied().unwrap_or(1);
            let before = self.put_by.insert(number, Some(partition));
            if !taken || before.is_some() || self.given.contains(&number) {
                return broken(format!("{sequence} of {} cannot be put by", range.day));
            }
        }
        Ok(())
    }

    pub(super) fn voided(&mut self, partition: u32, range: &NumbersVoided) -> Checked {
        for sequence in range.first..=range.last {
            let number = (range.day, sequence);
            let before = self.put_by.insert(number, None);
            if before != Some(Some(partition)) || self.given.contains(&number) {
                return broken(format!("{sequence} of {} cannot be voided", range.day));
            }
        }
        Ok(())
    }
}

/// Day and sequence of a number such as CF20260501001.
fn parts(number: &str) -> Option<(u32, u64)> {
    let digits = number.strip_prefix("CF")?;
    Some((
        digits.get(..8)?.parse().ok()?,
        digits.get(8..)?.parse().ok()?,
    ))
}

fn broken(seen: String) -> Checked {
    Err((Promise::Numbers, seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_given_once_and_after_it_was_taken() {
        let mut numbers = Numbers::default();
        assert!(numbers.given(0, "CF20260501001").is_err());
        assert!(numbers.taken(20_260_501, 3).is_ok());
        assert!(numbers.given(0, "CF20260501002").is_ok());
        assert!(numbers.given(1, "CF20260501002").is_err());
        assert!(numbers.taken(20_260_501, 3).is_err());
    }

    #[test]
    fn a_number_that_was_put_by_belongs_to_its_partition_until_it_is_void() {
        let mut numbers = Numbers::default();
        numbers.taken(20_260_501, 9).unwrap();
        let range = NumbersReserved {
            day: 20_260_501,
            first: 4,
            last: 6,
        };
        assert!(numbers.reserved(1, &range).is_ok());
        assert!(numbers.given(2, "CF20260501004").is_err());
        assert!(numbers.given(1, "CF20260501005").is_ok());
        let rest = NumbersVoided {
            day: 20_260_501,
            first: 6,
            last: 6,
        };
        assert!(numbers.voided(2, &rest).is_err());
    }
}
