//! Content lines: folded, with parameters.

use super::error::{IcsError, IcsFault};

/// One content line, unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Of the file, counted from 1.
    pub(super) number: usize,
    /// In upper case.
    pub(super) name: String,
    /// Names in upper case, values without quotes.
    pub(super) parameters: Vec<(String, String)>,
    pub(super) value: String,
}

/// All content lines of a text, and the lines that are none.
pub(super) fn unfold(text: &str) -> (Vec<Line>, Vec<IcsFault>) {
    let mut joined: Vec<(usize, String)> = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (at, raw) in text.lines().enumerate() {
        let raw = raw.trim_end_matches('\r');
        match (raw.strip_prefix([' ', '\t']), joined.last_mut()) {
            (Some(rest), Some((_, line))) => line.push_str(rest),
            _ if raw.is_empty() => {}
            _ => joined.push((at + 1, raw.to_owned())),
        }
    }
    let (mut lines, mut faults) = (Vec::with_capacity(joined.len()), Vec::new());
    for (number, text) in joined {
        if let Some(line) = parse(number, &text) {
            lines.push(line);
        } else {
            let text = text.chars().take(40).collect();
            let error = IcsError::BrokenLine { text };
            let line = number;
            faults.push(IcsFault { line, error });
        }
    }
    (lines, faults)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn parse(number: usize, text: &str) -> Option<Line> {
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return None;
    }
    let (head, value) = text.split_at(outside_quotes(text, ':')?);
    let mut parts = Vec::new();
    let mut rest = head;
    while let Some(at) = outside_quotes(rest, ';') {
        parts.push(&rest[..at]);
        rest = &rest[at + 1..];
    }
    parts.push(rest);
    let mut parts = parts.into_iter();
    let name = parts.next().filter(|name| is_name(name))?;
    let parameter = |part: &str| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim_matches('"').to_owned();
        is_name(name).then(|| (name.to_ascii_uppercase(), value))
    };
    Some(Line {
        number,
        name: name.to_ascii_uppercase(),
        parameters: parts.map(parameter).collect::<Option<_>>()?,
        value: value[1..].to_owned(),
    })
}

/// Where a character first stands outside of double quotes; nowhere if a quote is left open.
fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if c == wanted && !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

impl Line {
    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut found = self.parameters.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The value as text, its escapes resolved.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut chars = self.value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => text.push(' '),
                    Some(escaped) => text.push(escaped),
                    None => {}
                },
                plain => text.push(plain),
            }
        }
        text.trim().to_owned()
    }
}
