//! What an exchange says: kept as the truth at once, told to the client when it arrives.

use crate::client::Client;
use crate::failure::Failure;
use crate::order::{Phase, Status};
use crate::stream::{FillRecord, Note};
use crate::tap::News;
use crate::transit::{AccountRequest, Answer, Delivery, Step};
use haggle_book::{Command, OrderBook};
use haggle_model::time::Nanos;
use haggle_model::{AccountEvent, Error, OrderEvent, OrderEventKind, OrderNumber, Result};

impl Client {
    /// Takes what an account's exchange has to say. `sent`: the request that it answers.
    pub(crate) fn collect(&mut self, at: usize, sent: Option<&AccountRequest>) -> Result<()> {
        let mut log = std::mem::take(&mut self.log);
        self.core.accounts[at].exchange.take_events(&mut log);
        let answers = |event: &OrderEvent| sent.is_some_and(|sent| sent.order == event.order);
        let is_fill = |event: &OrderEvent| matches!(event.kind, OrderEventKind::Filled(_));
        // What acknowledges an order is the answer without the fills, unless there is nothing else.
        let only_fills = log.iter().filter_map(AccountEvent::as_order).all(|event| !answers(event) || is_fill(event));
        // A bundle travels as one.
        let mut arrival = None;
        for event in log.drain(..) {
            // A simulated exchange says nothing yet that belongs to no order.
            let AccountEvent::Order(event) = event else { continue };
            let answer = match sent.map(|sent| sent.answer).filter(|_| answers(&event)) {
                Some(Answer::Late(_) | Answer::Twice) if is_fill(&event) && !only_fills => Answer::Usual,
                answer => answer.unwrap_or(Answer::Usual),
            };
            let ends_bundle = event.ends_bundle;
            self.step(at, &event, answer, &mut arrival)?;
            arrival = arrival.filter(|_| !ends_bundle);
        }
        self.log = log;
        Ok(())
    }

    fn step(&mut self, at: usize, event: &OrderEvent, answer: Answer, arrival: &mut Option<Nanos>) -> Result<()> {
        let core = &mut self.core;
        core.sequence += 1;
        let market = event.instrument.index();
        let record = core.orders.get_mut(event.order).ok_or_else(|| Error::bug("an event of an order that was never sent"))?;
        let has_arrived = record.truth.is_some();
        let mut status = record.truth.take().unwrap_or_else(|| Status::sent(&record.request, event.time));
        status.apply(event, &self.specs[market], core.sequence)?;
        if !has_arrived && matches!(event.kind, OrderEventKind::CancelRejected(_) | OrderEventKind::AmendRejected(_)) {
            // The exchange does not know it, though all that was sent before has arrived: it never will.
            status.phase = Phase::Failed(Failure::Timeout);
        } else {
            record.truth = Some(status.clone());
        }
        self.sync_book(market, event.order, &status)?;
        let account = &mut self.core.accounts[at];
        for (asset, balance) in event.balances.iter().flatten() {
            let held = &mut account.held[asset.index()];
            if held.0 != *balance {
                *held = (*balance, event.time);
            }
        }
        let step = match &event.kind {
            OrderEventKind::Filled(fill) => {
                let fill = FillRecord {
                    id: fill.id,
                    order: event.order,
                    time: event.time,
                    side: event.side,
                    price: fill.price,
                    quantity: fill.quantity,
                    filled: fill.filled,
                    liquidity: fill.liquidity,
                    fee: fill.fee,
                    fee_asset: fill.fee_asset,
                };
                account.fills.push_back(fill);
                if account.fills.len() > self.settings.history_max {
                    account.fills.pop_front();
                }
                Step::Trade(fill)
            }
            OrderEventKind::Cancelled(_) => Step::Cancel(None),
            OrderEventKind::CancelRejected(reason) => Step::Cancel(Some(Failure::from(reason))),
            _ => Step::Order,
        };
        let heard = self.heard(at, event);
        if answer == Answer::Lost {
            if let (Some(tap), Some(event)) = (&mut self.tap, heard) {
                tap.miss(event);
            }
            return Ok(());
        }
        let (order, balances) = (event.order, event.balances);
        let delivery = Delivery { account: at as u16, order, status, step, balances, is_double: answer == Answer::Twice, event: heard };
        self.deliver(delivery, answer, arrival)
    }

    /// While the orders are the market, the book holds what they have left.
    fn sync_book(&mut self, market: usize, number: OrderNumber, status: &Status) -> Result<()> {
        let symbol = &mut self.core.symbols[market];
        if !symbol.is_own() {
            return Ok(());
        }
        let id = u64::from(number.0);
        let Some(order) = symbol.book.order(id) else { return Ok(()) };
        let left = if status.is_over() { 0 } else { status.quantity - status.filled };
        if left == 0 {
            symbol.book.apply(&Command::Cancel { id }, &mut Vec::new())?;
        } else if left < order.left() {
            let command = Command::Amend { id, price: None, quantity: Some(order.filled + left) };
            symbol.book.apply(&command, &mut Vec::new())?;
        }
        Ok(())
    }

    /// `arrival`: when the bundle of the delivery arrives, once that is known.
    fn deliver(&mut self, mut delivery: Delivery, answer: Answer, arrival: &mut Option<Nanos>) -> Result<()> {
        let over = || Error::overflow("the arrival time of an answer");
        let connection = &mut self.core.accounts[usize::from(delivery.account)].connection;
        let arrival = match *arrival {
            Some(known) => known,
            None => *arrival.insert(connection.answer(self.core.now, self.core.feed_latency)?),
        };
        if let Answer::Late(by) = answer {
            // Late answers are late by themselves: what was sent after them, balances too, is there in time.
            let balances = Delivery { step: Step::Balances, ..delivery.clone() };
            delivery.balances = [None; 3];
            self.schedule(arrival.checked_add(by).ok_or_else(over)?, delivery);
            delivery = balances;
        }
        self.schedule(arrival, delivery);
        Ok(())
    }

    fn schedule(&mut self, arrival: Nanos, delivery: Delivery) {
        if arrival <= self.core.now {
            self.arrive(delivery);
        } else {
            self.core.sequence += 1;
            self.core.transit.deliveries.insert((arrival, self.core.sequence), delivery);
        }
    }

    /// The client is told of a step; without a connection it is not.
    pub(crate) fn arrive(&mut self, delivery: Delivery) {
        let Delivery { account: at, order, status, step, balances, is_double, event } = delivery;
        let at = usize::from(at);
        let is_connected = self.core.accounts[at].is_connected;
        match (&mut self.tap, event) {
            (Some(tap), Some(event)) if !matches!(step, Step::Balances) && is_connected => tap.arrive(event, balances, is_double),
            (Some(tap), Some(event)) if !matches!(step, Step::Balances) => tap.miss(event),
            (Some(_), Some(_)) if is_connected => self.hear(|| News::Balances(balances)),
            _ => {}
        }
        if !is_connected {
            return;
        }
        let account = &mut self.core.accounts[at];
        let (stream, max) = (&mut self.streams[at], self.settings.events_max);
        let mut is_cancelling = false;
        if let Some(record) = self.core.orders.get_active(order).filter(|_| !matches!(step, Step::Balances)) {
            if matches!(step, Step::Cancel(_)) || status.is_over() {
                record.is_cancelling = false;
            }
            is_cancelling = record.is_cancelling;
            // What was overtaken tells nothing new.
            if status.sequence > record.seen.sequence {
                record.is_unknown = false;
                record.seen = status.clone();
            }
            if record.is_done() {
                self.core.orders.retire(order);
            }
        }
        if stream.is_open() && !matches!(step, Step::Balances) {
            if is_double {
                let cid = self.core.orders.get(order).map_or_else(String::new, |record| account.cid(record));
                stream.push(max, || Note::Forced(format!("duplicate acknowledgement {cid}")));
            }
            for _ in 0..=u8::from(is_double) {
                stream.push(max, || match &step {
                    Step::Cancel(refused) => Note::Cancel(order, status.clone(), refused.clone()),
                    Step::Trade(fill) => Note::Trade(*fill),
                    Step::Order | Step::Balances => Note::Order(order, status.clone(), false, is_cancelling),
                });
            }
        }
        for (asset, balance) in balances.iter().flatten() {
            let told = &mut account.told[asset.index()];
            if told != balance {
                *told = *balance;
                stream.push(max, || Note::Balance(*asset, *balance, status.time));
            }
        }
    }

    /// Says in an account's stream what a test made happen.
    pub(crate) fn note_forced(&mut self, at: usize, what: impl FnOnce() -> String) {
        self.streams[at].push(self.settings.events_max, || Note::Forced(what()));
    }
}
