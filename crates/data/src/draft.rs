//! One row of a table as its columns are read.

use crate::field::{Field, NUMBERS};
use crate::layout::LevelColumn;
use crate::num::Num;
use haggle_model::{Side, time::Nanos};

/// One row, as far as its columns said something.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Draft<'a> {
    /// The venue's stamp; of bars their stamp.
    pub time: Option<Nanos>,
    pub received: Option<Nanos>,
    pub symbol: Option<&'a str>,
    pub exchange: Option<&'a str>,
    pub side: Option<Side>,
    pub is_snapshot: Option<bool>,
    /// By [`Field::number`].
    pub numbers: [Option<Num>; NUMBERS],
}

impl Draft<'_> {
    /// Sets a number.
    #[inline]
    pub fn set(&mut self, field: Field, value: Option<Num>) {
        if let Some(at) = field.number() {
            self.numbers[at] = value;
        }
    }

    /// A number, if the row has it.
    #[inline]
    pub fn get(&self, field: Field) -> Option<Num> {
        field.number().and_then(|at| self.numbers[at])
    }
}

/// The levels of a row that is a whole book, by side and depth: price and size.
#[derive(Clone, Debug, Default)]
pub(crate) struct LevelCells {
    sides: [Vec<(Option<Num>, Option<Num>)>; 2],
}

impl LevelCells {
    /// Forgets the row before.
    pub fn clear(&mut self) {
        self.sides.iter_mut().for_each(Vec::clear);
    }

    /// The levels of a side, best first, of which both price and size are there.
    pub fn of(&self, side: Side) -> impl Iterator<Item = (Num, Num)> {
        self.sides[side as usize].iter().filter_map(|(price, size)| price.zip(*size))
    }

    /// What stands in a column.
    pub fn set(&mut self, column: &LevelColumn, value: Option<Num>) {
        let side = &mut self.sides[column.side as usize];
        let depth = usize::from(column.depth);
        if side.len() <= depth {
            side.resize(depth + 1, (None, None));
        }
        let (price, size) = &mut side[depth];
        *(if column.is_price { price } else { size }) = value;
    }
}
