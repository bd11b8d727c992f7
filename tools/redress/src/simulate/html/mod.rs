//! A report as one page: no network, no script, charts drawn in it, Chinese and English.

mod cards;
mod chart;
mod tables;
mod text;

use std::collections::BTreeMap;

use jiff::Timestamp;
use redress_what_if::{Cell, Counts, Pair, Week};

use super::subject::Subject;
use crate::lang::Lang;
use chart::{Bar, columns, lines, rows};
use text::{counted, drawn, escaped, words};

/// Weeks on an axis at most, twenty years: of a history with a stray date, only the weeks that have
/// cases are drawn.
const MOST_WEEKS: usize = 1_040;

const STYLE: &str = include_str!("style.css");

/// The page; `lang` is shown first.
pub(crate) fn page(subject: &Subject, lang: Lang) -> String {
    let checked = |it: Lang| if it == lang { " checked" } else { "" };
    let title = "Policy tried on the past · 政策试算";
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>\n{STYLE}</style></head><body>\n\
         <input class=\"tongue\" type=\"radio\" name=\"lang\" id=\"zh\"{}>\n\
         <input class=\"tongue\" type=\"radio\" name=\"lang\" id=\"en\"{}>\n\
         <div class=\"tongues\"><label for=\"zh\">中文</label><label for=\"en\">English</label></div>\n\
         <main>{}{}{}{}</main></body></html>\n",
        lang.tag(),
        checked(Lang::Zh),
        checked(Lang::En),
        head(subject),
        cards::all(subject),
        charts(subject),
        tables::all(subject)
    )
}

fn head(subject: &Subject) -> String {
    let zone = &subject.sides.today.policy().house().time_zone;
    let day = |at| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let since = if subject.window.since == Timestamp::UNIX_EPOCH {
        words(("the beginning", "最早"))
    } else {
        day(subject.window.since)
    };
    let side = |name: String, class: &str, dir: &str, version: &str| {
        format!(
            "<span><i class=\"swatch\" style=\"background:var(--{class})\"></i><b>{name}</b> {} \
             <code>{}</code></span>",
            escaped(dir),
            escaped(version)
        )
    };
    let today = side(
        words(("Today", "现行")),
        "today",
        &subject.dirs.today,
        subject.version(|it| &it.today),
    );
    let candidate = side(
        words(("Candidate", "候选")),
        "candidate",
        &subject.dirs.candidate,
        subject.version(|it| &it.candidate),
    );
    format!(
        "<header><h1>{}</h1><p>{since} – {} · {} {} · {}: {}</p><p class=\"key\">{today}{candidate}</p>\
         </header>",
        words(("Policy tried on the past", "政策试算")),
        day(subject.window.until),
        counted(subject.report.cases),
        words(("cases", "个案件")),
        words(("history", "历史来源")),
        escaped(&subject.history),
    )
}

/// The weeks in their order, those without cases as well: time goes on evenly along an axis.
fn every_week(mut weeks: BTreeMap<Week, Cell>) -> Vec<(String, Cell)> {
    let ends = weeks.keys().next().zip(weeks.keys().next_back());
    let from = |(first, last): (&Week, &Week)| {
        let last = *last;
        let all = std::iter::successors(Some(*first), |week| week.next());
        let all = all.take_while(move |week| *week <= last);
        all.take(MOST_WEEKS + 1).collect::<Vec<_>>()
    };
    let all = ends.map(from).unwrap_or_default();
    if all.len() <= MOST_WEEKS {
        for week in all {
            weeks.entry(week).or_default();
        }
    }
    let named = weeks.into_iter();
    named.map(|(week, cell)| (week.to_string(), cell)).collect()
}

/// On-time rates by week. Of a week with a fiftieth of the busiest one's clocks or less, a single
/// case would make a peak that catches the eye.
fn rates(weeks: Vec<(String, Pair<Counts>)>) -> Vec<(String, Pair<Option<f64>>)> {
    let decided = |counts: &Counts| counts.on_time + counts.late;
    let of_week = |counts: &Pair<Counts>| counts.as_ref().map(decided).into_array();
    let busiest = weeks.iter().flat_map(|(_, counts)| of_week(counts)).max();
    let few = busiest.unwrap_or(0) / 50;
    let rate = |counts: &Counts| counts.on_time_rate().filter(|_| decided(counts) > few);
    let weeks = weeks.into_iter();
    weeks
        .map(|(week, counts)| (week, counts.as_ref().map(rate)))
        .collect()
}

fn charts(subject: &Subject) -> String {
    let weeks = every_week(subject.report.by_week());
    let missed: Vec<Bar> = weeks
        .iter()
        .map(|(week, cell)| Bar {
            label: week.clone(),
            counts: late(cell),
        })
        .collect();
    let counts = weeks.iter().map(|(week, cell)| (week.clone(), cell.counts));
    let rates = lines(&rates(counts.collect()));
    let few = words((
        "Weeks with hardly any clocks have no rate.",
        "时限极少的周不计及时率。",
    ));
    let departments = subject.report.by_department();
    let by_department = |of: fn(&Cell) -> Pair<u64>| {
        let bars = departments.iter().map(|(id, cell)| Bar {
            label: drawn(&subject.department(id)),
            counts: of(cell),
        });
        rows(&bars.collect::<Vec<_>>())
    };
    format!(
        "<div class=\"charts\">{}{}{}{}</div>",
        figure(
            (
                "Missed deadlines by week of registration",
                "按登记周的超时时限"
            ),
            &columns(&missed)
        ),
        figure(
            (
                "On-time rate by week of registration",
                "按登记周的处理及时率"
            ),
            &format!("{rates}<p>{few}</p>")
        ),
        figure(
            ("Missed deadlines by department", "按部门的超时时限"),
            &by_department(late)
        ),
        figure(
            ("Cases by department", "按部门的案件数"),
            &by_department(|cell| cell.counts.as_ref().map(|it| it.cases))
        ),
    )
}

fn figure(caption: (&str, &str), shown: &str) -> String {
    format!(
        "<figure><figcaption>{}</figcaption>{shown}</figure>",
        words(caption)
    )
}

fn late(cell: &Cell) -> Pair<u64> {
    cell.counts.as_ref().map(|counts| counts.late)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_without_cases_have_their_place_on_the_axis() {
        let week = |at: &str| {
            let at: Timestamp = at.parse().expect("a time");
            Week::of(at, &jiff::tz::TimeZone::UTC)
        };
        let of = |ends: [&str; 2]| {
            let weeks = ends.map(|at| (week(at), Cell::default()));
            let weeks = every_week(BTreeMap::from(weeks)).into_iter();
            weeks.map(|(week, _)| week).collect::<Vec<_>>()
        };
        let newyear = of(["2026-12-20T00:00:00Z", "2027-01-05T00:00:00Z"]);
        assert_eq!(newyear, ["2026-W51", "2026-W52", "2026-W53", "2027-W01"]);
        let stray = of(["1970-01-01T00:00:00Z", "2027-01-05T00:00:00Z"]);
        assert_eq!(stray, ["1970-W01", "2027-W01"]);
        assert!(every_week(BTreeMap::new()).is_empty());
    }

    #[test]
    fn a_week_with_hardly_any_clocks_is_no_point_of_the_rate() {
        let week = |name: &str, on_time, late| {
            let counts = Counts {
                on_time,
                late,
                ..Counts::default()
            };
            let both = Pair {
                today: counts,
                candidate: counts,
            };
            (name.to_owned(), both)
        };
        let shown = |weeks: Vec<(String, Pair<Counts>)>| {
            let rates = rates(weeks).into_iter();
            rates.map(|(_, rate)| rate.today).collect::<Vec<_>>()
        };
        let busy = shown(vec![
            week("W09", 90, 10),
            week("W10", 0, 2),
            week("W11", 3, 1),
        ]);
        assert_eq!(busy, [Some(0.9), None, Some(0.75)]);
        let quiet = shown(vec![
            week("W09", 3, 0),
            week("W10", 0, 1),
            week("W11", 0, 0),
        ]);
        assert_eq!(quiet, [Some(1.0), Some(0.0), None]);
    }
}
