//! The page in its file: a run of some figures leaves the sections of the others as they are.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// A section begins with its title.
const TITLE: &str = "\n## ";

/// What stands above the sections, the sections, and the figures for programs.
struct Parts<'a> {
    head: &'a str,
    sections: Vec<&'a str>,
    figures: Map<String, Value>,
}

impl<'a> Parts<'a> {
    fn of(page: &'a str) -> Self {
        let page = page.trim_end();
        let (text, last) = page.rsplit_once('\n').unwrap_or(("", page));
        let (text, figures) = match serde_json::from_str(last) {
            Ok(Value::Object(figures)) => (text, figures),
            _ => (page, Map::new()),
        };
        let mut parts = text.split(TITLE);
        Self {
            head: parts.next().unwrap_or_default().trim_end(),
            sections: parts.map(str::trim_end).collect(),
            figures,
        }
    }
}

/// The page before with the sections of the new one in their places, and its figures.
pub(super) fn merged(before: &str, page: &str) -> String {
    let (before, new) = (Parts::of(before), Parts::of(page));
    let title = |section: &str| section.lines().next().unwrap_or_default().to_owned();
    let mut sections = before.sections;
    for section in new.sections {
        match sections.iter_mut().find(|it| title(it) == title(section)) {
            Some(old) => *old = section,
            None => sections.push(section),
        }
    }
    let mut figures = before.figures;
    for (name, value) in new.figures {
        if !value.is_null() || !figures.contains_key(&name) {
            figures.insert(name, value);
        }
    }
    let head = if before.head.is_empty() {
        new.head
    } else {
        before.head
    };
    let mut page = head.to_owned();
    for section in sections {
        let _ = write!(page, "\n{TITLE}{section}");
    }
    let _ = write!(page, "\n\n{}\n", Value::Object(figures));
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "# Bench\n\nHead.\n\n## Memory\n\nOld.\n\n| a |\n\n## Clocks\n\nLate.\n\n\
                          {\"late\":2,\"mib\":1}\n";

    #[test]
    fn a_section_that_was_measured_again_is_replaced_and_a_new_one_follows() {
        let page = "# Bench\n\nOther head.\n\n## Memory\n\nNew.\n\n## Cases\n\nMany.\n\n\
                    {\"cases\":7,\"late\":null,\"mib\":3}\n";
        let wanted = "# Bench\n\nHead.\n\n## Memory\n\nNew.\n\n## Clocks\n\nLate.\n\n## Cases\n\n\
                      Many.\n\n{\"cases\":7,\"late\":2,\"mib\":3}\n";
        assert_eq!(merged(BEFORE, page), wanted);
        assert_eq!(merged(wanted, page), wanted);
    }

    #[test]
    fn without_a_page_before_the_new_one_is_all() {
        assert_eq!(merged("", BEFORE), BEFORE);
    }
}
