//! Market events as rows.

use super::Names;
use super::books::Level as Lots;
use crate::row::check;
use haggle_engine::MarketSpec;
use haggle_model::time::Nanos;
use haggle_model::wire::{Candle, Level, MarketEventKind, OrderBook, OrderBookEvent, OrderBookL1, PublicTrade};
use haggle_model::{Bar, Error, Increment, InstrumentId, MarketEvent, MarketRow, Quote, Result, Trade};
use std::sync::PoisonError;

impl Names {
    /// The row that an event is; `None` for one that moves nothing. Errors have the path below the event's kind.
    pub(super) fn row(
        &self,
        instrument: InstrumentId,
        (time, received): (Nanos, Nanos),
        kind: &MarketEventKind,
    ) -> Result<Option<MarketRow>> {
        let spec = self.spec(instrument);
        let (name, time, event) = match kind {
            MarketEventKind::Trade(trade) => ("Trade", time, print(spec, trade, time)),
            MarketEventKind::OrderBookL1(quotes) => ("OrderBookL1", time, best(spec, quotes).map(MarketEvent::Quote)),
            MarketEventKind::OrderBook(event) => ("OrderBook", time, self.book(instrument, event).map(MarketEvent::Quote)),
            MarketEventKind::Candle(candle) => ("Candle", candle.close_time, self.bar(instrument, candle).map(MarketEvent::Bar)),
            MarketEventKind::Liquidation(_) => return Ok(None),
        };
        let within = |error: Error| error.within(name);
        let row = MarketRow { instrument, time, arrival: received.max(time), event: event.map_err(within)? };
        check(&row).map_err(within)?;
        Ok(Some(row))
    }

    fn book(&self, instrument: InstrumentId, event: &OrderBookEvent) -> Result<Quote> {
        let spec = self.spec(instrument);
        let levels = |book: &OrderBook| Ok((side(spec, &book.bids, "bids")?, side(spec, &book.asks, "asks")?));
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            OrderBookEvent::Snapshot(book) => {
                let (bids, asks) = levels(book).map_err(|error: Error| error.within("Snapshot"))?;
                Ok(books.replace(instrument, &bids, &asks))
            }
            OrderBookEvent::Update(book) => {
                let (bids, asks) = levels(book).map_err(|error: Error| error.within("Update"))?;
                let missing = || Error::data("an Update of a book that is not known yet").at("Update").hint("send a Snapshot before");
                books.change(instrument, &bids, &asks).ok_or_else(missing)
            }
        }
    }

    fn bar(&self, instrument: InstrumentId, candle: &Candle) -> Result<Bar> {
        let MarketSpec { tick, lot, .. } = self.spec(instrument);
        let bar = Bar {
            time_open: 0,
            time_close: candle.close_time,
            open: tick.count_data(candle.open, "open")?,
            high: tick.count_data(candle.high, "high")?,
            low: tick.count_data(candle.low, "low")?,
            close: tick.count_data(candle.close, "close")?,
            volume: lot.count_data(candle.volume, "volume")?,
        };
        if candle.open_time.is_some_and(|open| open >= candle.close_time) {
            return Err(Error::data("a candle opens before it closes").at("open_time"));
        }
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Bar { time_open: books.open_of(instrument, candle), ..bar })
    }
}

fn print(spec: &MarketSpec, trade: &PublicTrade, time: Nanos) -> Result<MarketEvent<'static>> {
    let quantity = spec.lot.count_data(trade.amount, "amount")?;
    if quantity == 0 {
        return Err(Error::data("a print without a quantity").at("amount"));
    }
    Ok(MarketEvent::Trade(Trade { price: spec.tick.count_data(trade.price, "price")?, quantity, side: trade.side, time }))
}

fn level(spec: &MarketSpec, level: &Level, path: &str) -> Result<Lots> {
    let number = |grid: Increment, value, name| grid.count_data(value, name).map_err(|error| error.within(path));
    Ok((number(spec.tick, level.price, "price")?, number(spec.lot, level.amount, "amount")?))
}

fn best(spec: &MarketSpec, quotes: &OrderBookL1) -> Result<Quote> {
    let side = |side: &Option<Level>, path| side.as_ref().map_or(Ok((0, 0)), |best| level(spec, best, path));
    let ((bid, bid_size), (ask, ask_size)) = (side(&quotes.best_bid, "best_bid")?, side(&quotes.best_ask, "best_ask")?);
    Ok(Quote { bid, bid_size, ask, ask_size })
}

fn side(spec: &MarketSpec, levels: &[Level], name: &str) -> Result<Vec<Lots>> {
    levels.iter().enumerate().map(|(at, item)| level(spec, item, &format!("{name}.levels[{at}]"))).collect()
}
