//! What the page says of work on cases.

use std::fmt::Write as _;

use super::{Cases, RATE};
use crate::percentile::Sorted;

impl Cases {
    /// The section of the page, in Markdown.
    pub(in super::super) fn lines(&self, page: &mut String) {
        let (spread, hot, single) = (self.spread, self.hot, &self.single);
        let _ = writeln!(
            page,
            "\n## Cases\n\nWith {} open cases (router {:.0} MiB, the five services {:.0} MiB); {} \
             of them are worked on, from their acceptance to their closing.\n",
            self.open, self.router_mib, self.services_mib, self.worked_on
        );
        let _ = writeln!(page, "| commands | a second |\n| --- | ---: |");
        let rates = [
            (
                "over all of them, each waiting for its answers",
                spread.per_second,
            ),
            (
                "on one hot case, each waiting for the one before",
                hot.one_by_one,
            ),
            ("on one hot case, sent ahead over one stream", hot.ahead),
        ];
        for (what, rate) in rates {
            let _ = writeln!(page, "| {what} | {rate:.0} |");
        }
        let _ = writeln!(
            page,
            "\n{} commands and {} on the hot case, {} refused. The answers come when all is \
             durable.\n\nThe first page of 50 cases, and single commands at {RATE:.0}/s (open loop, \
             {}, {} refused, each timed from when it was due to be sent):\n",
            spread.commands, hot.commands, spread.refused, single.count, single.refused
        );
        let _ = writeln!(
            page,
            "| | p50 ms | p99 ms | max ms |\n| --- | ---: | ---: | ---: |"
        );
        for (list, times) in &self.quiet.0 {
            row(page, &format!("list {list}"), times);
        }
        for (list, times) in &self.busy.0 {
            row(
                page,
                &format!("the same at {RATE:.0} commands/s: {list}"),
                times,
            );
        }
        row(page, "a command", &single.times);
    }
}

fn row(page: &mut String, name: &str, times: &Sorted) {
    let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| times.at_ms(share));
    let _ = writeln!(page, "| {name} | {p50:.1} | {p99:.1} | {max:.1} |");
}
