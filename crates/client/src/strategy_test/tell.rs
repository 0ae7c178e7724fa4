//! What happened, as the engine and its strategy are told of it.

use super::StrategyTest;
use crate::client::Client;
use crate::market::rank;
use crate::order::Phase;
use crate::tap::{Balances, News};
use haggle_engine::{Halt, Strategy};
use haggle_exchange::Feed;
use haggle_model::{InstrumentId, OrderEvent, OrderEventKind, OrderNumber, Reason, ReasonCode, Result, Side};

impl<S: Strategy> StrategyTest<S> {
    /// Brings the engine up to date, and calls the strategy where it wants to know.
    pub(super) fn tell(&mut self, client: &mut Client, news: News) -> Result<(), Halt> {
        self.engine.now = client.now();
        match news {
            News::Quote(at, quote) => {
                let has_book = client.core.symbols[at].feed == Feed::Book;
                let (instrument, market) = self.touch(at);
                if has_book {
                    market.set_best(quote.bid, quote.bid_size, quote.ask, quote.ask_size);
                } else {
                    market.set_quote(quote.bid, quote.bid_size, quote.ask, quote.ask_size);
                }
                self.on_book(client, instrument)
            }
            News::Last(at, price) => {
                self.touch(at).1.set_last(price, true);
                Ok(())
            }
            News::Trade(at, trade) => {
                let has_quotes = rank(client.core.symbols[at].feed) >= rank(Feed::Quotes);
                let (instrument, market) = self.touch(at);
                market.set_last(trade.price, has_quotes);
                let wants = self.interest.trades;
                if wants { self.call(client, instrument, |strategy, ctx| strategy.on_trade(ctx, &trade)) } else { Ok(()) }
            }
            News::Bar(at, bar) => {
                let (instrument, market) = self.touch(at);
                market.set_last(bar.close, false);
                let wants = self.interest.bars;
                if wants { self.call(client, instrument, |strategy, ctx| strategy.on_bar(ctx, &bar)) } else { Ok(()) }
            }
            News::Book(at, bids, asks, is_snapshot) => {
                let (instrument, market) = self.touch(at);
                market.apply_book(&bids, &asks, is_snapshot);
                self.on_book(client, instrument)
            }
            News::Gap(at) => {
                self.touch(at).1.lose_quotes();
                Ok(())
            }
            News::Account(event) => self.tell_bundle(client, *event),
            News::Balances(balances) => self.tell_balances(&balances),
            News::Closing(order) => {
                self.own.insert(order);
                Ok(())
            }
            News::Reconnected => self.settle_doubts(client),
        }
    }

    fn touch(&mut self, at: usize) -> (InstrumentId, &mut haggle_engine::MarketView) {
        let instrument = InstrumentId(at as u16);
        self.engine.touch(instrument);
        (instrument, &mut self.engine.markets[at])
    }

    fn on_book(&mut self, client: &mut Client, instrument: InstrumentId) -> Result<(), Halt> {
        if self.interest.books { self.call(client, instrument, S::on_book) } else { Ok(()) }
    }

    /// Account events up to the end of their bundle, or to the last that has arrived.
    fn tell_bundle(&mut self, client: &mut Client, first: OrderEvent) -> Result<(), Halt> {
        let mut bundle = std::mem::take(&mut self.bundle);
        bundle.clear();
        let mut next = Some(first);
        while let Some(event) = next {
            let is_last = event.ends_bundle;
            if self.own.contains(&event.order) {
                bundle.push(event);
            } else {
                self.tell_balances(&event.balances)?;
            }
            next = if is_last { None } else { client.next_of_bundle().map(|event| *event) };
        }
        let result = self.tell_own(client, &bundle);
        self.bundle = bundle;
        result
    }

    fn tell_own(&mut self, client: &mut Client, bundle: &[OrderEvent]) -> Result<(), Halt> {
        let Some(instrument) = bundle.first().map(|event| event.instrument) else { return Ok(()) };
        self.engine.apply(bundle)?;
        self.call(client, instrument, |strategy, ctx| strategy.on_account(ctx, bundle))?;
        let is_refusal = |event: &&OrderEvent| matches!(event.kind, OrderEventKind::CancelRejected(_) | OrderEventKind::AmendRejected(_));
        bundle.iter().filter(is_refusal).try_for_each(|event| self.settle_doubt(client, event.order))
    }

    /// Balances that something else than an own order changed.
    fn tell_balances(&mut self, balances: &Balances) -> Result<(), Halt> {
        let event = OrderEvent {
            sequence: 0,
            time: self.engine.now,
            // No order has it.
            order: OrderNumber(u32::MAX),
            instrument: InstrumentId(0),
            side: Side::Buy,
            kind: OrderEventKind::Opened,
            balances: *balances,
            ends_bundle: true,
        };
        Ok(self.engine.apply(&[event])?)
    }

    /// There is a connection again: what became of orders and cancels that nobody answered.
    fn settle_doubts(&mut self, client: &mut Client) -> Result<(), Halt> {
        let working: Vec<OrderNumber> = self.engine.markets.iter().flat_map(|market| market.open_orders.clone()).collect();
        working.into_iter().try_for_each(|number| self.settle_doubt(client, number))
    }

    /// An order of which the client knows that it never opened, or that no cancel of it is under way, ends or goes on.
    fn settle_doubt(&mut self, client: &mut Client, number: OrderNumber) -> Result<(), Halt> {
        let (Some(order), Some(record)) = (self.engine.order(number), client.core.orders.get(number)) else { return Ok(()) };
        let kind = match &record.seen.phase {
            Phase::Failed(failure) => OrderEventKind::Rejected(Reason::from(failure)),
            _ if order.is_cancelling && !record.is_cancelling => OrderEventKind::CancelRejected(ReasonCode::Timeout.into()),
            _ => return Ok(()),
        };
        match client.made_event(number, kind) {
            Some(event) => self.tell_own(client, &[event]),
            None => Ok(()),
        }
    }
}
