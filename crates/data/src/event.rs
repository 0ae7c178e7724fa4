//! Rows as what happened in a market.

use crate::row::{Row, RowKind};
use crate::store::Store;
use haggle_model::time::Nanos;
use haggle_model::{Bar, BookUpdate, MarketEvent, Quote, Side, Trade};

impl Store {
    /// What the row at `place` says. `time` is its exchange time, which a run over several passes moves.
    #[allow(clippy::inline_always, reason = "once a row: as a call, with the registers saved around it, it cost a run a tenth")]
    #[inline(always)]
    pub fn event_of(&self, place: usize, row: &Row, time: Nanos) -> MarketEvent<'_> {
        match row.kind {
            RowKind::Quote => MarketEvent::Quote(Quote { bid: row.a, bid_size: row.b, ask: self.ask_of(place, row), ask_size: row.c }),
            RowKind::Buy => MarketEvent::Trade(Trade { price: row.a, quantity: row.b, side: Side::Buy, time }),
            RowKind::Sell => MarketEvent::Trade(Trade { price: row.a, quantity: row.b, side: Side::Sell, time }),
            RowKind::Bar => {
                let bar = &self.bars[row.a as usize];
                let time_open = bar.time_open + (time - row.time);
                let (open, high, low, close, volume) = (bar.open, bar.high, bar.low, bar.close, bar.volume);
                MarketEvent::Bar(Bar { time_open, time_close: time, open, high, low, close, volume })
            }
            RowKind::Gap => MarketEvent::Gap,
            RowKind::Snapshot | RowKind::Update => {
                let (bids, asks) = self.levels_of(row);
                MarketEvent::Book(BookUpdate { bids: bids.into(), asks: asks.into(), is_snapshot: row.kind == RowKind::Snapshot })
            }
        }
    }

    /// What the open of the bar at `place` in [`Store::bars`] says. `time` is when it opens, which a run over several passes moves.
    pub fn open_of(&self, place: usize, time: Nanos) -> MarketEvent<'static> {
        let bar = &self.bars[place];
        MarketEvent::BarOpen { time, price: bar.open, volume: bar.volume }
    }
}
