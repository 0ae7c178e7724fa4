//! Market data that a test pushes.

use super::{MockClient, decimal, nanos, side};
use crate::error::guard;
use crate::market_data::MarketData;
use haggle_client::Ticker;
use haggle_model::read::{Field, Object, parse};
use haggle_model::wire::Name;
use haggle_model::{Decimal, Result};
use napi::Env;
use napi::bindgen_prelude::{BigInt, ClassInstance};
use napi_derive::napi;

#[napi]
impl MockClient {
    /// Shows a best quote, a last price, or both: `{last?, bid?, ask?, bidSize?, askSize?}`.
    #[napi(catch_unwind)]
    pub fn set_ticker(&self, env: Env, symbol: String, ticker: String) -> napi::Result<()> {
        guard(env, || {
            let ticker = parse(&ticker)?;
            let object = Field::root(&ticker).object()?;
            let amount = |name| object.get(name).map(|field| field.decimal().map_err(|error| error.at(format!("ticker.{name}")))).transpose();
            let ticker = Ticker { last: amount("last")?, bid: amount("bid")?, ask: amount("ask")?, bid_size: amount("bidSize")?, ask_size: amount("askSize")? };
            object.finish().map_err(|error| error.within("ticker"))?;
            Ok(self.client()?.set_ticker(&Name::Text(symbol), &ticker)?)
        })
    }

    /// A print.
    #[napi(catch_unwind)]
    pub fn push_trade(&self, env: Env, symbol: String, is_buy: bool, price: String, amount: String) -> napi::Result<()> {
        guard(env, || {
            let (price, amount) = (decimal(&price, "price")?, decimal(&amount, "amount")?);
            Ok(self.client()?.push_trade(&Name::Text(symbol), side(is_buy), price, amount)?)
        })
    }

    /// A whole book: `{bids: [[price, size], ...], asks: [...]}`.
    #[napi(catch_unwind)]
    pub fn push_book(&self, env: Env, symbol: String, book: String) -> napi::Result<()> {
        guard(env, || {
            let book = parse(&book)?;
            let object = Field::root(&book).object()?;
            let (bids, asks) = (levels(&object, "bids")?, levels(&object, "asks")?);
            Ok(self.client()?.push_book(&Name::Text(symbol), &bids, &asks)?)
        })
    }

    /// Replays market data up to a time, included, or to the end; returns the number of rows.
    #[napi(catch_unwind)]
    pub fn replay(&self, env: Env, data: ClassInstance<MarketData>, until: Option<BigInt>) -> napi::Result<f64> {
        guard(env, || {
            let until = until.map(|until| nanos(&until, "until")).transpose()?;
            Ok(self.client()?.replay(&data.store()?, until)? as f64)
        })
    }

    /// Halts an instrument, or lets it go on.
    #[napi(catch_unwind)]
    pub fn halt(&self, env: Env, symbol: String, is_halted: bool) -> napi::Result<()> {
        guard(env, || Ok(self.client()?.halt(&Name::Text(symbol), is_halted)?))
    }
}

fn levels(object: &Object<'_>, name: &'static str) -> Result<Vec<(Decimal, Decimal)>> {
    let read = |level: &Field<'_>| -> Result<(Decimal, Decimal)> {
        let level = level.list()?;
        Ok((level[0].decimal()?, level[1].decimal()?))
    };
    object.need(name)?.list()?.iter().map(read).collect()
}
