//! What the user sees: tables on a terminal, JSON lines for programs, colours where they help.

mod message;
mod table;
mod time;

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::Color;

use crate::{
    args::{Colour, Global},
    lang::Lang,
};

pub(crate) use message::{message_from_json, message_to_json};
pub(crate) use table::{Grid, cell};
pub(crate) use time::{at, at_in, due, moment};

/// How to show things.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    /// One JSON object per line.
    pub(crate) json: bool,
    /// Whether standard output is a terminal that may be redrawn.
    pub(crate) terminal: bool,
    /// Whether to colour.
    pub(crate) colour: bool,
    /// Language of labels.
    pub(crate) lang: Lang,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        let terminal = io::stdout().is_terminal();
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = match global.color {
            Colour::Auto => terminal && !no_colour,
            Colour::Always => true,
            Colour::Never => false,
        };
        Self {
            json: global.json,
            terminal,
            colour,
            lang: Lang::choose(global.lang),
        }
    }

    /// The text in the language of labels.
    pub(crate) fn pick<'a>(&self, en: &'a str, zh: &'a str) -> &'a str {
        self.lang.pick(en, zh)
    }

    /// A line of text, or several.
    #[expect(clippy::unused_self, reason = "whoever shows has an Output")]
    pub(crate) fn line(&self, text: &str) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{text}")
    }

    /// A line about progress, for people: on standard error when the output is for programs.
    pub(crate) fn say(&self, text: &str) {
        if self.json {
            eprintln!("{text}");
        } else {
            // Whoever reads may have left; progress is then of no interest.
            let _ = self.line(text);
        }
    }

    /// One object of JSON on a line.
    pub(crate) fn object(&self, value: &serde_json::Value) -> io::Result<()> {
        self.line(&value.to_string())
    }

    /// What went wrong, on standard error.
    pub(crate) fn complain(&self, text: &str) {
        let mark = paint_if(self.stderr_colour(), "redress:", Color::Red);
        eprintln!("{mark} {text}");
    }

    fn stderr_colour(&self) -> bool {
        self.colour && io::stderr().is_terminal()
    }

    /// The text in a colour, if colours are on.
    pub(crate) fn paint(&self, text: &str, colour: Color) -> String {
        paint_if(self.colour, text, colour)
    }

    /// The text in bold, if colours are on.
    pub(crate) fn bold(&self, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[1m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// A new table with the labels of its columns.
    pub(crate) fn grid(&self, labels: &[&str]) -> Grid {
        Grid::new(self, labels)
    }
}

fn paint_if(on: bool, text: &str, colour: Color) -> String {
    let code = match colour {
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Cyan => 36,
        _ => 90,
    };
    if on {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Whether the error only says that the reader of our output has gone, as `head` does.
pub(crate) fn reader_left(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
impl Output {
    /// Plain text, as into a file.
    pub(crate) fn plain(lang: Lang) -> Self {
        Self {
            json: false,
            terminal: false,
            colour: false,
            lang,
        }
    }
}
