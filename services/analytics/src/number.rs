//! What a case's number tells: the day of its registration, and its place in the day.

/// The registration day (yyyymmdd) in a case number such as CF20260501001, or in an id that
/// begins with one; 0 if there is none.
pub fn day_of(number: &str) -> u32 {
    let (mut day, mut count) = (0, 0);
    for digit in digits(number).take(8) {
        day = day * 10 + u32::from(digit);
        count += 1;
    }
    if count == 8 { day } else { 0 }
}

/// The sequence of the day in a case number.
pub(crate) fn sequence_of(number: &str) -> Option<u64> {
    let mut sequence = None;
    for digit in digits(number).skip(8) {
        let so_far: u64 = sequence.unwrap_or_default();
        sequence = Some(so_far.checked_mul(10)?.checked_add(digit.into())?);
    }
    sequence
}

fn digits(number: &str) -> impl Iterator<Item = u8> {
    let digits = number.bytes().skip_while(u8::is_ascii_alphabetic);
    digits
        .take_while(u8::is_ascii_digit)
        .map(|digit| digit - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_and_sequence_are_in_the_number() {
        for (number, day, sequence) in [
            ("CF20260501001", 20_260_501, Some(1)),
            ("CF202605011234567", 20_260_501, Some(1_234_567)),
            (
                "CF20260501001-department_warning-start-0-1777600000",
                20_260_501,
                Some(1),
            ),
            ("CF20260501", 20_260_501, None),
            ("CF2026", 0, None),
            ("CF2026050199999999999999999999999", 20_260_501, None),
            ("", 0, None),
        ] {
            assert_eq!(day_of(number), day, "{number}");
            assert_eq!(sequence_of(number), sequence, "{number}");
        }
    }
}
