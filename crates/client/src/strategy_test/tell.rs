//! What happened, as the engine and its strategy are told of it.

use super::StrategyTest;
use crate::client::Client;
use crate::order::Phase;
use crate::tap::{Balances, News};
use haggle_engine::{Halt, Strategy};
use haggle_model::{InstrumentId, MarketEvent, OrderEvent, OrderEventKind, OrderNumber, Reason, ReasonCode, Result, Side};

impl<S: Strategy> StrategyTest<S> {
    /// Brings the engine up to date, and calls the strategy where it wants to know.
    pub(super) fn tell(&mut self, client: &mut Client, news: News) -> Result<(), Halt> {
        self.engine.now = client.now();
        match news {
            News::Market(at, event) => self.tell_market(client, InstrumentId(at as u16), &event),
            News::Last(at, price) => {
                self.engine.markets[at].set_last(price);
                self.engine.touch(InstrumentId(at as u16));
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

    fn tell_market(&mut self, client: &mut Client, instrument: InstrumentId, event: &MarketEvent<'_>) -> Result<(), Halt> {
        self.engine.see(instrument, event);
        match event {
            MarketEvent::Quote(_) | MarketEvent::Book(_) if self.interest.books => self.call(client, instrument, S::on_book),
            MarketEvent::Trade(trade) if self.interest.trades => {
                self.call(client, instrument, |strategy, ctx| strategy.on_trade(ctx, trade))
            }
            MarketEvent::Bar(bar) if self.interest.bars => self.call(client, instrument, |strategy, ctx| strategy.on_bar(ctx, bar)),
            _ => Ok(()),
        }
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
