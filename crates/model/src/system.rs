//! A complete system: exchanges with their execution, assets, instruments.

use crate::{AssetId, Error, ExchangeId, Execution, InstrumentId, Result};
use rust_decimal::Decimal;

/// An exchange and how it treats orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// `binance_spot`, or `mock` where a lone exchange is not named.
    pub name: String,
    /// How it treats orders.
    pub execution: Execution,
}

/// An asset of one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Where.
    pub exchange: ExchangeId,
    /// Upper case: `USDT`.
    pub name: String,
}

/// What an instrument's orders have to obey. Decimals in base (quantity) and quote (price, notional).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Tick; derived from the data where it is not given.
    pub tick_size: Option<Decimal>,
    /// Lot; derived from the data where it is not given.
    pub lot_size: Option<Decimal>,
    /// Least price.
    pub price_min: Option<Decimal>,
    /// Largest price.
    pub price_max: Option<Decimal>,
    /// Least quantity.
    pub quantity_min: Option<Decimal>,
    /// Largest quantity.
    pub quantity_max: Option<Decimal>,
    /// Least price x quantity.
    pub notional_min: Option<Decimal>,
    /// Largest price x quantity.
    pub notional_max: Option<Decimal>,
}

/// An instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// Where.
    pub exchange: ExchangeId,
    /// `BTC/USDT`, in ccxt's unified form.
    pub symbol: String,
    /// The venue's name: `BTCUSDT`.
    pub name_exchange: String,
    /// What is bought and sold.
    pub base: AssetId,
    /// What prices are in.
    pub quote: AssetId,
    /// What orders have to obey.
    pub filters: Filters,
}

/// A complete system, names resolved, in config order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// Exchanges.
    pub exchanges: Vec<Exchange>,
    /// Assets of all exchanges, in order of first mention.
    pub assets: Vec<Asset>,
    /// Instruments.
    pub instruments: Vec<Instrument>,
    /// Balances at the start, where the config carries them.
    pub balances: Vec<(AssetId, Decimal)>,
    /// Paths of settings on which the config was silent, so that a result can name the defaults used.
    pub silent: Vec<String>,
}

impl System {
    /// The exchange of this name, made if it is new.
    pub fn add_exchange(&mut self, name: &str, execution: &Execution) -> ExchangeId {
        let at = self.exchanges.iter().position(|exchange| exchange.name == name).unwrap_or_else(|| {
            self.exchanges.push(Exchange { name: name.to_owned(), execution: execution.clone() });
            self.exchanges.len() - 1
        });
        ExchangeId(at as u16)
    }

    /// The asset of this name at this exchange, made if it is new.
    pub fn add_asset(&mut self, exchange: ExchangeId, name: &str) -> AssetId {
        let name = name.to_uppercase();
        let at = self.assets.iter().position(|asset| asset.exchange == exchange && asset.name == name).unwrap_or_else(|| {
            self.assets.push(Asset { exchange, name });
            self.assets.len() - 1
        });
        AssetId(at as u16)
    }

    /// Adds an instrument by its unified symbol (`BTC/USDT`).
    pub fn add_instrument(
        &mut self,
        exchange: ExchangeId,
        symbol: &str,
        name_exchange: Option<&str>,
        filters: Filters,
    ) -> Result<InstrumentId> {
        let symbol = symbol.trim().to_uppercase();
        let pair = symbol.split(':').next().unwrap_or_default();
        let bad = || {
            Error::new(crate::Code::InvalidArgument, format!("'{symbol}' is no symbol of the form BASE/QUOTE"))
                .hint(format!("write '{symbol}/USD' if it is priced in dollars"))
        };
        let (base, quote) =
            pair.split_once('/').filter(|(base, quote)| !base.is_empty() && !quote.is_empty() && base != quote).ok_or_else(bad)?;
        if self.instruments.iter().any(|other| other.exchange == exchange && other.symbol == symbol) {
            return Err(Error::new(crate::Code::AmbiguousName, format!("'{symbol}' stands twice in the config")));
        }
        if self.instruments.len() >= usize::from(u16::MAX) {
            return Err(Error::overflow("the number of instruments"));
        }
        let (base, quote) = (self.add_asset(exchange, base), self.add_asset(exchange, quote));
        let name_exchange = name_exchange.map_or_else(|| pair.replace('/', ""), str::to_owned);
        self.instruments.push(Instrument { exchange, symbol, name_exchange, base, quote, filters });
        Ok(InstrumentId((self.instruments.len() - 1) as u16))
    }

    /// The instrument that `name` means: `BTC/USDT`, `binance_spot:BTC/USDT`, the venue's `BTCUSDT`.
    pub fn find_instrument(&self, name: &str) -> Result<InstrumentId> {
        let fits = |instrument: &&Instrument| {
            let exchange = &self.exchanges[instrument.exchange.index()].name;
            instrument.symbol.eq_ignore_ascii_case(name)
                || instrument.name_exchange == name
                || name
                    .strip_prefix(exchange.as_str())
                    .and_then(|rest| rest.strip_prefix(':'))
                    .is_some_and(|rest| rest.eq_ignore_ascii_case(&instrument.symbol))
        };
        let mut found = (0..).zip(&self.instruments).filter(|(_, instrument)| fits(instrument));
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Ok(InstrumentId(at)),
            (Some((_, one)), Some((_, two))) => Err(Error::new(crate::Code::AmbiguousName, format!("two instruments are called '{name}'"))
                .hint(format!(
                    "write '{}:{}' or '{}:{}'",
                    self.exchanges[one.exchange.index()].name,
                    one.symbol,
                    self.exchanges[two.exchange.index()].name,
                    two.symbol
                ))),
            (None, _) => Err(Error::unknown("instrument", name, self.instruments.iter().map(|instrument| instrument.symbol.as_str()))),
        }
    }

    /// The asset that `name` means, at `exchange` or, without one, at the only exchange that has it.
    pub fn find_asset(&self, name: &str, exchange: Option<&str>) -> Result<AssetId> {
        let upper = name.to_uppercase();
        let fits = |asset: &&Asset| asset.name == upper && exchange.is_none_or(|name| self.exchanges[asset.exchange.index()].name == name);
        let mut found = (0..).zip(&self.assets).filter(|(_, asset)| fits(asset));
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Ok(AssetId(at)),
            (Some(_), Some(_)) => Err(Error::new(crate::Code::AmbiguousName, format!("more than one exchange has the asset '{upper}'"))
                .hint(format!("give balances by exchange: {{ {}: {{ {upper}: ... }} }}", self.exchanges[0].name))),
            (None, _) => Err(Error::unknown("asset", &upper, self.assets.iter().map(|asset| asset.name.as_str()))),
        }
    }

    /// The instrument with this id.
    pub fn instrument(&self, id: InstrumentId) -> &Instrument {
        &self.instruments[id.index()]
    }
}
