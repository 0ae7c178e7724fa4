//! What is kept, as wire values with names.

use crate::client::{Account, AccountId, Client};
use crate::order::{Phase, Record, Status};
use crate::stream::{FillRecord, Note, Whole};
use haggle_model::time::Nanos;
use haggle_model::wire::{
    AccountEvent, AccountEventKind, AccountSnapshot, AssetBalance, CancelResponse, Fill, InstrumentOrders, Name, Order, OrderKey,
    OrderKind, OrderState, Placed, Terms,
};
use haggle_model::{self as model, AssetId, Balance, Error, OrderNumber, Result};

impl Account {
    /// The client's id of an order.
    pub fn cid(&self, record: &Record) -> String {
        record.cid.as_ref().map_or_else(|| format!("{}-{}", self.name, record.request.order.0), ToString::to_string)
    }
}

impl Record {
    /// The exchange's id of the order.
    pub fn exchange_id(&self) -> String {
        self.id.as_ref().map_or_else(|| self.request.order.0.to_string(), ToString::to_string)
    }
}

impl Client {
    pub(crate) fn cid_of(&self, number: OrderNumber) -> String {
        let record = self.core.orders.get(number);
        record.map_or_else(String::new, |record| self.core.accounts[usize::from(record.account)].cid(record))
    }

    fn name(&self) -> Name {
        Name::from(self.settings.map.exchange())
    }

    fn key(&self, record: &Record) -> OrderKey {
        let account = &self.core.accounts[usize::from(record.account)];
        OrderKey {
            exchange: self.name(),
            instrument: Name::from(self.settings.map.symbol(record.market())),
            strategy: record.strategy.as_ref().unwrap_or(&account.name).to_string(),
            cid: account.cid(record),
        }
    }

    /// The order as its client knows it.
    pub(crate) fn seen(&self, number: OrderNumber) -> Result<Order> {
        let record = self.core.orders.get(number).ok_or_else(|| Error::bug("an order that was sent and is not there"))?;
        Ok(self.wire_order(record, &record.seen, record.is_unknown, record.is_cancelling))
    }

    /// The order as the exchange has it; what has not arrived there as its client knows it.
    pub(crate) fn current(&self, record: &Record) -> Order {
        match &record.truth {
            Some(truth) => self.wire_order(record, truth, false, record.is_cancelling && record.under_way > 0),
            None => self.wire_order(record, &record.seen, record.is_unknown, record.is_cancelling),
        }
    }

    fn wire_order(&self, record: &Record, status: &Status, is_unknown: bool, is_cancelling: bool) -> Order {
        let spec = &self.specs[record.market()];
        let request = &record.request;
        let is_limit = request.kind == model::OrderKind::Limit;
        let filled = spec.lot.decimal(status.filled);
        let placed = || Placed { id: record.exchange_id(), time_exchange: status.time, filled_quantity: filled };
        let state = match &status.phase {
            Phase::InFlight if is_cancelling && !is_unknown => OrderState::CancelInFlight(None),
            Phase::InFlight => OrderState::OpenInFlight { is_unknown },
            Phase::Open if is_cancelling => OrderState::CancelInFlight(Some(placed())),
            Phase::Open => OrderState::Open(placed()),
            Phase::Cancelled => OrderState::Cancelled { id: record.exchange_id(), time_exchange: status.time },
            Phase::Filled => OrderState::FullyFilled,
            Phase::Expired => OrderState::Expired,
            Phase::Failed(failure) => OrderState::OpenFailed(failure.wire(self.settings.map.exchange())),
        };
        Order {
            key: self.key(record),
            terms: Terms {
                side: request.side,
                kind: if is_limit { OrderKind::Limit } else { OrderKind::Market },
                price: is_limit.then(|| spec.tick.decimal(status.price)),
                quantity: spec.lot.decimal(status.quantity),
                time_in_force: request.time_in_force.into(),
                post_only: request.post_only,
                reduce_only: request.reduce_only,
            },
            state,
            filled_quantity: Some(filled),
            average_price: status.cost.checked_div(filled).map(model::normal),
            id: matches!(status.phase, Phase::Filled | Phase::Expired).then(|| record.exchange_id()),
        }
    }

    /// An own execution; `None` where its order is forgotten.
    pub(crate) fn wire_fill(&self, at: usize, fill: &FillRecord) -> Option<Fill> {
        let record = self.core.orders.get(fill.order)?;
        let account = &self.core.accounts[at];
        let spec = &self.specs[record.market()];
        Some(Fill {
            id: fill.id.to_string(),
            order_id: record.exchange_id(),
            instrument: Name::from(self.settings.map.symbol(record.market())),
            strategy: record.strategy.as_ref().unwrap_or(&account.name).to_string(),
            time_exchange: fill.time,
            side: fill.side,
            price: spec.tick.decimal(fill.price),
            quantity: spec.lot.decimal(fill.quantity),
            fee: fill.fee,
            fee_asset: Some(Name::from(self.settings.map.asset(fill.fee_asset))),
            cid: Some(account.cid(record)),
            filled_quantity: Some(spec.lot.decimal(fill.filled)),
            liquidity: Some(fill.liquidity),
        })
    }

    pub(crate) fn wire_balance(&self, asset: AssetId, balance: Balance, since: Nanos) -> AssetBalance {
        AssetBalance { asset: Name::from(self.settings.map.asset(asset)), balance, time_exchange: since }
    }

    /// Orders that are forgotten since are left out.
    pub(crate) fn wire_whole(&self, whole: &Whole) -> AccountSnapshot {
        let orders = |at: usize| {
            let records = whole.orders.iter().filter_map(|(number, status)| Some((self.core.orders.get(*number)?, status)));
            let own = records.filter(|(record, _)| record.market() == at);
            own.map(|(record, status)| self.wire_order(record, status, false, false)).collect()
        };
        let instruments = &self.settings.map.system().instruments;
        let balance = |(asset, (balance, since)): (AssetId, &(Balance, Nanos))| self.wire_balance(asset, *balance, *since);
        AccountSnapshot {
            exchange: self.name(),
            balances: (0..).map(AssetId).zip(&whole.balances).map(balance).collect(),
            instruments: (0..)
                .zip(instruments)
                .map(|(at, instrument)| InstrumentOrders { instrument: Name::from(instrument.symbol.as_str()), orders: orders(at) })
                .collect(),
        }
    }

    /// An event of an account's stream; `None` where its order is forgotten.
    pub(crate) fn wire_event(&self, account: AccountId, note: &Note) -> Option<AccountEvent> {
        let kind = match note {
            Note::Order(number, status, is_unknown, is_cancelling) => {
                let record = self.core.orders.get(*number)?;
                AccountEventKind::OrderSnapshot(Box::new(self.wire_order(record, status, *is_unknown, *is_cancelling)))
            }
            Note::Cancel(number, status, refused) => {
                let record = self.core.orders.get(*number)?;
                AccountEventKind::OrderCancelled(CancelResponse {
                    key: self.key(record),
                    state: match refused {
                        Some(failure) => Err(failure.wire(self.settings.map.exchange())),
                        None => Ok((record.exchange_id(), status.time)),
                    },
                    filled_quantity: Some(self.specs[record.market()].lot.decimal(status.filled)),
                })
            }
            Note::Trade(fill) => AccountEventKind::Trade(Box::new(self.wire_fill(account.index(), fill)?)),
            Note::Balance(asset, balance, since) => AccountEventKind::BalanceSnapshot(self.wire_balance(*asset, *balance, *since)),
            Note::Whole(whole) => AccountEventKind::Snapshot(self.wire_whole(whole)),
            Note::Reconnecting => return Some(AccountEvent::Reconnecting(self.settings.map.exchange().to_owned())),
            Note::Forced(what) => AccountEventKind::Forced(what.clone()),
            Note::Overflow(lost) => AccountEventKind::Overflow(*lost),
        };
        Some(AccountEvent::Item(self.name(), kind))
    }
}
