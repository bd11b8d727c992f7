//! The section of the page about scaling.

use std::fmt::Write as _;

use super::{
    Scaling,
    cost::{COUNTED, Cost},
    moves::{MOVES, StoodBy},
};
use crate::percentile::Sorted;

/// What the section begins with.
const TITLE: &str = "## Scaling";

/// The section, in Markdown.
pub(in crate::bench) fn section(it: &Scaling) -> String {
    let mut page = format!(
        "{TITLE}\n\nMeasured by `redress bench --only scaling --cases {}`, everything on one machine.\n",
        it.cases
    );
    cost(&mut page, it);
    moves(&mut page, it);
    sizes(&mut page, it);
    restarts(&mut page, it);
    page
}

fn cost(page: &mut String, it: &Scaling) {
    let _ = writeln!(
        page,
        "\nProcessor time for each complaint, in µs, with so many replicas of each service:\n"
    );
    let columns: Vec<String> = it.costs.keys().map(usize::to_string).collect();
    let _ = writeln!(page, "| | {} |", columns.join(" | "));
    let _ = writeln!(page, "| ---{} |", " | ---:".repeat(columns.len()));
    let Some(first) = it.costs.values().next() else {
        return;
    };
    for (row, (name, _)) in first.us.iter().enumerate() {
        let cells = it
            .costs
            .values()
            .map(|cost| format!("{:.0}", cost.us[row].1));
        let _ = writeln!(
            page,
            "| {name} | {} |",
            cells.collect::<Vec<_>>().join(" | ")
        );
    }
    let sums = it.costs.values().map(Cost::of_services);
    let cells = sums.clone().map(|us| format!("{us:.0}"));
    let _ = writeln!(
        page,
        "| the five services | {} |",
        cells.collect::<Vec<_>>().join(" | ")
    );
    let rates = it
        .costs
        .values()
        .map(|cost| format!("{:.0}", cost.per_second));
    let _ = writeln!(
        page,
        "| complaints/s, the last one settled | {} |",
        rates.collect::<Vec<_>>().join(" | ")
    );
    let (least, most) = sums.fold((f64::INFINITY, 0.0_f64), |(least, most), us| {
        (least.min(us), most.max(us))
    });
    let _ = writeln!(
        page,
        "\nThe largest sum is {:.0} % above the smallest.",
        (most / least - 1.0) * 100.0
    );
}

fn moves(page: &mut String, it: &Scaling) {
    let _ = writeln!(
        page,
        "\nA router of two ends or is killed, {MOVES} times each, with {COUNTED} cases and a lease of \
         6 s; until every partition is answered for by the other, and the slowest answer meanwhile \
         to a question that goes to all of them:\n\n| ms | p50 | max |\n| --- | ---: | ---: |",
    );
    let mut row = |name: &str, times: &Sorted| {
        let at = |share| times.at_ms(share);
        let _ = writeln!(page, "| {name} | {:.0} | {:.0} |", at(0.5), at(1.0));
    };
    row("planned (SIGTERM)", &it.moves.planned);
    row("the slowest answer meanwhile", &it.moves.waited);
    row("kill -9", &it.moves.killed);
}

fn sizes(page: &mut String, it: &Scaling) {
    let [(few, idle), (many, spread)] = &it.partitions;
    let more = f64::from(many.saturating_sub(*few).max(1));
    let cases = it.cases.max(1) as f64;
    let _ = writeln!(
        page,
        "\nWithout a case on {few} and on {many} partitions, and with {} open cases on {few}:\n",
        it.cases
    );
    let _ = writeln!(
        page,
        "| | MiB, {few} | MiB, {many} | KiB a partition | MiB with cases | bytes of memory a case \
         | bytes of disk a case |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    );
    for (row, (name, mib)) in idle.iter().enumerate() {
        let (spread, full) = (spread[row].1, it.size.memory[row].1);
        let disk = it.size.bytes.iter().find(|(of, _)| of == name);
        let disk = disk.map_or(0, |(_, bytes)| *bytes) as f64 / cases;
        let _ = writeln!(
            page,
            "| {name} | {mib:.0} | {spread:.0} | {:.0} | {full:.0} | {:.0} | {disk:.0} |",
            (spread - mib) * 1024.0 / more,
            (full - mib) * 1_048_576.0 / cases,
        );
    }
}

fn restarts(page: &mut String, it: &Scaling) {
    let _ = writeln!(
        page,
        "\nWith these cases, from the start of a process until it was ready:\n\n| | s |\n| --- | ---: |"
    );
    for (service, took) in &it.restarts.services {
        let _ = writeln!(
            page,
            "| {service}, with its store | {:.1} |",
            took.as_secs_f64()
        );
    }
    let rows = [
        ("router, its store deleted", it.restarts.rebuilt),
        ("nats-server, after kill -9", it.restarts.broker),
        ("all services, after that", it.restarts.all),
    ];
    for (name, took) in rows {
        let _ = writeln!(page, "| {name} | {:.1} |", took.as_secs_f64());
    }
    let StoodBy { killed, waited } = it.stood_by;
    let _ = writeln!(
        page,
        "\nWith these cases and a second router that stood by, every partition was answered for \
         {:.1} s after `kill -9` of the first one, with a lease of 6 s; when the second one ended in \
         good order, the slowest answer took {:.0} ms.",
        killed.as_secs_f64(),
        waited.as_secs_f64() * 1e3
    );
}
