//! The engine's state: markets, orders, positions and balances as far as it has heard of them.

use crate::exposure::Exposure;
use crate::order::EngineOrder;
use crate::valuation::Valuation;
use haggle_model::time::Nanos;
use haggle_model::{AssetId, Balance, Decimal, Increment, InstrumentId, OrderEvent, OrderEventKind, OrderNumber, Position, ReasonCode, Request, Result, Side, to_f64};

/// What the engine has to know of an instrument.
#[derive(Clone, Debug)]
pub struct MarketSpec {
    /// One tick of price.
    pub tick: Increment,
    /// One lot of quantity.
    pub lot: Increment,
    /// What is bought and sold.
    pub base: AssetId,
    /// What prices are in.
    pub quote: AssetId,
    /// A position worth less is dust, as is one below a lot. Zero where there is no minimum.
    pub notional_min: Decimal,
    /// Whether positions may be negative.
    pub is_cash_settled: bool,
}

/// One market as the engine has heard of it. Zero sizes and prices mean "not seen yet".
#[derive(Clone, Debug)]
pub struct MarketView {
    /// What it is.
    pub spec: MarketSpec,
    /// Best bid, ticks.
    pub bid: i64,
    /// Size there, lots; 0: no bid.
    pub bid_size: i64,
    /// Best ask, ticks.
    pub ask: i64,
    /// Size there, lots; 0: no ask.
    pub ask_size: i64,
    /// Last print or close, ticks; 0 before the first.
    pub last: i64,
    /// Twice the mark in ticks; 0 before the first.
    pub mark_twice: i64,
    /// Net of the fills heard of.
    pub position: Position,
    /// The position as f64: exactly 0 when flat or dust.
    pub position_f64: f64,
    /// Average entry price as f64; NaN when flat or dust.
    pub entry_f64: f64,
    /// Whole lots of the position, signed; 0 when flat or dust.
    pub position_lots: i64,
    /// Own working orders, oldest first.
    pub open_orders: Vec<OrderNumber>,
    /// Whether it stands in [`Engine::changed`].
    is_changed: bool,
}

impl MarketView {
    fn new(spec: MarketSpec) -> Self {
        Self {
            spec,
            bid: 0,
            bid_size: 0,
            ask: 0,
            ask_size: 0,
            last: 0,
            mark_twice: 0,
            position: Position::default(),
            position_f64: 0.0,
            entry_f64: f64::NAN,
            position_lots: 0,
            open_orders: Vec::new(),
            is_changed: false,
        }
    }

    /// The mark as f64: mid, else last print or close; NaN before the first.
    #[inline]
    pub fn mark(&self) -> f64 {
        if self.mark_twice == 0 { f64::NAN } else { self.spec.tick.f64(self.mark_twice) / 2.0 }
    }

    /// A new best quote.
    #[inline]
    pub fn set_quote(&mut self, bid: i64, bid_size: i64, ask: i64, ask_size: i64) {
        self.bid = bid;
        self.bid_size = bid_size;
        self.ask = ask;
        self.ask_size = ask_size;
        if bid_size > 0 && ask_size > 0 {
            self.mark_twice = bid + ask;
        }
    }

    /// A new last price; it is the mark where there are no quotes.
    #[inline]
    pub fn set_last(&mut self, price: i64, has_quotes: bool) {
        self.last = price;
        if !has_quotes {
            self.mark_twice = 2 * price;
        }
    }
}

/// A print, as a strategy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeView {
    /// Ticks.
    pub price: i64,
    /// Lots.
    pub quantity: i64,
    /// The aggressor.
    pub side: Side,
    /// Exchange time.
    pub time: Nanos,
}

/// A bar, as a strategy sees it: at its close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarView {
    /// Start of the period.
    pub time_open: Nanos,
    /// End of the period.
    pub time_close: Nanos,
    /// First price, ticks.
    pub open: i64,
    /// Highest price, ticks.
    pub high: i64,
    /// Lowest price, ticks.
    pub low: i64,
    /// Last price, ticks.
    pub close: i64,
    /// Traded quantity, lots.
    pub volume: i64,
}

/// A timer that a strategy set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// When it fires.
    pub time: Nanos,
    /// The strategy's own number for it.
    pub tag: u32,
}

/// The engine's state. Only what has arrived is in it.
#[derive(Clone, Debug)]
pub struct Engine {
    /// Time of the current event.
    pub now: Nanos,
    /// Markets in config order.
    pub markets: Vec<MarketView>,
    /// Balances in config order of assets.
    pub balances: Vec<Balance>,
    /// Their totals as f64.
    pub totals: Vec<f64>,
    /// What equity is made of, as of the last change of balances.
    exposure: Exposure,
    /// Markets whose prices or position changed since a strategy's host last took them over: see [`Engine::touch`].
    pub changed: Vec<InstrumentId>,
    /// Whether balances changed since then.
    pub has_new_balances: bool,
    /// How balances count in the reporting asset.
    pub valuation: Valuation,
    /// Set once requests are refused, with the reason why.
    pub refuses: Option<ReasonCode>,
    /// Requests sent during the current call, in order.
    pub outbox: Vec<Request>,
    /// Timers set during the current call, in order.
    pub timers: Vec<Timer>,
    /// Orders refused by the engine itself, in order.
    pub refused: Vec<EngineOrder>,
    orders: Vec<EngineOrder>,
    /// By order number: place in `orders`, or [`GONE`].
    index: Vec<u32>,
    free: Vec<u32>,
}

const GONE: u32 = u32::MAX;

impl Engine {
    /// An engine before its first event.
    pub fn new(specs: Vec<MarketSpec>, balances: Vec<Balance>, valuation: Valuation) -> Self {
        let markets: Vec<MarketView> = specs.into_iter().map(MarketView::new).collect();
        let totals: Vec<f64> = balances.iter().map(|balance| to_f64(balance.total)).collect();
        let mut exposure = Exposure::default();
        exposure.take(&totals, &markets, &valuation);
        Self {
            now: 0,
            exposure,
            markets,
            totals,
            balances,
            changed: Vec::new(),
            has_new_balances: true,
            valuation,
            refuses: None,
            outbox: Vec::new(),
            timers: Vec::new(),
            refused: Vec::new(),
            orders: Vec::new(),
            index: Vec::new(),
            free: Vec::new(),
        }
    }

    /// How many orders were sent so far, and so the number of the next.
    pub fn order_count(&self) -> u32 {
        self.index.len() as u32
    }

    /// A number for an order that does not come from the strategy (a position closed at the end of a run).
    pub fn reserve_number(&mut self) -> OrderNumber {
        self.index.push(GONE);
        OrderNumber(self.index.len() as u32 - 1)
    }

    /// A working order.
    pub fn order(&self, number: OrderNumber) -> Option<&EngineOrder> {
        let place = *self.index.get(number.index())?;
        self.orders.get(place as usize)
    }

    pub(crate) fn order_mut(&mut self, number: OrderNumber) -> Option<&mut EngineOrder> {
        let place = *self.index.get(number.index())?;
        self.orders.get_mut(place as usize)
    }

    pub(crate) fn add_order(&mut self, order: EngineOrder) {
        let market = &mut self.markets[order.instrument.index()];
        market.open_orders.push(order.number);
        let place = if let Some(place) = self.free.pop() {
            self.orders[place as usize] = order;
            place
        } else {
            self.orders.push(order);
            self.orders.len() as u32 - 1
        };
        self.index.push(place);
    }

    /// Turns trading on or off. While it is off, callbacks still inform, and requests from them are refused
    /// (`TradingDisabled`). An end of data or of the run stays what it is.
    pub fn set_trading_enabled(&mut self, is_enabled: bool) {
        match (is_enabled, self.refuses) {
            (true, Some(ReasonCode::TradingDisabled)) => self.refuses = None,
            (false, None) => self.refuses = Some(ReasonCode::TradingDisabled),
            _ => {}
        }
    }

    /// Whether the strategy asked for anything, an order or a timer, during the current call.
    #[inline]
    pub fn has_asked(&self) -> bool {
        !self.outbox.is_empty() || !self.timers.is_empty() || !self.refused.is_empty()
    }

    /// Notes that a market's prices or position changed.
    #[inline]
    pub fn touch(&mut self, instrument: InstrumentId) {
        let market = &mut self.markets[instrument.index()];
        if !market.is_changed {
            market.is_changed = true;
            self.changed.push(instrument);
        }
    }

    /// Forgets which markets changed, once a host has taken them over.
    pub fn settle(&mut self) {
        for instrument in self.changed.drain(..) {
            self.markets[instrument.index()].is_changed = false;
        }
        self.has_new_balances = false;
    }

    /// Takes in what an exchange did in one action; the caller tells the strategy then.
    pub fn apply(&mut self, bundle: &[OrderEvent]) -> Result<()> {
        for event in bundle {
            self.apply_event(event)?;
        }
        self.exposure.take(&self.totals, &self.markets, &self.valuation);
        Ok(())
    }

    fn apply_event(&mut self, event: &OrderEvent) -> Result<()> {
        for (asset, balance) in event.balances.iter().flatten() {
            let at = asset.index();
            if self.balances[at].total != balance.total {
                self.totals[at] = to_f64(balance.total);
            }
            self.balances[at] = *balance;
            self.has_new_balances = true;
        }
        if let OrderEventKind::Filled(fill) = &event.kind {
            let market = &mut self.markets[event.instrument.index()];
            let base_fee = if fill.fee_asset == market.spec.base { fill.fee } else { Decimal::ZERO };
            let quantity = market.spec.lot.decimal(fill.quantity) - Decimal::from(event.side.sign()) * base_fee;
            market.position.apply(event.side, quantity, market.spec.tick.decimal(fill.price))?;
            market.show_position()?;
            self.touch(event.instrument);
        }
        let Some(place) = self.index.get(event.order.index()).copied().filter(|place| *place != GONE) else { return Ok(()) };
        let order = &mut self.orders[place as usize];
        order.apply(event);
        if order.state.is_terminal() {
            self.markets[event.instrument.index()].open_orders.retain(|open| *open != event.order);
            self.index[event.order.index()] = GONE;
            self.free.push(place);
        }
        Ok(())
    }

    /// Equity as an exchange counts it where a size is a share of it: in the quote asset of an instrument, over what trades in
    /// that quote. Markets without a mark do not count.
    pub fn equity_in_quote_of(&self, instrument: InstrumentId) -> Result<Decimal> {
        let over = || haggle_model::Error::overflow("the account's equity");
        let quote = self.markets[instrument.index()].spec.quote;
        let mut equity = self.balances[quote.index()].total;
        for market in self.markets.iter().filter(|market| market.spec.quote == quote && market.mark_twice != 0) {
            let mark = market.spec.tick.decimal(market.mark_twice) / Decimal::TWO;
            let worth = if market.spec.is_cash_settled {
                market.position.pnl_at(mark)?
            } else {
                self.balances[market.spec.base.index()].total.checked_mul(mark).ok_or_else(over)?
            };
            equity = equity.checked_add(worth).ok_or_else(over)?;
        }
        Ok(equity)
    }

    /// The same at marks that the caller has as f64 already.
    #[inline]
    pub fn equity_at(&self, mark: impl Fn(InstrumentId) -> f64) -> f64 {
        self.exposure.worth(&self.valuation, mark)
    }

    /// The worth of everything in the reporting asset, as far as the engine knows; NaN before the first marks.
    #[inline]
    pub fn equity(&self) -> f64 {
        self.equity_at(|instrument| self.markets[instrument.index()].mark())
    }
}

impl MarketView {
    /// Brings what strategies see of the position up to date: a position below a lot or the minimum notional is dust.
    fn show_position(&mut self) -> Result<()> {
        let quantity = self.position.quantity;
        let lots = self.spec.lot.floor(quantity.abs()).ok_or_else(|| haggle_model::Error::overflow("a position"))?;
        let is_dust = lots == 0 || (!self.spec.notional_min.is_zero() && self.position.cost.abs() < self.spec.notional_min);
        let sign = if quantity.is_sign_negative() { -1 } else { 1 };
        self.position_lots = if is_dust { 0 } else { sign * lots };
        self.position_f64 = if is_dust { 0.0 } else { to_f64(quantity) };
        self.entry_f64 = if is_dust { f64::NAN } else { to_f64(self.position.cost) / to_f64(quantity) };
        Ok(())
    }
}
