//! A bar with counts, on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Tally;
use crate::output::Output;

/// A bar with counts, on standard error; nothing when that is no terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    out: Output,
}

impl Progress {
    /// `total` is unknown for a file that is read as it goes.
    pub(crate) fn new(out: &Output, total: Option<u64>) -> Self {
        let (bar, template) = match total {
            Some(total) => (
                ProgressBar::new(total),
                "{bar:30.green} {pos}/{len}  {per_sec}  {msg}  {eta_precise}",
            ),
            None => (
                ProgressBar::new_spinner(),
                "{spinner} {pos}  {per_sec}  {msg}  {elapsed_precise}",
            ),
        };
        if out.json {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(250));
        Self {
            bar,
            out: out.clone(),
        }
    }

    pub(crate) fn show(&self, tally: &Tally) {
        let total = tally.total();
        self.bar.set_position(total);
        // The words are for people, who read no faster.
        if total % 32 == 1 || Some(total) == self.bar.length() {
            self.bar.set_message(tally.in_words(&self.out));
        }
    }

    /// A line above the bar.
    pub(crate) fn line(&self, text: &str) {
        if self.bar.is_hidden() {
            eprintln!("{text}");
        } else {
            self.bar.println(text);
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
