//! Phone numbers, email addresses, identity and card numbers inside of free text.

use std::iter::Peekable;
use std::str::CharIndices;

use super::digits_masked;

/// From so many digits in a row on, a number may lead to a person.
const MIN_RUN: usize = 7;
/// Digits in groups ("138 1234 5678") are one number from so many on; fewer are times and sizes.
const MIN_GROUPED: usize = 10;
/// So many signs may stand between two groups, as in `0591) - 8765`.
const MAX_JOINTS: usize = 4;

/// The text with email addresses and long numbers masked: `请拨打138****5678`.
///
/// No seven digits in a row stay, ASCII or full-width, nor ten in groups. Dates such as
/// 2026-05-01 do.
pub fn text(text: &str) -> String {
    let text = mask_emails(text);
    let mut masked = String::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.peek().copied() {
        if is_digit(c) {
            mask_number(&text, &mut chars, at, &mut masked);
        } else {
            masked.push(c);
            chars.next();
        }
    }
    masked
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric())
}

fn is_joint(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{3000}' | '－' | '（' | '）'
    ) || matches!(c, '‐'..='―' | '·')
}

/// A number at the head of the text: its first groups of digits, each with where it begins and
/// ends.
fn groups(text: &str, most: usize) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let mut joints = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if is_digit(c) {
            let count = groups.len();
            match groups.last_mut() {
                Some(last) if last.1 == at => last.1 = end,
                _ if count == most => break,
                _ => groups.push((at, end)),
            }
            joints = 0;
        } else if is_joint(c) && joints < MAX_JOINTS {
            joints += 1;
        } else {
            break;
        }
    }
    groups
}

/// Year, month and day in groups: no number that leads to a person.
fn is_date(text: &str, groups: &[(usize, usize)]) -> bool {
    let [year, month, day, ..] = groups else {
        return false;
    };
    let group = |(start, end): &(usize, usize)| &text[*start..*end];
    let joint = &text[year.1..month.0];
    matches!(joint, "-" | "/" | ".")
        && joint == &text[month.1..day.0]
        && group(year).len() == 4
        && (group(year).starts_with("19") || group(year).starts_with("20"))
        && group(month).len() <= 2
        && group(day).len() <= 2
}

fn mask_number(
    text: &str,
    chars: &mut Peekable<CharIndices<'_>>,
    start: usize,
    masked: &mut String,
) {
    let rest = &text[start..];
    // A chain of dates is looked at date by date, so that no text takes long.
    let mut found = groups(rest, 3);
    let date = is_date(rest, &found);
    if !date {
        found = groups(rest, usize::MAX);
    }
    let digits: Vec<char> = rest[..found.last().map_or(0, |group| group.1)]
        .chars()
        .filter(|c| is_digit(*c))
        .collect();
    let mut end = start + found.last().map_or(0, |group| group.1);
    if !date && digits.len() >= MIN_GROUPED {
        masked.push_str(&digits_masked(&digits));
        end += if digits.len() == 17 {
            check_letter(&text[end..])
        } else {
            0
        };
    } else if date {
        masked.push_str(&text[start..end]);
    } else {
        // The groups are numbers of their own: take the first, and look again behind it.
        let first = &rest[..found.first().map_or(0, |group| group.1)];
        end = start + first.len();
        let digits: Vec<char> = first.chars().collect();
        if digits.len() >= MIN_RUN {
            masked.push_str(&digits_masked(&digits));
        } else {
            masked.push_str(first);
        }
    }
    while chars.next_if(|(at, _)| *at < end).is_some() {}
}

/// The X that ends some identity numbers (GB 11643) goes with its digits.
fn check_letter(rest: &str) -> usize {
    rest.chars()
        .next()
        .filter(|c| matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ'))
        .map_or(0, char::len_utf8)
}

fn mask_emails(text: &str) -> String {
    let is_local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let is_domain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['@', '＠']) {
        let (before, after) = rest.split_at(at);
        let sign = after.chars().next().map_or(1, char::len_utf8);
        let local = before.len() - before.trim_end_matches(is_local).len();
        let domain = after[sign..].starts_with(is_domain);
        let (kept, local) = before.split_at(before.len() - local);
        masked.push_str(kept);
        match local.chars().next().filter(|_| domain) {
            Some(first) => {
                masked.push(first);
                masked.push_str("***");
            }
            None => masked.push_str(local),
        }
        masked.push_str(&after[..sign]);
        rest = &after[sign..];
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_and_addresses_inside_of_text_are_masked() {
        for (given, masked) in [
            ("请拨打13812345678联系我", "请拨打138****5678联系我"),
            ("电话138-1234-5678。", "电话138****5678。"),
            ("tel +86 138 1234 5678!", "tel +861****5678!"),
            ("固话（0591）8765 4321", "固话（059****4321"),
            ("全角１３８１２３４５６７８", "全角１３８****５６７８"),
            ("身份证11010519491231002X", "身份证110****02"),
            ("身份证350102199003071234号", "身份证350****34号"),
            (
                "邮箱wang.xm@example.com，谢谢",
                "邮箱w***@example.com，谢谢",
            ),
            ("13812345678@qq.com", "1***@qq.com"),
        ] {
            assert_eq!(text(given), masked, "{given}");
        }
    }

    #[test]
    fn dates_amounts_and_short_numbers_stay_readable() {
        for given in [
            "2026-05-01 12:30 买了3件，共1299.50元",
            "2026/5/1至2026/5/3",
            "2026年5月1日",
            "订单尾号123456",
            "@所有人 a @ b",
        ] {
            assert_eq!(text(given), given);
        }
    }

    fn longest_run(text: &str, is_digit: impl Fn(char) -> bool) -> usize {
        text.split(|c| !is_digit(c))
            .map(|run| run.chars().count())
            .max()
            .unwrap_or(0)
    }

    proptest! {
        #[test]
        fn seven_digits_in_a_row_never_stay(
            given in "([0-9]{1,20}|[０-９]{5,12}|[-a@. x年(（]|13812345678|2026-05-01){0,30}",
        ) {
            prop_assert!(longest_run(&text(&given), is_digit) < MIN_RUN);
        }

        #[test]
        fn any_text_is_masked_without_panic(given in any::<String>()) {
            let masked = text(&given);
            prop_assert!(longest_run(&masked, |c| c.is_ascii_digit()) < MIN_RUN);
            super::super::name(&given);
            super::super::phone(&given);
            super::super::email(&given);
            super::super::address(&given);
            super::super::customer_no(&given);
        }

        #[test]
        fn text_without_digits_and_addresses_stays(given in "[^0-9@＠\\p{N}]{0,50}") {
            prop_assert_eq!(text(&given), given);
        }
    }
}
