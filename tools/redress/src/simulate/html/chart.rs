//! Charts as SVG, drawn by hand.

use std::fmt::Write as _;

use redress_what_if::{Pair, Which};

use super::text::{counted, escaped};

/// A place on an axis, with the figures of both policies there.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) counts: Pair<u64>,
}

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 48.0;
const BOTTOM: f64 = 28.0;
const TOP: f64 = 10.0;
/// More labels than that on an axis cannot be read.
const LABELS: usize = 12;

/// Columns side by side, one pair for each label.
pub(super) fn columns(bars: &[Bar]) -> String {
    let most = most(bars.iter().flat_map(|bar| bar.counts.into_array()));
    let (plot_width, plot_height) = (WIDTH - LEFT, HEIGHT - BOTTOM - TOP);
    let slot = plot_width / bars.len().max(1) as f64;
    let width = (slot * 0.4).min(28.0);
    let mut svg = open(HEIGHT);
    scale(&mut svg, most);
    for (index, bar) in bars.iter().enumerate() {
        let middle = LEFT + slot * (index as f64 + 0.5);
        for (which, offset) in [(Which::Today, -width), (Which::Candidate, 0.0)] {
            let count = *bar.counts.get(which);
            let height = plot_height * count as f64 / most as f64;
            let (x, y) = (middle + offset, TOP + plot_height - height);
            let _ = write!(
                svg,
                "<rect class=\"{}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
                 height=\"{height:.1}\" rx=\"1.5\"><title>{}: {count}</title></rect>",
                which.name(),
                escaped(&bar.label)
            );
        }
        label(&mut svg, index, bars.len(), middle, &bar.label);
    }
    svg + "</svg>"
}

/// Two lines of shares from 0 to 1, with a gap where a place has none. Where both go the same way,
/// the first is seen around the second.
pub(super) fn lines(places: &[(String, Pair<Option<f64>>)]) -> String {
    let (plot_width, plot_height) = (WIDTH - LEFT, HEIGHT - BOTTOM - TOP);
    let slot = plot_width / places.len().max(1) as f64;
    let middle = |index: usize| LEFT + slot * (index as f64 + 0.5);
    let mut svg = open(HEIGHT);
    for percent in [0, 50, 100] {
        let y = TOP + plot_height * (1.0 - f64::from(percent) / 100.0);
        rule(&mut svg, y, &format!("{percent} %"));
    }
    for (which, radius) in [(Which::Today, 5), (Which::Candidate, 3)] {
        let mut points = String::new();
        for (index, (name, shares)) in places.iter().enumerate() {
            let Some(share) = *shares.get(which) else {
                polyline(&mut svg, which, &mut points);
                continue;
            };
            let (x, y) = (middle(index), TOP + plot_height * (1.0 - share));
            let _ = write!(points, "{x:.1},{y:.1} ");
            let _ = write!(
                svg,
                "<circle class=\"{}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\">\
                 <title>{}: {:.1} %</title></circle>",
                which.name(),
                escaped(name),
                share * 100.0
            );
        }
        polyline(&mut svg, which, &mut points);
    }
    for (index, (name, _)) in places.iter().enumerate() {
        label(&mut svg, index, places.len(), middle(index), name);
    }
    svg + "</svg>"
}

/// Draws a line through the points so far, if it leads anywhere.
fn polyline(svg: &mut String, which: Which, points: &mut String) {
    let line = std::mem::take(points);
    if line.trim_end().contains(' ') {
        let (class, line) = (which.name(), line.trim_end());
        let _ = write!(svg, "<polyline class=\"{class}\" points=\"{line}\"/>");
    }
}

/// Bars from left to right, one pair below the other; `names` are markup already.
pub(super) fn rows(bars: &[Bar]) -> String {
    const ROW: f64 = 36.0;
    const NAMES: f64 = 170.0;
    let most = most(bars.iter().flat_map(|bar| bar.counts.into_array()));
    let mut svg = open(ROW * bars.len() as f64 + 6.0);
    for (index, bar) in bars.iter().enumerate() {
        let y = ROW * index as f64 + 4.0;
        let _ = write!(
            svg,
            "<g transform=\"translate(0,{:.1})\">{}</g>",
            y + 17.0,
            bar.label
        );
        for (which, offset) in [(Which::Today, 0.0), (Which::Candidate, 14.0)] {
            let count = *bar.counts.get(which);
            let width = (WIDTH - NAMES - 50.0) * count as f64 / most as f64;
            let (top, text) = (y + offset, NAMES + width + 4.0);
            let _ = write!(
                svg,
                "<rect class=\"{}\" x=\"{NAMES}\" y=\"{top:.1}\" width=\"{width:.1}\" \
                 height=\"12\" rx=\"2\"/><text x=\"{text:.1}\" y=\"{:.1}\">{}</text>",
                which.name(),
                top + 10.5,
                counted(count)
            );
        }
    }
    svg + "</svg>"
}

/// Where an axis ends: an even figure that reads well, so that its half does too.
fn most(counts: impl Iterator<Item = u64>) -> u64 {
    let most = counts.max().unwrap_or(0).max(1);
    let mut size: u64 = 1;
    loop {
        let ends = [2, 4, 6, 8].map(|part| part * size);
        if let Some(end) = ends.into_iter().find(|end| *end >= most) {
            return end;
        }
        size = match size.checked_mul(10) {
            Some(larger) if larger < u64::MAX / 10 => larger,
            _ => return most,
        };
    }
}

fn open(height: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">"
    )
}

fn scale(svg: &mut String, most: u64) {
    let plot_height = HEIGHT - BOTTOM - TOP;
    for part in [0, 1, 2] {
        let y = TOP + plot_height * (1.0 - f64::from(part) / 2.0);
        rule(svg, y, &counted(most * u64::from(part as u8) / 2));
    }
}

fn rule(svg: &mut String, y: f64, text: &str) {
    let _ = write!(
        svg,
        "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
        LEFT - 6.0,
        y + 4.0
    );
}

/// A label below the axis, where there is room for it.
fn label(svg: &mut String, index: usize, all: usize, x: f64, text: &str) {
    if !index.is_multiple_of(all.div_ceil(LABELS).max(1)) {
        return;
    }
    let short = text.split_once('-').map_or(text, |(_, week)| week);
    // The last one would stand half outside.
    let x = x.min(WIDTH - 14.0);
    let _ = write!(
        svg,
        "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        HEIGHT - 8.0,
        escaped(short)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_gap_where_there_is_no_share_and_both_lines_are_seen() {
        let place = |share: Option<f64>| {
            let both = Pair {
                today: share,
                candidate: share,
            };
            ("2026-W09".to_owned(), both)
        };
        let shares = [
            Some(0.5),
            Some(0.4),
            None,
            Some(0.3),
            None,
            Some(0.2),
            Some(0.1),
        ];
        let svg = lines(&shares.map(place));
        assert_eq!(svg.matches("<polyline").count(), 4, "{svg}");
        assert_eq!(svg.matches("<circle").count(), 10, "{svg}");
        assert_eq!(svg.matches("r=\"5\"").count(), 5, "{svg}");
    }

    #[test]
    fn an_axis_ends_at_an_even_figure_that_reads_well() {
        let ends = [0, 1, 3, 9, 21, 97, 4_152, u64::MAX].map(|it| most([it].into_iter()));
        assert_eq!(ends, [2, 2, 4, 20, 40, 200, 6_000, u64::MAX]);
    }
}
