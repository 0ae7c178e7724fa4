//! What happened, as the engine and its strategy are told of it.

use super::StrategyTest;
use crate::client::Client;
use crate::order::Phase;
use crate::tap::{Balances, News};
use haggle_engine::{Event, Halt, HostedStrategy};
use haggle_model::{
    AccountChange, AccountChangeKind, AccountEvent, InstrumentId, OrderEvent, OrderEventKind, OrderNumber, Reason, ReasonCode, Result,
};

impl<S: HostedStrategy> StrategyTest<S> {
    /// Brings the engine up to date, and calls the strategy where it wants to know.
    pub(super) fn tell(&mut self, client: &mut Client, news: News) -> Result<(), Halt> {
        match news {
            News::Market(at, event) => {
                let (instrument, time) = (InstrumentId(at as u16), client.now());
                self.process(client, &Event::Market { instrument, time, event: &event })
            }
            News::Last(at, price) => {
                let engine = &mut self.session.engine;
                engine.markets[at].set_last(price);
                engine.touch(InstrumentId(at as u16));
                Ok(())
            }
            News::Account(event) => self.tell_bundle(client, *event),
            News::Balances(balances) => self.tell_balances(client, &balances),
            News::Closing(order) => {
                self.own.insert(order);
                Ok(())
            }
            News::Reconnected => self.settle_doubts(client),
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
                bundle.push(AccountEvent::Order(event));
            } else {
                self.tell_balances(client, &event.balances)?;
            }
            next = if is_last { None } else { client.next_of_bundle().map(|event| *event) };
        }
        let result = self.tell_own(client, &bundle);
        self.bundle = bundle;
        result
    }

    fn tell_own(&mut self, client: &mut Client, bundle: &[AccountEvent]) -> Result<(), Halt> {
        if bundle.is_empty() {
            return Ok(());
        }
        self.process(client, &Event::Account(bundle))?;
        let is_refusal = |event: &&OrderEvent| matches!(event.kind, OrderEventKind::CancelRejected(_) | OrderEventKind::AmendRejected(_));
        let refused = bundle.iter().filter_map(AccountEvent::as_order).filter(is_refusal);
        refused.map(|event| event.order).try_for_each(|order| self.settle_doubt(client, order))
    }

    /// Balances that something else than an own order changed.
    fn tell_balances(&mut self, client: &mut Client, balances: &Balances) -> Result<(), Halt> {
        let balances: Vec<_> = balances.iter().flatten().copied().collect();
        if balances.is_empty() {
            return Ok(());
        }
        let (time, kind) = (client.now(), AccountChangeKind::Balance);
        let change = AccountChange { sequence: client.core.sequence, time, kind, balances, ends_bundle: true };
        self.process(client, &Event::Account(&[AccountEvent::Change(Box::new(change))]))
    }

    /// There is a connection again: the outcome of orders and cancels without an answer.
    fn settle_doubts(&mut self, client: &mut Client) -> Result<(), Halt> {
        let working: Vec<OrderNumber> = self.session.engine.markets.iter().flat_map(|market| market.open_orders.clone()).collect();
        working.into_iter().try_for_each(|number| self.settle_doubt(client, number))
    }

    /// An order of which the client knows that it never opened, or that no cancel of it is under way, ends or goes on.
    fn settle_doubt(&mut self, client: &mut Client, number: OrderNumber) -> Result<(), Halt> {
        let (Some(order), Some(record)) = (self.session.engine.order(number), client.core.orders.get(number)) else { return Ok(()) };
        let kind = match &record.seen.phase {
            Phase::Failed(failure) => OrderEventKind::Rejected(Reason::from(failure)),
            _ if order.is_cancelling && !record.is_cancelling => OrderEventKind::CancelRejected(ReasonCode::Timeout.into()),
            _ => return Ok(()),
        };
        match client.made_event(number, kind) {
            Some(event) => self.tell_own(client, &[AccountEvent::Order(event)]),
            None => Ok(()),
        }
    }
}
