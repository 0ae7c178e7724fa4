//! A request leaves the client, or does not.

use crate::client::{AccountId, Client};
use crate::failure::Failure;
use crate::faults::Failing;
use crate::order::Phase;
use crate::stream::Note;
use crate::transit::{AccountRequest, Answer};
use haggle_model::{Error, OrderNumber, Request, Result};

impl Client {
    /// Sends a request, unless something was ordered to go wrong with it.
    pub(crate) fn send(&mut self, account: AccountId, order: OrderNumber, request: Request) -> Result<()> {
        let at = account.index();
        if !self.core.accounts[at].is_connected {
            self.fail(at, order, &request, Failure::Socket("there is no connection".to_owned()));
            return Ok(());
        }
        if self.core.faults.is_empty() {
            return self.transmit(at, order, request, Answer::Usual);
        }
        let is_open = matches!(request, Request::Open(_));
        let Some((failing, after_effect)) = self.core.faults.take_failure(self.settings.seed) else {
            let answer = if is_open { self.core.faults.take_answer() } else { Answer::Usual };
            if let Answer::Late(by) = answer {
                let cid = self.cid_of(order);
                self.note_forced(at, || format!("acknowledgement {by} ns late {cid}"));
            }
            return self.transmit(at, order, request, answer);
        };
        let cid = self.cid_of(order);
        let effect = if after_effect { " after its effect" } else { "" };
        self.note_forced(at, || format!("failNext {}{effect} {cid}", failing.as_str()));
        match failing {
            Failing::RateLimit => self.fail(at, order, &request, Failure::RateLimit),
            Failing::ExchangeOffline => self.fail(at, order, &request, Failure::Offline),
            Failing::Disconnect if !after_effect => {
                self.fail(at, order, &request, Failure::Socket("the connection broke before the request left".to_owned()));
                self.break_off(at);
            }
            Failing::Timeout | Failing::Disconnect => {
                if after_effect {
                    self.transmit(at, order, request, Answer::Lost)?;
                }
                self.doubt(at, order, is_open);
                if failing == Failing::Disconnect {
                    self.break_off(at);
                }
            }
        }
        Ok(())
    }

    fn transmit(&mut self, at: usize, order: OrderNumber, request: Request, answer: Answer) -> Result<()> {
        let (now, feed) = (self.core.now, self.core.feed_latency);
        let record = self.core.orders.get_mut(order).ok_or_else(|| Error::bug("a request of an order that was never sent"))?;
        record.under_way += 1;
        let market = record.market() as u16;
        let is_free = self.core.symbols[usize::from(market)].is_free;
        let arrival = self.core.accounts[at].connection.request(&request, now, feed, is_free)?;
        let sent = AccountRequest { account: at as u16, order, market, request, answer };
        if arrival <= now {
            return self.receive(&sent);
        }
        self.core.sequence += 1;
        self.core.transit.requests.insert((arrival, self.core.sequence), sent);
        Ok(())
    }

    /// A request that certainly had no effect.
    fn fail(&mut self, at: usize, order: OrderNumber, request: &Request, failure: Failure) {
        self.hear_failure(at, order, request, &failure);
        self.core.sequence += 1;
        let (now, sequence) = (self.core.now, self.core.sequence);
        let Some(record) = self.core.orders.get_mut(order) else { return };
        let note = match request {
            Request::Open(_) => {
                (record.seen.phase, record.seen.time, record.seen.sequence) = (Phase::Failed(failure), now, sequence);
                Note::Order(order, record.seen.clone(), false, false)
            }
            Request::Cancel(_) => {
                record.is_cancelling = false;
                Note::Cancel(order, record.seen.clone(), Some(failure))
            }
            Request::Amend { .. } => Note::Order(order, record.seen.clone(), record.is_unknown, record.is_cancelling),
        };
        if record.is_done() {
            self.core.orders.retire(order);
        }
        self.streams[at].push(self.settings.events_max, || note);
    }

    /// No answer came: of an order that was to be opened it is not known whether it is there.
    fn doubt(&mut self, at: usize, order: OrderNumber, is_open: bool) {
        let Some(record) = self.core.orders.get_active(order).filter(|record| is_open && record.seen.phase == Phase::InFlight) else {
            return;
        };
        record.is_unknown = true;
        let note = Note::Order(order, record.seen.clone(), true, record.is_cancelling);
        self.streams[at].push(self.settings.events_max, || note);
        self.hear_doubt(at, order);
    }
}
