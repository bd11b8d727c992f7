//! Tables.

use comfy_table::{Cell, Color, ContentArrangement, Table, presets};

use super::Output;

/// A table: framed on a terminal, bare columns otherwise.
pub(crate) struct Grid(Table);

impl Grid {
    pub(super) fn new(out: &Output, labels: &[&str]) -> Self {
        let mut table = Table::new();
        if out.terminal {
            table.load_style(presets::UTF8_HORIZONTAL_ONLY);
            table.set_content_arrangement(ContentArrangement::Dynamic);
        } else {
            table.load_style(presets::NOTHING);
        }
        if out.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        if !labels.is_empty() {
            table.set_header(labels.iter().map(|label| Cell::new(label).fg(Color::Cyan)));
        }
        Self(table)
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) -> &mut Self {
        self.0.add_row(cells);
        self
    }
}

impl std::fmt::Display for Grid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.trim_fmt())
    }
}

/// A cell, coloured by what its word means.
pub(crate) fn cell(text: impl std::fmt::Display) -> Cell {
    let text = text.to_string();
    let colour = match text.as_str() {
        "urgent" | "critical" | "breached" | "late" | "given_up" | "unreachable" => {
            Some(Color::Red)
        }
        "severe" | "planned" => Some(Color::Yellow),
        "delivered" | "stopped" | "on time" => Some(Color::Green),
        _ => None,
    };
    match colour {
        Some(colour) => Cell::new(text).fg(colour),
        None => Cell::new(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_table_that_is_not_for_a_terminal_is_bare_columns() {
        let mut grid = Output::plain(Lang::En).grid(&["Number", "Urgency"]);
        grid.row(vec![cell("CF20260501001"), cell("urgent")]);
        let lines: Vec<_> = grid
            .to_string()
            .lines()
            .map(|line| line.trim().to_owned())
            .collect();
        assert_eq!(lines, ["Number         Urgency", "CF20260501001  urgent"]);
    }

    #[test]
    fn chinese_columns_line_up_by_their_width_on_the_screen() {
        let mut grid = Output::plain(Lang::Zh).grid(&["部门", "数"]);
        grid.row(vec![cell("质量管理部"), cell(3)])
            .row(vec![cell("a"), cell(4)]);
        let text = grid.to_string();
        let starts: Vec<usize> = text
            .lines()
            .map(|line| {
                line.trim_end()
                    .chars()
                    .map(|c| if c.is_ascii() { 1 } else { 2 })
                    .sum()
            })
            .collect();
        assert_eq!(starts[1], starts[2]);
    }

    #[test]
    fn colours_are_on_only_when_wanted() {
        let out = Output {
            colour: true,
            ..Output::plain(Lang::En)
        };
        let mut grid = out.grid(&[]);
        grid.row(vec![cell("urgent")]);
        assert!(grid.to_string().contains("\u{1b}["));
    }
}
