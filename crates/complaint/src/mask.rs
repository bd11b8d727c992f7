//! Personal data for readers whose role needs no more (domain.md section 2): 王*, 138****1234.
//!
//! Every function takes any text, checked or not, and never shows more than it says.

mod text;

pub use text::text;

/// Letters that Chinese, Japanese and Korean names are written in.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF
        | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

/// `王小明` → `王*`, `John Smith` → `J*** S***`. How long the rest is stays hidden.
pub fn name(name: &str) -> String {
    let name = name.trim();
    match name.chars().next() {
        None => String::new(),
        Some(first) if is_cjk(first) => format!("{first}*"),
        Some(_) => {
            let initials = name
                .split_whitespace()
                .filter_map(|word| word.chars().next());
            initials
                .map(|first| format!("{first}***"))
                .collect::<Vec<_>>()
                .join(" ")
        }
    }
}

/// `13812345678` → `138****5678`. A leading `+86` is left out, an extension too.
pub fn phone(phone: &str) -> String {
    let number = phone.split(";ext=").next().unwrap_or_default();
    let number = number.strip_prefix("+86").unwrap_or(number);
    let plus = if number.starts_with('+') { "+" } else { "" };
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() && phone.is_empty() {
        return String::new();
    }
    format!("{plus}{}", digits_masked(&digits))
}

/// Enough to recognise a number that one knows, too little to dial one that one does not:
/// three and four digits of 11 to 14, three and two of longer ones, two and two of shorter ones.
pub(crate) fn digits_masked(digits: &[char]) -> String {
    let (head, tail) = match digits.len() {
        0..=6 => (0, 0),
        7..=10 => (2, 2),
        11..=14 => (3, 4),
        _ => (3, 2),
    };
    let mut masked: String = digits[..head].iter().collect();
    masked.push_str("****");
    masked.extend(&digits[digits.len() - tail..]);
    masked
}

/// `alice@example.com` → `a***@example.com`.
pub fn email(email: &str) -> String {
    let email = email.trim();
    match email.rsplit_once('@') {
        Some((local, domain)) => {
            let first = local.chars().next().map(String::from).unwrap_or_default();
            format!("{first}***@{domain}")
        }
        None if email.is_empty() => String::new(),
        None => "***".to_owned(),
    }
}

/// Keeps the widest part: `福建省福州市鼓楼区五四路1号` → `福建省***`,
/// `12 Baker Street, London, UK` → `*** UK`.
pub fn address(address: &str) -> String {
    let address = address.trim();
    let Some(first) = address.chars().next() else {
        return String::new();
    };
    if is_cjk(first) {
        // The first word for a region ends the widest part; at most eight letters belong to it.
        let mut start = address.char_indices().skip(1).take(8);
        let end = start.find(|(_, c)| matches!(c, '省' | '市' | '区' | '州' | '县' | '盟' | '旗'));
        let kept = end.map_or("", |(at, c)| &address[..at + c.len_utf8()]);
        return format!("{kept}***");
    }
    let last = address
        .rsplit_once([',', '，', '\n'])
        .map(|(_, last)| last.trim());
    match last {
        Some(country) if !country.is_empty() && !country.contains(char::is_numeric) => {
            format!("*** {country}")
        }
        _ => "***".to_owned(),
    }
}

/// `C0012345` → `C0****45`; nothing of a number shorter than seven.
pub fn customer_no(number: &str) -> String {
    let number: Vec<char> = number.trim().chars().collect();
    if number.is_empty() {
        String::new()
    } else {
        digits_masked(&number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_first_letter() {
        for (given, masked) in [
            ("王小明", "王*"),
            ("欧阳娜娜", "欧*"),
            ("王", "王*"),
            ("John Smith", "J*** S***"),
            (" Élodie ", "É***"),
            ("", ""),
        ] {
            assert_eq!(name(given), masked, "{given}");
        }
    }

    #[test]
    fn phones_keep_both_ends() {
        for (given, masked) in [
            ("13812341234", "138****1234"),
            ("+8613812341234", "138****1234"),
            ("+442079460018", "+442****0018"),
            ("01012345678;ext=801", "010****5678"),
            ("87654321", "87****21"),
            ("12315", "****"),
            ("", ""),
        ] {
            assert_eq!(phone(given), masked, "{given}");
        }
    }

    #[test]
    fn emails_keep_their_first_letter_and_domain() {
        assert_eq!(email("alice@example.com"), "a***@example.com");
        assert_eq!(email("not an address"), "***");
        assert_eq!(email(""), "");
    }

    #[test]
    fn addresses_keep_the_widest_part_only() {
        for (given, masked) in [
            ("福建省福州市鼓楼区五四路1号", "福建省***"),
            ("北京市朝阳区建国路88号", "北京市***"),
            ("建国路88号", "***"),
            ("12 Baker Street, London, UK", "*** UK"),
            ("12 Baker Street", "***"),
            ("Baker Street, NW1 6XE", "***"),
        ] {
            assert_eq!(address(given), masked, "{given}");
        }
    }

    #[test]
    fn customer_numbers_keep_both_ends() {
        assert_eq!(customer_no("C0012345"), "C0****45");
        assert_eq!(customer_no("C123"), "****");
    }
}
