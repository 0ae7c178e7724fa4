//! The order in which barter numbers things. It sorts exchanges by their place in an enum, assets by exchange and name,
//! instruments by exchange and the name it gives them; a config's order is lost.

use crate::{Asset, Exchange, System};

/// Barter's exchanges in the order of its enum.
const EXCHANGES: [&str; 42] = [
    "other",
    "simulated",
    "mock",
    "binance_futures_coin",
    "binance_futures_usd",
    "binance_options",
    "binance_portfolio_margin",
    "binance_spot",
    "binance_us",
    "bitazza",
    "bitfinex",
    "bitflyer",
    "bitget",
    "bitmart",
    "bitmart_futures_usd",
    "bitmex",
    "bitso",
    "bitstamp",
    "bitvavo",
    "bithumb",
    "bybit_perpetuals_usd",
    "bybit_spot",
    "cexio",
    "coinbase",
    "coinbase_international",
    "cryptocom",
    "deribit",
    "gateio_futures_btc",
    "gateio_futures_usd",
    "gateio_options",
    "gateio_perpetuals_btc",
    "gateio_perpetuals_usd",
    "gateio_spot",
    "gemini",
    "hitbtc",
    "htx",
    "kraken",
    "kucoin",
    "liquid",
    "mexc",
    "okx",
    "poloniex",
];

/// Places in a config in the order in which barter numbers them: `sorted[index]` is the place in the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sorted {
    pub(super) exchanges: Vec<usize>,
    pub(super) assets: Vec<usize>,
    pub(super) instruments: Vec<usize>,
}

impl Sorted {
    /// Of a system whose exchanges barter knows; others have no order there, and stay behind in config order.
    pub(super) fn of(system: &System) -> Self {
        let rank = |exchange: &Exchange| {
            let name = if exchange.name == "huobi" { "htx" } else { exchange.name.as_str() };
            EXCHANGES.iter().position(|known| *known == name).unwrap_or(EXCHANGES.len())
        };
        let ranks: Vec<usize> = system.exchanges.iter().map(rank).collect();
        let lower = |asset: &Asset| asset.name.to_lowercase();
        let asset = |at: usize| lower(&system.assets[at]);
        Self {
            exchanges: sorted(ranks.len(), |at| ranks[at]),
            assets: sorted(system.assets.len(), |at| (ranks[system.assets[at].exchange.index()], asset(at))),
            instruments: sorted(system.instruments.len(), |at| {
                let instrument = &system.instruments[at];
                let name = format!("{}_{}", asset(instrument.base.index()), asset(instrument.quote.index()));
                (ranks[instrument.exchange.index()], name, instrument.name_exchange.clone())
            }),
        }
    }
}

fn sorted<K: Ord>(length: usize, key: impl Fn(usize) -> K) -> Vec<usize> {
    let mut places: Vec<usize> = (0..length).collect();
    places.sort_by_key(|at| key(*at));
    places
}
