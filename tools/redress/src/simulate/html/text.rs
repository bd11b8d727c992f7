//! Words on the page: in both languages, one of which is hidden.

use redress_policy::Names;

/// Text as it may stand in markup.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Words in both languages.
pub(super) fn words((en, zh): (&str, &str)) -> String {
    tagged("span", "", en, zh)
}

/// A count with its thousands apart.
pub(super) fn counted(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            // A thin space that no line breaks at: read as one number in every language.
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Names in both languages.
pub(super) fn names(names: &Names) -> String {
    words((&names.en, &names.zh))
}

/// Names in both languages within a chart.
pub(super) fn drawn(names: &Names) -> String {
    tagged(
        "text",
        " class=\"name\" x=\"0\" y=\"0\"",
        &names.en,
        &names.zh,
    )
}

fn tagged(tag: &str, attributes: &str, en: &str, zh: &str) -> String {
    if en == zh {
        return format!("<{tag}{attributes}>{}</{tag}>", escaped(en));
    }
    format!(
        "<{tag} lang=\"en\"{attributes}>{}</{tag}><{tag} lang=\"zh\"{attributes}>{}</{tag}>",
        escaped(en),
        escaped(zh)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let counts = [0, 999, 1000, 17_505, 1_234_567].map(counted);
        let wanted = [
            "0",
            "999",
            "1\u{202f}000",
            "17\u{202f}505",
            "1\u{202f}234\u{202f}567",
        ];
        assert_eq!(counts, wanted);
    }

    #[test]
    fn markup_in_names_stays_text() {
        let name = words(("<b>&\"", "质量'部'"));
        assert_eq!(
            name,
            "<span lang=\"en\">&lt;b&gt;&amp;&quot;</span><span lang=\"zh\">质量&#39;部&#39;</span>"
        );
        assert_eq!(words(("R&D", "R&D")), "<span>R&amp;D</span>");
    }
}
