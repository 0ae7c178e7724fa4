//! What an engine beside a client hears: the taps on the client's ways.

use crate::client::Client;
use crate::failure::Failure;
use crate::tap::News;
use haggle_model::{AssetId, OrderEvent, OrderEventKind, OrderNumber, Reason, ReasonCode, Request};

impl Client {
    /// From now on what the first account's client is told is kept for an engine.
    pub(crate) fn listen(&mut self) {
        self.tap = Some(Box::default());
    }

    /// The listener is gone: for one whose strategy is over.
    pub fn hang_up(&mut self) {
        self.tap = None;
    }

    /// The next of the news.
    pub(crate) fn next_news(&mut self) -> Option<News> {
        self.tap.as_mut()?.news.pop_front()
    }

    /// The rest of a bundle of account events: the next one, if it is there.
    pub(crate) fn next_of_bundle(&mut self) -> Option<Box<OrderEvent>> {
        let news = &mut self.tap.as_mut()?.news;
        match news.pop_front()? {
            News::Account(event) => Some(event),
            other => {
                news.push_front(other);
                None
            }
        }
    }

    /// Keeps news, if there is a listener.
    pub(crate) fn hear(&mut self, news: impl FnOnce() -> News) {
        if let Some(tap) = &mut self.tap {
            tap.news.push_back(news());
        }
    }

    /// The copy of an event that travels along with its delivery: of the first account, if there is a listener.
    pub(crate) fn heard(&self, at: usize, event: &OrderEvent) -> Option<Box<OrderEvent>> {
        (at == 0 && self.tap.is_some()).then(|| Box::new(event.clone()))
    }

    /// A request of an account failed before it left.
    pub(crate) fn hear_failure(&mut self, at: usize, order: OrderNumber, request: &Request, failure: &Failure) {
        if at != 0 || self.tap.is_none() {
            return;
        }
        let reason = Reason::from(failure);
        let kind = match request {
            Request::Open(_) => OrderEventKind::Rejected(reason),
            Request::Cancel(_) => OrderEventKind::CancelRejected(reason),
            Request::Amend { .. } => OrderEventKind::AmendRejected(reason),
        };
        if let Some(event) = self.made_event(order, kind) {
            self.hear(|| News::Account(Box::new(event)));
        }
    }

    /// No answer came to the request that opens an order of the first account.
    pub(crate) fn hear_doubt(&mut self, at: usize, order: OrderNumber) {
        if at == 0
            && self.tap.is_some()
            && let Some(event) = self.made_event(order, OrderEventKind::InDoubt)
        {
            self.hear(|| News::Account(Box::new(event)));
        }
    }

    /// The connection of the first account is there again: all that was missed, and the balances as they are.
    pub(crate) fn hear_reconnection(&mut self) {
        let Some(tap) = &mut self.tap else { return };
        tap.tell_missed(|_| true);
        let told = (0..).map(AssetId).zip(self.core.accounts[0].told.iter().copied());
        tap.news.extend(told.map(|balance| News::Balances([Some(balance), None, None])));
        tap.news.push_back(News::Reconnected);
    }

    /// An event of ours on an order, as it is now.
    pub(crate) fn made_event(&self, order: OrderNumber, kind: OrderEventKind) -> Option<OrderEvent> {
        let request = self.core.orders.get(order)?.request;
        let (time, sequence) = (self.core.now, self.core.sequence);
        let (instrument, side) = (request.instrument, request.side);
        Some(OrderEvent { sequence, time, order, instrument, side, kind, balances: [None; 3], ends_bundle: true })
    }
}

impl From<&Failure> for Reason {
    /// Why an order failed that the exchange has not refused.
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::RateLimit => ReasonCode::RateLimit.into(),
            Failure::Offline => ReasonCode::ExchangeOffline.into(),
            Failure::Socket(_) => ReasonCode::Socket.into(),
            _ => ReasonCode::Timeout.into(),
        }
    }
}
