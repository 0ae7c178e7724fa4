//! Messages of levels on their way into a [`Builder`]: rows of one kind with the same two stamps are one message.

use crate::builder::{Builder, no_memory};
use crate::num::{Num, not_negative, positive};
use crate::row::RowKind;
use crate::staged::{StagedLevel, Stamps};
use haggle_model::{Error, Result, Side, time::to_rfc3339};

impl Builder {
    /// A level of a snapshot, or of an update (a size of 0 removes the level). It joins the instrument's last message if that is
    /// of the same kind and stamps.
    ///
    /// Errors: `INVALID_DATA` for an update before the instrument's first snapshot.
    pub fn level(&mut self, instrument: u16, stamps: Stamps, is_snapshot: bool, side: Side, price: Num, size: Num) -> Result<()> {
        positive(price, "price")?;
        not_negative(size, "quantity")?;
        let ranges = self.fit(instrument, &[(price, "price")], &[(size, "quantity")])?;
        let kind = if is_snapshot { RowKind::Snapshot } else { RowKind::Update };
        let message = match self.books[usize::from(instrument)].open {
            Some((known, at, message)) if known == kind && at == stamps => message,
            _ => self.message(instrument, stamps, is_snapshot)?,
        };
        if self.levels.len() >= u32::MAX as usize {
            return Err(Error::overflow("the number of levels in one load"));
        }
        if self.levels.len() == self.levels.capacity() {
            self.levels.try_reserve(1).map_err(|_| no_memory())?;
        }
        self.set_ranges(instrument, ranges);
        self.levels.push(StagedLevel {
            price: price.mantissa(),
            size: size.mantissa(),
            message,
            price_scale: price.scale(),
            size_scale: size.scale(),
            side,
        });
        Ok(())
    }

    /// Begins a message of its own, without levels so far; returns its number.
    pub fn message(&mut self, instrument: u16, stamps: Stamps, is_snapshot: bool) -> Result<u32> {
        let state = self.books[usize::from(instrument)];
        if !is_snapshot && !state.has_snapshot {
            return Err(Error::data("an update before the first snapshot: what it changes is not known")
                .at("kind")
                .hint("begin the data with a snapshot of the book"));
        }
        let message = self.message_count;
        let kind = if is_snapshot { RowKind::Snapshot } else { RowKind::Update };
        self.push(instrument, stamps, kind, [Num::from_parts(i64::from(message), 0), Num::ZERO, Num::ZERO, Num::ZERO])?;
        self.message_count = message.checked_add(1).ok_or_else(|| Error::overflow("the number of messages"))?;
        let state = &mut self.books[usize::from(instrument)];
        (state.has_snapshot, state.open) = (true, Some((kind, stamps, message)));
        Ok(message)
    }

    /// One side of a best quote that comes in two rows with the same stamps; a size of 0 says that there is no such side.
    ///
    /// Errors: `INVALID_DATA` where the other side does not follow.
    pub fn best(&mut self, instrument: u16, stamps: Stamps, side: Side, price: Num, size: Num) -> Result<()> {
        let half = &mut self.books[usize::from(instrument)].half;
        match *half {
            None => {
                *half = Some((stamps, side, (price, size)));
                Ok(())
            }
            Some((at, other, first)) if at == stamps && other != side => {
                *half = None;
                let (bid, ask) = if side == Side::Buy { ((price, size), first) } else { (first, (price, size)) };
                self.quote(instrument, stamps, Some(bid), Some(ask))
            }
            Some(_) => self.check_halves(),
        }
    }

    /// Refuses a best quote with only one side.
    pub(crate) fn check_halves(&self) -> Result<()> {
        let half = self.books.iter().zip(&self.names).find_map(|(book, (symbol, _))| book.half.map(|half| (half, symbol)));
        let Some(((stamps, side, _), symbol)) = half else { return Ok(()) };
        let time = stamps.exchange.or(stamps.received).unwrap_or_default();
        let missing = if side == Side::Buy { "ask" } else { "bid" };
        Err(Error::data(format!("the best quote of {symbol} at {} has no {missing}", to_rfc3339(time)))
            .at("side")
            .hint("a best quote is two rows with the same stamps; where there is no such side, the size is 0"))
    }
}
