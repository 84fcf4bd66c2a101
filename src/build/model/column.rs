//! A value for each page, in pieces that several models share: a model that differs from the one before in a few pages has
//! all other pieces in common with it.

use std::ops::Index;
use std::sync::Arc;

/// So many values are one piece.
const PIECE: usize = 128;

/// Values in order, by number.
#[derive(Clone, Debug)]
pub struct Column<T> {
    /// All full but the last.
    pieces: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column { pieces: Vec::new(), len: 0 }
    }
}

impl<T> FromIterator<T> for Column<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut values = values.into_iter();
        let (mut pieces, mut len) = (Vec::new(), 0);
        loop {
            let mut piece = Vec::with_capacity(PIECE.min(values.size_hint().1.unwrap_or(PIECE)));
            piece.extend(values.by_ref().take(PIECE));
            if piece.is_empty() {
                return Column { pieces, len };
            }
            len += piece.len();
            pieces.push(Arc::new(piece));
        }
    }
}

impl<T> Index<usize> for Column<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.pieces[at / PIECE][at % PIECE]
    }
}

impl<T> Column<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flat_map(|piece| piece.iter())
    }

    /// The number of the value that `compare` says is equal, in a column that is sorted so.
    pub fn find(&self, mut compare: impl FnMut(&T) -> std::cmp::Ordering) -> Option<usize> {
        let before = |piece: &Arc<Vec<T>>| piece.last().is_some_and(|last| compare(last).is_lt());
        let piece = self.pieces.partition_point(before);
        let at = self.pieces.get(piece)?.binary_search_by(&mut compare).ok()?;
        Some(piece * PIECE + at)
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
            Arc::make_mut(&mut column.pieces[at / PIECE])[at % PIECE] = value;
        }
        column
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
