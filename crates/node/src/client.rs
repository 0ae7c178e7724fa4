//! The native class behind a mock execution client: convert, ask the state machine, convert.
//!
//! Everything runs on the calling thread, by either clock: a wall clock is the caller's `Date.now` and `setTimeout`, which a test runner
//! can fake, and which no thread of ours could see.

mod held;
mod row;

pub use held::Held;

use crate::error::guard;
use row::row;
use haggle_client::{AccountId, Client, InstrumentMap, LimitOptions, Settings};
use haggle_model::read::{Field, parse};
use haggle_model::time::{MILLISECOND, Nanos};
use haggle_model::wire::{self, Name, Wire};
use haggle_model::{Code, Decimal, Error, Result, Side};
use napi::Env;
use napi::bindgen_prelude::{BigInt, Uint8Array};
use napi_derive::napi;
use serde_json::{Value, json};
use std::cell::RefMut;
use std::rc::Rc;

/// An account of a mock exchange.
#[napi(js_name = "NativeClient")]
pub struct MockClient {
    client: Rc<Held>,
    account: AccountId,
    is_indexed: bool,
}

// After the class: the macro on their parts of it has to know its name.
mod force;
mod market;

/// Canonical JSON and the fields that TypeScript shows, of each value.
fn shapes<T: Wire>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().flat_map(|value| [value.to_text(), value.view().to_string()]).collect()
}

#[napi]
impl MockClient {
    /// A client of `SpotOptions`, or, with an instrument map (`{exchange, instruments}`), of a config and `MockOptions`.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, config: String, map: Option<String>, options: Option<String>, is_indexed: bool) -> napi::Result<Self> {
        guard(env, || {
            let config = parse(&config)?;
            let settings = match map {
                None => Settings::spot(&Field::root(&config))?,
                Some(map) => {
                    let map = parse(&map)?;
                    let exchange = map["exchange"].as_str().unwrap_or_default();
                    let map = InstrumentMap::new(exchange, &map["instruments"])?;
                    let options = options.map(|options| parse(&options)).transpose()?;
                    Settings::new(&Field::root(&config), map, options.as_ref().map(Field::root).as_ref())?
                }
            };
            Ok(Self { client: Rc::new(Held::new(Client::new(settings)?)), account: AccountId::FIRST, is_indexed })
        })
    }

    /// Another account on the same exchange; `balances` is a list of `[asset, amount]`.
    #[napi(catch_unwind)]
    pub fn open_account(&self, env: Env, name: String, balances: String) -> napi::Result<MockClient> {
        guard(env, || {
            let balances = parse(&balances)?;
            let read = |pair: &Field<'_>| -> Result<(Name, Decimal)> {
                let pair = pair.list()?;
                Ok((read_name(&pair[0])?, pair[1].decimal()?))
            };
            let balances = Field::root(&balances).list()?.iter().map(read).collect::<Result<Vec<_>>>()?;
            let account = self.client()?.account(&name, &balances)?;
            Ok(Self { client: Rc::clone(&self.client), account, is_indexed: self.is_indexed })
        })
    }

    /// Instruments with their grids, as JSON.
    #[napi(catch_unwind)]
    pub fn names(&self, env: Env) -> napi::Result<String> {
        guard(env, || {
            let client = self.client()?;
            let grid = |grid: haggle_model::Increment| json!({ "mantissa": grid.mantissa().to_string(), "scale": grid.scale() });
            let instrument = |instrument: &haggle_model::Instrument| -> Result<Value> {
                let (tick, lot) = client.grid(&Name::Text(instrument.symbol.clone()))?;
                Ok(json!({ "symbol": instrument.symbol, "nameExchange": instrument.name_exchange, "exchange": client.map().exchange(), "tick": grid(tick), "lot": grid(lot) }))
            };
            let instruments = client.map().system().instruments.iter().map(instrument).collect::<Result<Vec<_>>>()?;
            Ok(Value::Array(instruments).to_string())
        })
    }

    /// What the clock shows, in nanoseconds.
    #[napi(getter, catch_unwind)]
    pub fn now(&self, env: Env) -> napi::Result<BigInt> {
        guard(env, || Ok(BigInt::from(self.client()?.now())))
    }

    /// When the next thing happens by itself, in milliseconds; infinite where nothing will.
    #[napi(catch_unwind)]
    pub fn next_time(&self, env: Env) -> napi::Result<f64> {
        guard(env, || Ok(millis(self.client()?.next_time())))
    }

    /// Moves the clock by nanoseconds.
    #[napi(catch_unwind)]
    pub fn advance(&self, env: Env, by: BigInt) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.advance(nanos(&by, "by")?)?))
    }

    /// Moves the clock to a time in nanoseconds.
    #[napi(catch_unwind)]
    pub fn advance_to(&self, env: Env, time: BigInt) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.advance_to(nanos(&time, "time")?)?))
    }

    /// Both shapes of the account.
    #[napi(catch_unwind)]
    pub fn account_snapshot(&self, env: Env) -> napi::Result<Vec<String>> {
        guard(env, || {
            let snapshot = self.client()?.account_snapshot(self.account)?;
            Ok(shapes([self.asked(snapshot)?]))
        })
    }

    /// Both shapes of each balance; `assets` is a list of names.
    #[napi(catch_unwind)]
    pub fn fetch_balances(&self, env: Env, assets: Option<String>) -> napi::Result<Vec<String>> {
        guard(env, || Ok(shapes(self.client()?.fetch_balances(self.account, names(assets)?.as_deref())?)))
    }

    /// Fields of the orders that work.
    #[napi(catch_unwind)]
    pub fn fetch_open_orders(&self, env: Env, instruments: Option<String>) -> napi::Result<String> {
        guard(env, || Ok(views(&self.client()?.fetch_open_orders(self.account, names(instruments)?.as_deref())?)))
    }

    /// Fields of all orders that are remembered.
    #[napi(catch_unwind)]
    pub fn fetch_orders(&self, env: Env, instruments: Option<String>) -> napi::Result<String> {
        guard(env, || Ok(views(&self.client()?.fetch_orders(self.account, names(instruments)?.as_deref())?)))
    }

    /// Fields of an order, by the exchange's id or the client's.
    #[napi(catch_unwind)]
    pub fn fetch_order(&self, env: Env, order: String) -> napi::Result<String> {
        guard(env, || Ok(row(&self.client()?.fetch_order(self.account, &order)?)))
    }

    /// Fields of own executions, as `[fill, ...]`.
    #[napi(catch_unwind)]
    pub fn fetch_trades(&self, env: Env, since: Option<BigInt>) -> napi::Result<String> {
        guard(env, || {
            let since = since.map(|since| nanos(&since, "since")).transpose()?;
            Ok(views(&self.client()?.fetch_trades(self.account, since)?))
        })
    }

    /// The order as its client knows it, once the exchange has answered all that was asked of it.
    #[napi(catch_unwind)]
    pub fn settled(&self, env: Env, order: String) -> napi::Result<Option<String>> {
        guard(env, || Ok(self.client()?.settled(self.account, &order)?.map(|order| row(&order))))
    }

    /// Opens an order, of a request in barter's JSON.
    #[napi(catch_unwind)]
    pub fn open_order(&self, env: Env, request: String) -> napi::Result<String> {
        guard(env, || {
            let request = wire::OrderRequestOpen::from_text(&request)?;
            Ok(row(&self.client()?.open_order(self.account, &request)?))
        })
    }

    /// Opens a market order; amounts are decimal texts.
    #[napi(catch_unwind)]
    pub fn open_market_order(&self, env: Env, symbol: String, is_buy: bool, quantity: String) -> napi::Result<String> {
        guard(env, || {
            let quantity = decimal(&quantity, "quantity")?;
            let order = self.client()?.open_market_order(self.account, &Name::Text(symbol), side(is_buy), quantity)?;
            Ok(row(&order))
        })
    }

    /// Opens a limit order; amounts are decimal texts.
    #[napi(catch_unwind)]
    pub fn open_limit_order(&self, env: Env, symbol: String, is_buy: bool, quantity: String, price: String) -> napi::Result<String> {
        guard(env, || {
            let (quantity, price) = (decimal(&quantity, "quantity")?, decimal(&price, "price")?);
            let (symbol, options) = (Name::Text(symbol), LimitOptions::default());
            let order = self.client()?.open_limit_order(self.account, &symbol, side(is_buy), quantity, price, &options)?;
            Ok(row(&order))
        })
    }

    /// Cancels an order.
    #[napi(catch_unwind)]
    pub fn cancel_order(&self, env: Env, order: String) -> napi::Result<String> {
        guard(env, || Ok(row(&self.client()?.cancel_order(self.account, &order)?)))
    }

    /// Cancels all open orders, of one instrument or of all.
    #[napi(catch_unwind)]
    pub fn cancel_all(&self, env: Env, symbol: Option<String>) -> napi::Result<String> {
        guard(env, || Ok(views(&self.client()?.cancel_all(self.account, symbol.map(Name::Text).as_ref())?)))
    }

    /// Changes an order.
    #[napi(catch_unwind)]
    pub fn amend_order(&self, env: Env, order: String, price: Option<String>, quantity: Option<String>) -> napi::Result<String> {
        guard(env, || {
            let (price, quantity) = (optional(price, "price")?, optional(quantity, "quantity")?);
            Ok(row(&self.client()?.amend_order(self.account, &order, price, quantity)?))
        })
    }

    /// Both shapes of the next event, if one waits. The first call opens the stream.
    #[napi(catch_unwind)]
    pub fn poll_event(&self, env: Env) -> napi::Result<Vec<String>> {
        guard(env, || {
            let event = self.client()?.poll_event(self.account)?;
            Ok(shapes(event.map(|event| self.asked(event)).transpose()?))
        })
    }

    /// The whole state of the exchange and its accounts.
    #[napi(catch_unwind)]
    pub fn snapshot(&self, env: Env) -> napi::Result<Uint8Array> {
        guard(env, || Ok(Uint8Array::new(self.client()?.snapshot()?)))
    }

    /// Puts a state back.
    #[napi(catch_unwind)]
    pub fn restore(&self, env: Env, snapshot: Uint8Array) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.restore(&snapshot)?))
    }

    /// Hash of the state.
    #[napi(catch_unwind)]
    pub fn state_hash(&self, env: Env) -> napi::Result<String> {
        guard(env, || Ok(self.client()?.state_hash()?))
    }

    /// Holds the state against itself; an error says what is broken.
    #[napi(catch_unwind)]
    pub fn invariants(&self, env: Env) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.invariants()?))
    }

    /// Ends the client, with all its accounts.
    #[napi(catch_unwind)]
    pub fn close(&self, env: Env) -> napi::Result<()> {
        guard(env, || Ok(self.client.close()?))
    }
}

impl MockClient {
    /// The state machine, for a strategy that runs against it.
    pub fn shared(&self) -> Rc<Held> {
        Rc::clone(&self.client)
    }

    fn client(&self) -> Result<RefMut<'_, Client>> {
        self.client.get()
    }

    /// A value with the keys that were asked for.
    fn asked<T: Wire>(&self, value: T) -> Result<T> {
        if self.is_indexed { self.client()?.map().indexed(&value) } else { Ok(value) }
    }
}

fn views<T: Wire>(values: &[T]) -> String {
    Value::Array(values.iter().map(Wire::view).collect()).to_string()
}

fn names(list: Option<String>) -> Result<Option<Vec<Name>>> {
    let Some(list) = list else { return Ok(None) };
    let list = parse(&list)?;
    Field::root(&list).list()?.iter().map(read_name).collect::<Result<_>>().map(Some)
}

fn read_name(field: &Field<'_>) -> Result<Name> {
    let index = field.value.as_u64().and_then(|index| u32::try_from(index).ok());
    index.map_or_else(|| field.text().map(|text| Name::Text(text.to_owned())), |index| Ok(Name::Index(index)))
}

fn decimal(text: &str, path: &str) -> Result<Decimal> {
    Field { value: &Value::String(text.to_owned()), path: path.to_owned() }.decimal()
}

fn optional(text: Option<String>, path: &str) -> Result<Option<Decimal>> {
    text.map(|text| decimal(&text, path)).transpose()
}

const fn side(is_buy: bool) -> Side {
    if is_buy { Side::Buy } else { Side::Sell }
}

/// In milliseconds, rounded up; infinite where there is none.
pub fn millis(time: Option<Nanos>) -> f64 {
    time.map_or(f64::INFINITY, |time| (time / MILLISECOND) as f64 + f64::from(u8::from(time % MILLISECOND > 0)))
}

fn in_use() -> Error {
    Error::new(Code::Reentrant, "the client is in use: it was called from inside a callback of its strategy")
        .hint("a strategy trades through its context; look at the client once the call that led to the callback has returned")
}

pub fn nanos(value: &BigInt, path: &str) -> Result<Nanos> {
    let (nanos, is_exact) = value.get_i64();
    if is_exact { Ok(nanos) } else { Err(Error::overflow("a time").at(path)) }
}
