//! The figures that a reader looks for first, today's and the candidate's.

use std::fmt::Write as _;

use redress_what_if::{Cell, Counts, Delta, Pair};

use super::text::{counted, words};
use crate::simulate::subject::{Subject, label};

/// What is counted, where a change of it belongs, and what it is.
type Figure = (&'static str, Option<&'static str>, fn(&Counts) -> u64);

const FIGURES: [Figure; 6] = [
    ("late", Some("late"), |it| it.late),
    ("warned", Some("warned"), |it| it.warned),
    ("escalated", Some("escalated"), |it| it.escalated),
    ("to_approve", Some("approvals"), |it| it.to_approve),
    ("held_up", Some("held_up"), |it| it.held_up),
    ("open", None, |it| it.open),
];

pub(super) fn all(subject: &Subject) -> String {
    let total = subject.report.total();
    let mut cards = String::new();
    if !subject.report.has_differences() {
        let nothing = words(("No difference.", "没有差异。"));
        let _ = write!(
            cards,
            "<section class=\"same\"><h2>{nothing}</h2></section>"
        );
    }
    cards += "<div class=\"cards\">";
    cards += &card(
        &words(("On-time rate", "及时率")),
        &total.counts.as_ref().map(rate),
        "",
    );
    cards += &card(
        &words(label("routed")),
        &Pair {
            today: String::new(),
            candidate: counted(total.routed.more),
        },
        &of_all(&total),
    );
    for (name, delta, of) in FIGURES {
        let counts = total.counts.as_ref().map(of).map(counted);
        let delta = delta.and_then(|name| total.deltas().into_iter().find(|it| it.0 == name));
        cards += &card(
            &words(label(name)),
            &counts,
            &delta.map_or_else(String::new, changed),
        );
    }
    cards + "</div>"
}

fn rate(counts: &Counts) -> String {
    let rate = counts.on_time_rate();
    rate.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn of_all(total: &Cell) -> String {
    let all = counted(total.counts.today.cases);
    format!("{} {all}", words(("of", "共")))
}

/// Case by case, so that ten new ones and ten spared ones do not look like none.
fn changed((name, delta): (&str, Delta)) -> String {
    if delta.is_nothing() {
        return String::new();
    }
    // Of approvals neither more nor fewer is better.
    let class = |class| if name == "approvals" { "kind" } else { class };
    let mut text = String::new();
    if delta.more > 0 {
        let _ = write!(
            text,
            "<span class=\"{}\">+{} {}</span> ",
            class("more"),
            counted(delta.more),
            words(("new", "新增"))
        );
    }
    if delta.less > 0 {
        let _ = write!(
            text,
            "<span class=\"{}\">−{} {}</span>",
            class("less"),
            counted(delta.less),
            words(("gone", "减少"))
        );
    }
    text
}

fn card(title: &str, figures: &Pair<String>, below: &str) -> String {
    let was = match &figures.today {
        today if today.is_empty() || today == &figures.candidate => String::new(),
        today => format!("<span class=\"was\">{today} → </span>"),
    };
    format!(
        "<section><h2>{title}</h2><div>{was}<span class=\"is\">{}</span></div><p>{below}</p></section>",
        figures.candidate
    )
}
