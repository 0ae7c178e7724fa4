//! The connection of an account breaks, and comes back with a snapshot that ends all doubt.

use crate::client::{AccountId, Client};
use crate::failure::Failure;
use crate::order::Phase;
use crate::stream::{Note, Whole};
use crate::transit::Step;
use haggle_model::{AssetId, OrderNumber, Result};

impl Client {
    /// Breaks an account's connection: what is on its way to the client is lost, requests that left arrive. Orders in flight are in doubt
    /// from now on, and new requests fail at once. Nothing happens where it is broken already.
    pub fn disconnect(&mut self, account: AccountId) -> Result<()> {
        self.check_account(account)?;
        if self.core.accounts[account.index()].is_connected {
            self.note_forced(account.index(), || "disconnect".to_owned());
            self.break_off(account.index());
        }
        Ok(())
    }

    /// What is on its way to an account's client does not arrive.
    fn lose_deliveries(&mut self, at: usize) {
        self.core.transit.deliveries.retain(|_, delivery| {
            let is_lost = usize::from(delivery.account) == at;
            let is_step = is_lost && !matches!(delivery.step, Step::Balances);
            if let (Some(tap), Some(event)) = (&mut self.tap, delivery.event.take_if(|_| is_step)) {
                tap.miss(event);
            }
            !is_lost
        });
    }

    pub(crate) fn break_off(&mut self, at: usize) {
        self.core.accounts[at].is_connected = false;
        self.lose_deliveries(at);
        for number in self.active_of(at) {
            let Some(record) = self.core.orders.get_active(number) else { continue };
            let is_doubted = record.seen.phase == Phase::InFlight && !std::mem::replace(&mut record.is_unknown, true);
            if is_doubted {
                self.hear_doubt(at, number);
            }
        }
        self.streams[at].push(self.settings.events_max, || Note::Reconnecting);
    }

    /// Connects an account again. A snapshot of the account at this moment settles what was in doubt: orders are as the exchange has them;
    /// one that it does not have, and that is not on its way there, never opened (`Connectivity`). Orders that were settled by it follow the
    /// snapshot in the stream. Nothing happens where there is a connection.
    pub fn reconnect(&mut self, account: AccountId) -> Result<()> {
        self.check_account(account)?;
        let at = account.index();
        if self.core.accounts[at].is_connected {
            return Ok(());
        }
        let max = self.settings.events_max;
        // What was said before the snapshot is in it, and is told by nothing else.
        self.lose_deliveries(at);
        self.core.accounts[at].is_connected = true;
        let whole = self.whole(at);
        self.core.accounts[at].told = whole.balances.iter().map(|(balance, _)| *balance).collect();
        self.streams[at].push(max, || Note::Forced("reconnect".to_owned()));
        self.streams[at].push(max, || Note::Whole(Box::new(whole)));
        for number in self.active_of(at) {
            self.settle_order(at, number);
        }
        if at == 0 {
            self.hear_reconnection();
        }
        Ok(())
    }

    fn settle_order(&mut self, at: usize, number: OrderNumber) {
        let now = self.core.now;
        let Some(record) = self.core.orders.get_active(number) else { return };
        let was_over = record.seen.is_over();
        if let Some(truth) = &record.truth {
            record.seen = truth.clone();
            record.is_cancelling &= record.under_way > 0 && !truth.is_over();
            record.is_unknown = false;
        } else if record.under_way == 0 && !was_over {
            self.core.sequence += 1;
            (record.seen.phase, record.seen.time, record.seen.sequence) = (Phase::Failed(Failure::Timeout), now, self.core.sequence);
            (record.is_cancelling, record.is_unknown) = (false, false);
        }
        let is_news = !was_over && record.seen.is_over();
        let note = Note::Order(number, record.seen.clone(), false, record.is_cancelling);
        if record.is_done() {
            self.core.orders.retire(number);
        }
        if is_news {
            self.streams[at].push(self.settings.events_max, || note);
        }
    }

    fn active_of(&self, at: usize) -> Vec<OrderNumber> {
        let own = self.core.orders.active().filter(|record| usize::from(record.account) == at);
        own.map(|record| record.request.order).collect()
    }

    /// The account as the exchange has it.
    pub(crate) fn whole(&self, at: usize) -> Whole {
        let account = &self.core.accounts[at];
        let open = self.core.orders.active().filter(|record| usize::from(record.account) == at);
        let open = open.filter_map(|record| record.truth.as_ref().filter(|truth| !truth.is_over()).map(|truth| (record, truth)));
        let held = (0..).map(AssetId).zip(&account.held);
        Whole {
            balances: held.map(|(asset, (_, since))| (account.exchange.ledger().balance(asset), *since)).collect(),
            orders: open.map(|(record, truth)| (record.request.order, truth.clone())).collect(),
        }
    }
}
