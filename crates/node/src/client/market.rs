//! Market data that a test pushes.

use super::{MockClient, side};
use crate::convert::{decimal, nanos};
use crate::error::guard;
use crate::market_data::MarketData;
use haggle_client::{Ticker, read_book};
use haggle_model::read::{Field, parse};
use haggle_model::wire::Name;
use napi::Env;
use napi::bindgen_prelude::{BigInt, ClassInstance};
use napi_derive::napi;

#[napi]
impl MockClient {
    /// Shows a best quote, a last price, or both: `{last?, bid?, ask?, bidSize?, askSize?}`.
    #[napi(catch_unwind)]
    pub fn set_ticker(&self, env: Env, symbol: String, ticker: String) -> napi::Result<()> {
        guard(env, || {
            let ticker = Ticker::read(&Field::root(&parse(&ticker)?))?;
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
            let [bids, asks] = read_book(&Field::root(&parse(&book)?))?;
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
