//! A value for each page, in pieces that several models share: a model that differs from the one before in a few pages has
//! all other pieces in common with it.

use std::ops::Index;
use std::sync::Arc;

/// So many values are one piece.
const PIECE: usize = 128;

/// Values in order, by number.
#[derive(Clone, Debug)]
pub struct Column<T> {
    /// Of about [`PIECE`] values each, none empty.
    pieces: Vec<Arc<Vec<T>>>,
    /// The number of the first value behind each piece.
    ends: Vec<usize>,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column { pieces: Vec::new(), ends: Vec::new() }
    }
}

impl<T> FromIterator<T> for Column<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut values = values.into_iter();
        let mut pieces = Vec::new();
        loop {
            let mut piece = Vec::with_capacity(PIECE.min(values.size_hint().1.unwrap_or(PIECE)));
            piece.extend(values.by_ref().take(PIECE));
            if piece.is_empty() {
                return Column::of(pieces);
            }
            pieces.push(Arc::new(piece));
        }
    }
}

impl<T> Index<usize> for Column<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        let (piece, inside) = self.locate(at);
        &self.pieces[piece][inside]
    }
}

impl<T> Column<T> {
    fn of(pieces: Vec<Arc<Vec<T>>>) -> Self {
        let mut end = 0;
        let behind = |piece: &Arc<Vec<T>>| {
            end += piece.len();
            end
        };
        Column { ends: pieces.iter().map(behind).collect(), pieces }
    }

    /// The piece of a value, and its place in it. All pieces are full but where values came or went, so the first guess is
    /// right or nearly so.
    fn locate(&self, at: usize) -> (usize, usize) {
        let mut piece = (at / PIECE).min(self.ends.len().saturating_sub(1));
        while self.ends.get(piece).is_some_and(|end| *end <= at) {
            piece += 1;
        }
        loop {
            let start = piece.checked_sub(1).map_or(0, |before| self.ends[before]);
            if start <= at {
                return (piece, at - start);
            }
            piece -= 1;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flat_map(|piece| piece.iter())
    }

    /// The number of the value that `compare` says is equal, in a column that is sorted so.
    pub fn find(&self, compare: impl FnMut(&T) -> std::cmp::Ordering) -> Option<usize> {
        self.seek(compare).ok()
    }

    /// The same, else the number before which such a value would stand.
    pub fn seek(&self, mut compare: impl FnMut(&T) -> std::cmp::Ordering) -> Result<usize, usize> {
        let before = |piece: &Arc<Vec<T>>| piece.last().is_some_and(|last| compare(last).is_lt());
        let piece = self.pieces.partition_point(before);
        let start = piece.checked_sub(1).map_or(0, |before| self.ends[before]);
        let Some(values) = self.pieces.get(piece) else { return Err(start) };
        values.binary_search_by(&mut compare).map(|at| start + at).map_err(|at| start + at)
    }

    /// `work` on every value, on all cores; results in order.
    pub fn map<'c, R: Send>(&'c self, work: impl Fn(&'c T) -> R + Sync + Send) -> Vec<R>
    where
        T: Sync,
    {
        let all: Vec<&'c T> = self.iter().collect();
        crate::parallel::map(&all, |value| work(value))
    }
}

impl<T: Clone> Column<T> {
    /// The same with other values at some places; what is not beside them is shared.
    #[must_use]
    pub fn with(&self, others: impl IntoIterator<Item = (usize, T)>) -> Self {
        let mut column = self.clone();
        for (at, value) in others {
            let (piece, inside) = self.locate(at);
            Arc::make_mut(&mut column.pieces[piece])[inside] = value;
        }
        column
    }

    /// The same without the values at `gone`, and with each of `added` before the value that had its number; both sorted.
    #[must_use]
    pub fn spliced(&self, gone: &[usize], added: Vec<(usize, T)>) -> Self {
        let mut added = added.into_iter().peekable();
        let mut pieces = Vec::with_capacity(self.pieces.len() + 1);
        let mut start = 0;
        let last = self.pieces.len().saturating_sub(1);
        for (number, piece) in self.pieces.iter().enumerate() {
            let end = self.ends[number];
            let leaves = gone.partition_point(|at| *at < start) < gone.partition_point(|at| *at < end);
            // What comes behind all stands in the last piece.
            let comes = |at: usize| at < end || number == last;
            if !leaves && !added.peek().is_some_and(|(at, _)| comes(*at)) {
                pieces.push(Arc::clone(piece));
                start = end;
                continue;
            }
            let mut values = Vec::with_capacity(piece.len() + 1);
            for (at, value) in (start..end).zip(piece.iter()) {
                while let Some((_, value)) = added.next_if(|(before, _)| *before <= at) {
                    values.push(value);
                }
                if gone.binary_search(&at).is_err() {
                    values.push(value.clone());
                }
            }
            if number == last {
                values.extend(added.by_ref().map(|(_, value)| value));
            }
            while values.len() > 2 * PIECE {
                let rest = values.split_off(PIECE);
                pieces.push(Arc::new(std::mem::replace(&mut values, rest)));
            }
            if !values.is_empty() {
                pieces.push(Arc::new(values));
            }
            start = end;
        }
        if self.pieces.is_empty() {
            return added.map(|(_, value)| value).collect();
        }
        Column::of(pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize) -> Column<usize> {
        (0..count).map(|at| at * 2).collect()
    }

    #[test]
    fn values_stand_where_they_were_put() {
        for count in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let column = numbers(count);
            assert_eq!((column.len(), column.iter().count(), column.is_empty()), (count, count, count == 0));
            assert!((0..count).all(|at| column[at] == at * 2));
            assert!((0..count).all(|at| column.find(|value| value.cmp(&(at * 2))) == Some(at)));
            assert_eq!(column.find(|value| value.cmp(&1)), None);
            assert_eq!(column.find(|value| value.cmp(&(count * 2))), None);
            assert!(column.map(|value| value + 1).into_iter().eq((0..count).map(|at| at * 2 + 1)));
        }
    }

    #[test]
    fn values_come_and_go_as_in_a_list() {
        for count in [0, 1, PIECE, 3 * PIECE + 5] {
            for (gone, added) in [
                (vec![], vec![0]),
                (vec![0], vec![]),
                (vec![0, count / 2], vec![count / 2, count / 2, count]),
                ((0..count).collect(), vec![count]),
                ((0..count / 2).collect(), vec![0; 3 * PIECE]),
            ] {
                let mut gone: Vec<usize> = gone.into_iter().filter(|at| *at < count).collect();
                gone.dedup();
                let values: Vec<(usize, usize)> =
                    added.iter().enumerate().map(|(number, at)| (*at, 1_000_000 + number)).collect();
                let mut wanted = Vec::new();
                for at in 0..=count {
                    wanted.extend(values.iter().filter(|(before, _)| *before == at).map(|(_, value)| *value));
                    wanted.extend((at < count && !gone.contains(&at)).then_some(at * 2));
                }
                let column = numbers(count).spliced(&gone, values);
                assert!(column.iter().eq(&wanted), "{count} without {gone:?} with {added:?}");
                assert_eq!((column.len(), column.is_empty()), (wanted.len(), wanted.is_empty()));
                assert!((0..wanted.len()).all(|at| column[at] == wanted[at]));
                let again = column.with((0..wanted.len()).map(|at| (at, at)));
                assert!(again.iter().copied().eq(0..wanted.len()));
            }
        }
    }

    #[test]
    fn what_is_not_replaced_is_shared() {
        let before = numbers(3 * PIECE);
        let after = before.with([(PIECE, 7), (PIECE + 1, 8)]);
        assert_eq!(
            (before[PIECE], after[PIECE], after[PIECE + 1], after[PIECE + 2]),
            (2 * PIECE, 7, 8, 2 * PIECE + 4)
        );
        let shared = |at: usize| Arc::ptr_eq(&before.pieces[at], &after.pieces[at]);
        assert_eq!([shared(0), shared(1), shared(2)], [true, false, true]);
    }
}
