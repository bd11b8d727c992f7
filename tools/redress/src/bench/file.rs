//! The page in its file: a run of some figures leaves the sections of the others as they are.

use std::{fmt::Write as _, path::Path};

use anyhow::Context as _;
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
        let (head, sections) = match text.strip_prefix(&TITLE[1..]) {
            Some(sections) => ("", Some(sections)),
            None => text
                .split_once(TITLE)
                .map_or((text, None), |(head, sections)| (head, Some(sections))),
        };
        let parts = sections.into_iter().flat_map(|it| it.split(TITLE));
        Self {
            head: head.trim_end(),
            sections: parts.map(str::trim_end).collect(),
            figures,
        }
    }
}

/// Brings what was measured into the page at `path`; a run of everything brings its head as well.
///
/// # Errors
/// The file cannot be written.
pub(super) fn bring_in(path: &Path, page: &str, is_everything: bool) -> anyhow::Result<()> {
    let before = std::fs::read_to_string(path).unwrap_or_default();
    std::fs::write(path, merged(&before, page, is_everything))
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// The page before with the sections of the new one in their places, and its figures.
fn merged(before: &str, page: &str, with_head: bool) -> String {
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
    let head = if with_head || before.head.is_empty() {
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
        assert_eq!(merged(BEFORE, page, false), wanted);
        assert_eq!(merged(wanted, page, false), wanted);
        assert_eq!(
            merged(BEFORE, page, true),
            wanted.replace("Head", "Other head")
        );
    }

    #[test]
    fn a_section_alone_takes_its_place() {
        let wanted = BEFORE.replace("Late.", "In time.");
        assert_eq!(merged(BEFORE, "## Clocks\n\nIn time.\n", false), wanted);
    }

    #[test]
    fn without_a_page_before_the_new_one_is_all() {
        assert_eq!(merged("", BEFORE, false), BEFORE);
    }
}
