//! What a check found, and what to do.

use comfy_table::Color;
use serde_json::json;

use crate::output::Output;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Fine,
    Remark,
    Problem,
}

/// Gathers findings and shows each at once.
pub(crate) struct Findings<'a> {
    out: &'a Output,
    pub(crate) worst: Level,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(out: &'a Output) -> Self {
        Self {
            out,
            worst: Level::Fine,
        }
    }

    pub(crate) fn fine(&mut self, about: &str, text: impl AsRef<str>) -> std::io::Result<()> {
        self.add(Level::Fine, about, text.as_ref())
    }

    pub(crate) fn remark(&mut self, about: &str, text: impl AsRef<str>) -> std::io::Result<()> {
        self.add(Level::Remark, about, text.as_ref())
    }

    pub(crate) fn problem(&mut self, about: &str, text: impl AsRef<str>) -> std::io::Result<()> {
        self.add(Level::Problem, about, text.as_ref())
    }

    fn add(&mut self, level: Level, about: &str, text: &str) -> std::io::Result<()> {
        self.worst = self.worst.max(level);
        let (word, mark, colour) = match level {
            Level::Fine => ("fine", "ok     ", Color::Green),
            Level::Remark => ("remark", "remark ", Color::Yellow),
            Level::Problem => ("problem", "PROBLEM", Color::Red),
        };
        if self.out.json {
            return self
                .out
                .object(&json!({"level": word, "about": about, "text": text}));
        }
        self.out.line(&format!(
            "{} {about:12} {text}",
            self.out.paint(mark, colour)
        ))
    }
}
