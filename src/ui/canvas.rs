//! Redraws the last lines of a terminal, even if its size changes in between.

use std::io;

use dialoguer::console::{Term, measure_text_width, truncate_str};

#[derive(Debug)]
pub(super) struct Canvas<'a> {
    term: &'a Term,
    ellipsis: &'static str,
    drawn: Option<Drawn>,
}

impl<'a> Canvas<'a> {
    /// A canvas that starts at the cursor.
    pub(super) fn new(term: &'a Term, ellipsis: &'static str) -> Self {
        Self { term, ellipsis, drawn: None }
    }

    /// Replaces the drawing with these lines, and puts the cursor `behind` columns before the end of the last line.
    pub(super) fn draw(&mut self, lines: &[String], behind: usize) -> io::Result<()> {
        self.erase()?;
        let (rows, columns) = self.term.size();
        let lines = fitting(lines, usize::from(rows), usize::from(columns), self.ellipsis);
        let drawn = Drawn::new(&lines, behind);
        self.term.write_str(&lines.join("\n"))?;
        self.term.move_cursor_left(drawn.behind)?;
        self.drawn = Some(drawn);
        Ok(())
    }

    /// Removes the drawing and moves the cursor back to its start.
    pub(super) fn erase(&mut self) -> io::Result<()> {
        let Some(drawn) = self.drawn.take() else { return Ok(()) };
        let (rows, columns) = self.term.size();
        self.term.move_cursor_up(drawn.rows_above(usize::from(rows), usize::from(columns)))?;
        self.term.clear_line()?;
        self.term.clear_to_end_of_screen()
    }
}

#[derive(Debug)]
struct Drawn {
    /// The width of each line.
    widths: Vec<usize>,
    /// The columns of the last line after the cursor.
    behind: usize,
}

impl Drawn {
    fn new(lines: &[String], behind: usize) -> Self {
        let widths: Vec<usize> = lines.iter().map(|line| measure_text_width(line)).collect();
        let last = widths.last().copied().unwrap_or_default();
        Self { widths, behind: behind.min(last) }
    }

    /// Returns the number of rows from the first row to the cursor's row. If the terminal got narrower, lines may have
    /// wrapped since they were drawn.
    fn rows_above(&self, rows: usize, columns: usize) -> usize {
        let Some((last, others)) = self.widths.split_last() else { return 0 };
        let whole: usize = others.iter().map(|width| rows_of(*width, columns)).sum();
        let above = whole + rows_of((last - self.behind).max(1), columns) - 1;
        above.min(rows.saturating_sub(1))
    }
}

/// Returns the number of rows that a line of this width takes.
fn rows_of(width: usize, columns: usize) -> usize {
    width.div_ceil(columns.max(1)).max(1)
}

/// Returns the last lines that fit on the terminal, cut to its width. Lines that wrap or scroll away can't be redrawn.
fn fitting(lines: &[String], rows: usize, columns: usize, ellipsis: &str) -> Vec<String> {
    let width = columns.saturating_sub(1).max(1);
    let tail = if measure_text_width(ellipsis) < width { ellipsis } else { "" };
    let shown = lines.iter().skip(lines.len().saturating_sub(rows.max(1)));
    shown.map(|line| truncate_str(line, width, tail).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<String> {
        let styled = format!("\u{1b}[1m{}\u{1b}[0m", "question ".repeat(9));
        vec![styled, "❯ 日本語の名前".to_owned(), String::new(), "  last".to_owned()]
    }

    #[test]
    fn drawn_lines_fit_every_terminal_size() {
        for rows in (0..9).chain([usize::MAX]) {
            for columns in (0..120).chain([usize::MAX]) {
                for ellipsis in ["…", "..."] {
                    let fitting = fitting(&lines(), rows, columns, ellipsis);
                    assert!((1..=rows.max(1)).contains(&fitting.len()), "{rows}x{columns}");
                    let widest = fitting.iter().map(|line| measure_text_width(line)).max().unwrap();
                    assert!(widest <= columns.saturating_sub(1).max(1), "{rows}x{columns}: {fitting:?}");
                    let drawn = Drawn::new(&fitting, 3);
                    assert!(drawn.rows_above(rows, columns) <= rows.saturating_sub(1));
                    // At the same size, each line is one row.
                    let rows_above = drawn.rows_above(usize::MAX, columns);
                    assert_eq!(rows_above, fitting.len() - 1, "{rows}x{columns}");
                }
            }
        }
    }

    #[test]
    fn lines_that_a_narrower_terminal_wraps_are_removed_whole() {
        let drawn = Drawn::new(&["x".repeat(30), "y".repeat(25)], 0);
        assert_eq!(drawn.rows_above(24, 40), 1);
        assert_eq!(drawn.rows_above(24, 10), 3 + 2);
        assert_eq!(drawn.rows_above(4, 10), 3);
        let in_front = Drawn::new(&["x".repeat(30)], 30);
        assert_eq!(in_front.rows_above(24, 10), 0);
    }
}
