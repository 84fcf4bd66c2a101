//! Lists cut into pages.
//!
//! Lists by date are cut from the oldest end: page 1 holds the oldest items, is full, and never changes again; the
//! first page, at the section's own URL, shows the newest n to 2n−1. One more item then rewrites two or three files.

/// One page of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its number in its URL; `None` for the first page, which has none.
    pub number: Option<usize>,
    /// Its items, as a range of the list.
    pub items: std::ops::Range<usize>,
    /// The sheets beside it, as positions among the sheets.
    pub newer: Option<usize>,
    pub older: Option<usize>,
}

/// Cuts a list of `count` items into sheets of `size`; the first sheet is what the list's own URL shows.
pub fn sheets(count: usize, size: Option<usize>, by_date: bool) -> Vec<Sheet> {
    let size = size.unwrap_or(usize::MAX).max(1);
    let first = |items| Sheet { number: None, items, newer: None, older: None };
    let mut sheets = vec![];
    if by_date {
        let archives = (count / size).saturating_sub(1);
        sheets.push(first(0..count - archives * size));
        // Newest archive first.
        for number in (1..=archives).rev() {
            let end = count - (number - 1) * size;
            sheets.push(Sheet { number: Some(number), ..first(end - size..end) });
        }
    } else {
        sheets.push(first(0..count.min(size)));
        let more = count.div_ceil(size).max(1);
        for number in 2..=more {
            let start = (number - 1) * size;
            sheets.push(Sheet { number: Some(number), ..first(start..count.min(start + size)) });
        }
    }
    let last = sheets.len() - 1;
    for (at, sheet) in sheets.iter_mut().enumerate() {
        sheet.newer = at.checked_sub(1);
        sheet.older = (at < last).then_some(at + 1);
    }
    sheets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(count: usize, by_date: bool) -> Vec<(Option<usize>, usize, usize)> {
        sheets(count, Some(10), by_date).into_iter().map(|s| (s.number, s.items.start, s.items.end)).collect()
    }

    #[test]
    fn lists_by_date_are_cut_from_the_oldest() {
        assert_eq!(cut(0, true), [(None, 0, 0)]);
        assert_eq!(cut(19, true), [(None, 0, 19)]);
        assert_eq!(cut(20, true), [(None, 0, 10), (Some(1), 10, 20)]);
        assert_eq!(cut(35, true), [(None, 0, 15), (Some(2), 15, 25), (Some(1), 25, 35)]);
    }

    #[test]
    fn an_archive_never_changes_when_items_are_added() {
        // Counted from the oldest item, archive 1 is always items 0 to 9.
        for count in 20..60 {
            let archive = sheets(count, Some(10), true).pop().unwrap();
            assert_eq!((count - archive.items.end, count - archive.items.start), (0, 10));
        }
    }

    #[test]
    fn other_lists_are_cut_from_the_start() {
        assert_eq!(cut(0, false), [(None, 0, 0)]);
        assert_eq!(cut(25, false), [(None, 0, 10), (Some(2), 10, 20), (Some(3), 20, 25)]);
    }

    #[test]
    fn sheets_know_their_neighbours() {
        let sheets = sheets(35, Some(10), true);
        assert_eq!((sheets[0].newer, sheets[0].older), (None, Some(1)));
        assert_eq!((sheets[2].newer, sheets[2].older), (Some(1), None));
    }
}
