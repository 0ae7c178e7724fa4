//! What equity, summary and hash need of a venue, whichever venue it is.

use crate::setup::RunSetup;
use haggle_exchange::{Exchange, Market};
use haggle_model::{AssetId, Contract, Decimal, ExchangeId, InstrumentId, Position};

/// One asset of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssetBooks {
    /// Free and locked together.
    pub total: Decimal,
    /// What open orders reserve.
    pub locked: Decimal,
    /// What the account had at the start.
    pub start: Decimal,
    /// Fees that the venue collected.
    pub fees: Decimal,
    /// What the venue gained in trades with the account (negative: gave).
    pub venue: Decimal,
}

/// The accounts of a run at their venues, as these know them: truth at exchange time.
pub trait AccountView {
    /// Free and locked balance of an asset.
    fn total(&self, asset: AssetId) -> Decimal;
    /// All that is known of an asset.
    fn books(&self, asset: AssetId) -> AssetBooks;
    /// How an instrument is settled.
    fn contract(&self, instrument: InstrumentId) -> Contract;
    /// Net of the own fills.
    fn position(&self, instrument: InstrumentId) -> &Position;
    /// The mark; `None` before the first.
    fn mark(&self, instrument: InstrumentId) -> Option<Decimal>;
    /// The same as the nearest f64.
    fn mark_f64(&self, instrument: InstrumentId) -> Option<f64>;
    /// Messages that crossed a book.
    fn crossed(&self, exchange: ExchangeId) -> u64;
}

/// The accounts at simulated exchanges.
#[derive(Clone, Copy, Debug)]
pub struct Simulated<'a> {
    /// Where everything is.
    pub setup: &'a RunSetup,
    /// By config order.
    pub exchanges: &'a [Exchange],
}

impl<'a> Simulated<'a> {
    #[inline]
    fn market(&self, instrument: InstrumentId) -> &'a Market {
        let place = self.setup.places[instrument.index()];
        &self.exchanges[place.exchange].markets()[place.market]
    }

    #[inline]
    fn account(&self, asset: AssetId) -> &'a haggle_exchange::Account {
        let exchange = self.setup.constant.system.assets[asset.index()].exchange;
        self.exchanges[exchange.index()].ledger().account(asset)
    }
}

impl AccountView for Simulated<'_> {
    #[inline]
    fn total(&self, asset: AssetId) -> Decimal {
        self.account(asset).total
    }

    fn books(&self, asset: AssetId) -> AssetBooks {
        let account = self.account(asset);
        AssetBooks { total: account.total, locked: account.locked, start: account.deposited, fees: account.fees, venue: account.venue }
    }

    #[inline]
    fn contract(&self, instrument: InstrumentId) -> Contract {
        let exchange = self.setup.places[instrument.index()].exchange;
        Contract::of(self.setup.constant.system.exchanges[exchange].execution.account)
    }

    #[inline]
    fn position(&self, instrument: InstrumentId) -> &Position {
        &self.market(instrument).position
    }

    #[inline]
    fn mark(&self, instrument: InstrumentId) -> Option<Decimal> {
        self.market(instrument).mark()
    }

    #[inline]
    fn mark_f64(&self, instrument: InstrumentId) -> Option<f64> {
        let market = self.market(instrument);
        Some(market.mark_f64()).filter(|mark| !mark.is_nan())
    }

    fn crossed(&self, exchange: ExchangeId) -> u64 {
        self.exchanges[exchange.index()].markets().iter().map(|market| market.crossed).sum()
    }
}
