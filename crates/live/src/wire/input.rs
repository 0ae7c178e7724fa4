//! Everything that can come into a live system.

use super::Names;
use crate::command::Command;
use haggle_model::MarketRow;
use haggle_model::wire::{self, AccountEvent, EngineEvent, MarketEvent, OneOrMany, TradingState};
use haggle_model::{Code, Error, ExchangeId, InstrumentId, Result};
use std::sync::PoisonError;

/// Something that comes from outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A market row.
    Row(MarketRow),
    /// Something happened in a market that moves nothing here: a liquidation.
    Note(Box<MarketEvent>),
    /// A command.
    Command(Command),
    /// Trading is turned on or off.
    TradingEnabled(bool),
    /// A connection was lost, and is being made anew.
    Reconnecting {
        /// To which exchange.
        exchange: ExchangeId,
        /// Of the account, or of the market data.
        is_account: bool,
    },
    /// The system is to end.
    Shutdown,
}

/// Goes over items with the path of each.
pub(super) fn each<T, U>(items: &OneOrMany<T>, path: &str, body: impl Fn(&T) -> Result<U>) -> Result<Vec<U>> {
    match items {
        OneOrMany::One(item) => body(item).map(|one| vec![one]).map_err(|error| error.within(&format!("{path}.One"))),
        OneOrMany::Many(items) => {
            let item = |(at, item)| body(item).map_err(|error| error.within(&format!("{path}.Many[{at}]")));
            items.iter().enumerate().map(item).collect()
        }
    }
}

impl Names {
    /// An event in the system's own terms. Names and indices both do, but for an index that means one thing in the config's order and
    /// another one in barter's.
    ///
    /// Books are kept here, from snapshots and changes: events have to come in their order.
    ///
    /// Errors have the path in the event's JSON: `UNKNOWN_NAME`, `AMBIGUOUS_NAME`; `INVALID_DATA` for a price or a size that is not on its
    /// instrument's grid, and for a book's change before the book; `INVALID_ARGUMENT` for an order that cannot be; `UNSUPPORTED` for what a
    /// simulated exchange says itself, and for timers.
    pub fn input(&self, event: &EngineEvent) -> Result<Input> {
        Ok(match event {
            EngineEvent::Shutdown => Input::Shutdown,
            EngineEvent::TradingStateUpdate(state) => Input::TradingEnabled(*state == TradingState::Enabled),
            EngineEvent::Command(command) => Input::Command(self.command(command).map_err(|error| error.within("Command"))?),
            EngineEvent::Market(MarketEvent::Reconnecting(name)) => {
                let exchange = self.exchange_of(name, "Market.Reconnecting")?;
                self.forget_books(exchange);
                Input::Reconnecting { exchange, is_account: false }
            }
            EngineEvent::Market(MarketEvent::Item { time_exchange, time_received, exchange, instrument, kind }) => {
                self.exchange_of(exchange, "Market.Item.exchange")?;
                let place = self.translator.instrument_id(instrument, Some(&exchange.as_str().into()));
                let place = place.map_err(|error| error.at("Market.Item.instrument"))?;
                match self.row(place, (*time_exchange, *time_received), kind).map_err(|error| error.within("Market.Item.kind"))? {
                    Some(row) => Input::Row(row),
                    None => Input::Note(Box::new(MarketEvent::Item {
                        time_exchange: *time_exchange,
                        time_received: *time_received,
                        exchange: exchange.clone(),
                        instrument: self.instrument(place).into(),
                        kind: kind.clone(),
                    })),
                }
            }
            EngineEvent::Account(AccountEvent::Reconnecting(name)) => {
                Input::Reconnecting { exchange: self.exchange_of(name, "Account.Reconnecting")?, is_account: true }
            }
            EngineEvent::Account(AccountEvent::Item(..)) => {
                return Err(Error::new(Code::Unsupported, "the simulated exchange tells of its account itself").at("Account.Item"));
            }
            EngineEvent::Timer { .. } => {
                return Err(Error::new(Code::Unsupported, "timers are set by the strategy alone").at("Timer"));
            }
        })
    }

    fn exchange_of(&self, name: &str, path: &str) -> Result<ExchangeId> {
        self.translator.exchange_id(&name.into()).map_err(|error| error.at(path))
    }

    fn forget_books(&self, exchange: ExchangeId) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, _) in self.setup.market_specs.iter().enumerate().filter(|(_, spec)| spec.exchange == exchange) {
            books.forget(InstrumentId(at as u16));
        }
    }

    fn command(&self, command: &wire::Command) -> Result<Command> {
        Ok(match command {
            wire::Command::SendOpenRequests(requests) => {
                Command::SendOpenRequests(each(requests, "SendOpenRequests", |request| self.open(request))?)
            }
            wire::Command::SendCancelRequests(requests) => {
                Command::SendCancelRequests(each(requests, "SendCancelRequests", |request| self.cancel(request))?)
            }
            wire::Command::ClosePositions(filter) => {
                Command::ClosePositions(self.filter(filter).map_err(|error| error.within("ClosePositions"))?)
            }
            wire::Command::CancelOrders(filter) => {
                Command::CancelOrders(self.filter(filter).map_err(|error| error.within("CancelOrders"))?)
            }
        })
    }
}
