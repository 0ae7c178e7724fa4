//! Market rows as barter's market events. A row keeps neither the venue's ids of prints nor how many prints a bar has.

use super::Names;
use haggle_model::wire::{Candle, Level, MarketEvent, MarketEventKind, OrderBookL1, PublicTrade};
use haggle_model::{MarketEvent as Happened, MarketRow};

impl Names {
    /// A reconnect marker stands for its whole exchange, as barter's does.
    pub(super) fn market_event(&self, row: &MarketRow) -> MarketEvent {
        let spec = self.spec(row.instrument);
        let exchange = self.exchange(spec.exchange).to_owned();
        let level = |price, size| Level { price: spec.tick.decimal(price), amount: spec.lot.decimal(size) };
        let kind = match &row.event {
            Happened::Quote(quote) => MarketEventKind::OrderBookL1(OrderBookL1 {
                last_update_time: row.time,
                best_bid: (quote.bid_size > 0).then(|| level(quote.bid, quote.bid_size)),
                best_ask: (quote.ask_size > 0).then(|| level(quote.ask, quote.ask_size)),
            }),
            Happened::Trade(trade) => {
                let Level { price, amount } = level(trade.price, trade.quantity);
                MarketEventKind::Trade(PublicTrade { id: String::new(), price, amount, side: trade.side })
            }
            Happened::Bar(bar) => MarketEventKind::Candle(Candle {
                open_time: Some(bar.time_open),
                close_time: row.time,
                open: spec.tick.decimal(bar.open),
                high: spec.tick.decimal(bar.high),
                low: spec.tick.decimal(bar.low),
                close: spec.tick.decimal(bar.close),
                volume: spec.lot.decimal(bar.volume),
                trade_count: 0,
            }),
            // The others are not fed to live systems.
            _ => return MarketEvent::Reconnecting(exchange),
        };
        MarketEvent::Item {
            time_exchange: row.time,
            time_received: row.arrival,
            exchange,
            instrument: self.instrument(row.instrument).into(),
            kind,
        }
    }
}
