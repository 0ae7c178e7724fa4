//! Rows on their way into a store, as they were given: before their increments, their order and their final stamps are known.

use crate::num::Num;
use crate::row::RowKind;
use haggle_model::{Side, time::Nanos};

/// The two stamps of a row; at least one is needed. Without the other, both are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// The venue's.
    pub exchange: Option<Nanos>,
    /// The recorder's: when a client had the row.
    pub received: Option<Nanos>,
}

impl Stamps {
    /// One stamp for both.
    pub const fn one(time: Nanos) -> Self {
        Self { exchange: Some(time), received: None }
    }
}

/// A row as it was given: 56 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Staged {
    /// Exchange time; of a gap without stamps not yet known.
    pub time: Nanos,
    pub received: Nanos,
    /// Quote: bid, bid size, ask, ask size. Print: price, quantity. Bar: place among the staged bars. Book: number of the message.
    pub mantissa: [i64; 4],
    pub scale: [u8; 4],
    pub instrument: u16,
    pub kind: RowKind,
    /// [`HAS_EXCHANGE`] and [`HAS_RECEIVED`].
    pub stamps: u8,
}

const _: () = assert!(std::mem::size_of::<Staged>() == 56);

/// The row came with a venue's stamp.
pub(crate) const HAS_EXCHANGE: u8 = 1;
/// The row came with a recorder's stamp.
pub(crate) const HAS_RECEIVED: u8 = 2;

impl Staged {
    pub(crate) fn num(&self, at: usize) -> Num {
        Num::from_parts(self.mantissa[at], self.scale[at])
    }
}

/// A bar as it was given: open time, then open, high, low, close, volume.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StagedBar {
    pub time_open: Nanos,
    pub values: [Num; 5],
}

/// A level as it was given: 24 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StagedLevel {
    pub price: i64,
    pub size: i64,
    /// Number of its message, by load order.
    pub message: u32,
    pub price_scale: u8,
    pub size_scale: u8,
    pub side: Side,
}

const _: () = assert!(std::mem::size_of::<StagedLevel>() == 24);

impl StagedLevel {
    /// Its price.
    pub fn price(&self) -> Num {
        Num::from_parts(self.price, self.price_scale)
    }

    /// Its size; 0 removes it.
    pub fn size(&self) -> Num {
        Num::from_parts(self.size, self.size_scale)
    }
}

/// What is under way of an instrument's book.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BookState {
    pub has_snapshot: bool,
    /// The message that levels with the same kind and stamps belong to.
    pub open: Option<(RowKind, Stamps, u32)>,
    /// The side of a best quote that came first.
    pub half: Option<(Stamps, Side, (Num, Num))>,
}
