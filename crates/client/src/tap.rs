//! What the first account's client is told, kept for an engine: market data and account events in the order in which they came.
//!
//! It hears what the account's stream tells, and beside it the exchange's own words, which an engine counts by. What the client misses (an
//! answer that is lost, all that comes while there is no connection) is kept back until the exchange speaks of the order again, or until
//! the connection is there again.

use haggle_model::{AssetId, Balance, MarketEvent, OrderEvent, OrderEventKind, OrderNumber};
use std::collections::VecDeque;

/// Balances that an action changed.
pub type Balances = [Option<(AssetId, Balance)>; 3];

/// What an engine is told.
#[derive(Clone, Debug)]
pub enum News {
    /// What happened in a market, by its place.
    Market(usize, MarketEvent<'static>),
    /// A last price that stood in a ticker, ticks.
    Last(usize, i64),
    /// A step in the life of an order.
    Account(Box<OrderEvent>),
    /// Balances without a step.
    Balances(Balances),
    /// The exchange closes a position by this order.
    Closing(OrderNumber),
    /// The connection is there again; all that was missed has been told.
    Reconnected,
}

/// News that wait for an engine.
#[derive(Debug, Default)]
pub struct Tap {
    pub news: VecDeque<News>,
    missed: VecDeque<Box<OrderEvent>>,
}

impl Tap {
    /// An event arrives; what was missed of its order is known with it. An execution counts once, however often it is told.
    pub fn arrive(&mut self, mut event: Box<OrderEvent>, balances: Balances, is_double: bool) {
        event.balances = balances;
        let order = event.order;
        self.tell_missed(|missed| missed.order == order);
        if is_double && !matches!(event.kind, OrderEventKind::Filled(_)) {
            self.news.push_back(News::Account(event.clone()));
        }
        self.news.push_back(News::Account(event));
    }

    /// An event does not arrive.
    pub fn miss(&mut self, event: Box<OrderEvent>) {
        self.missed.push_back(event);
    }

    /// Balances are told by what comes after.
    pub fn tell_missed(&mut self, is_meant: impl Fn(&OrderEvent) -> bool) {
        for mut event in std::mem::take(&mut self.missed) {
            if is_meant(&event) {
                event.balances = [None; 3];
                self.news.push_back(News::Account(event));
            } else {
                self.missed.push_back(event);
            }
        }
    }
}
