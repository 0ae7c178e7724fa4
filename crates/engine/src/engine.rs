//! The engine's state: markets, orders, positions and balances as far as it has heard of them.

use crate::exposure::Exposure;
use crate::market::{MarketSpec, MarketView};
use crate::order::{EngineOrder, OrderState};
use crate::recent_fills::{RecentFills, RefusedEvent};
use crate::risk::{Risk, RiskCounts};
use crate::valuation::Valuation;
use haggle_model::time::Nanos;
use haggle_model::{
    Balance, Decimal, ExchangeId, InstrumentId, MarketEvent, OpenRequest, OrderEvent, OrderEventKind, OrderNumber, Position, Reason,
    ReasonCode, Request, Result, to_f64,
};
use std::collections::VecDeque;

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
    pub(crate) exposure: Exposure,
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
    /// Orders and cancels among them that the strategy did not send itself, of commands and the drawdown switch: its host tells it.
    pub unasked: Vec<Request>,
    /// Timers set during the current call, in order.
    pub timers: Vec<Timer>,
    /// Orders refused by the engine itself, in order.
    pub refused: Vec<EngineOrder>,
    /// What risk did to requests during the current call, in order, to be told to the strategy: orders that it refused or cut, and
    /// amends that it refused. The events have no sequence.
    pub news: VecDeque<OrderEvent>,
    /// Account events that cannot be, and that were not taken in, for the host to take.
    pub refused_events: Vec<RefusedEvent>,
    pub(crate) recent_fills: RecentFills,
    /// Whether `refused` or `news` got something since [`Engine::take_refused`].
    pub(crate) has_answers: bool,
    pub(crate) risk: Option<Box<Risk>>,
    pub(crate) risk_counts: RiskCounts,
    pub(crate) orders: Vec<EngineOrder>,
    /// By order number: place in `orders`, or [`GONE`] or [`FILLED`].
    pub(crate) index: Vec<u32>,
    pub(crate) free: Vec<u32>,
}

pub(crate) fn positions(markets: &[MarketView]) -> impl Iterator<Item = (bool, &Position)> {
    markets.iter().map(|market| (market.spec.is_cash_settled, &market.position))
}

/// Of an order that is over, or was none of the strategy's.
pub(crate) const GONE: u32 = u32::MAX;
/// Of one that was filled wholly.
pub(crate) const FILLED: u32 = u32::MAX - 1;

impl Engine {
    /// An engine before its first event.
    pub fn new(specs: Vec<MarketSpec>, balances: Vec<Balance>, valuation: Valuation) -> Self {
        let markets: Vec<MarketView> = specs.into_iter().map(MarketView::new).collect();
        let totals: Vec<f64> = balances.iter().map(|balance| to_f64(balance.total)).collect();
        let mut exposure = Exposure::default();
        exposure.take(&totals, positions(&markets), &valuation);
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
            unasked: Vec::new(),
            timers: Vec::new(),
            refused: Vec::new(),
            news: VecDeque::new(),
            refused_events: Vec::new(),
            recent_fills: RecentFills::default(),
            has_answers: false,
            risk: None,
            risk_counts: RiskCounts::default(),
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

    /// How many orders work or are in flight.
    pub fn open_count(&self) -> usize {
        self.orders.len() - self.free.len()
    }

    /// Whether an order that is over was filled wholly.
    pub(crate) fn is_filled(&self, number: OrderNumber) -> bool {
        self.index.get(number.index()) == Some(&FILLED)
    }

    /// Lets an order leave.
    pub(crate) fn open(&mut self, request: &OpenRequest) {
        self.add_order(EngineOrder::new(request, OrderState::OpenInFlight));
        self.outbox.push(Request::Open(*request));
    }

    /// Keeps an order from leaving. Those that risk refused are told to the strategy.
    pub(crate) fn refuse(&mut self, request: &OpenRequest, reason: Reason) {
        self.reserve_number();
        if reason.code.is_risk() {
            self.tell(request, OrderEventKind::Rejected(reason.clone()));
        }
        self.refused.push(EngineOrder::new(request, OrderState::OpenFailed(reason)));
        self.has_answers = true;
    }

    /// An event of the engine's own, for the strategy.
    pub(crate) fn tell(&mut self, request: &OpenRequest, kind: OrderEventKind) {
        self.risk_counts.count(&kind);
        self.news.push_back(OrderEvent {
            sequence: 0,
            time: self.now,
            order: request.order,
            instrument: request.instrument,
            side: request.side,
            kind,
            balances: [None; 3],
            ends_bundle: true,
        });
        self.has_answers = true;
    }

    fn add_order(&mut self, order: EngineOrder) {
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

    /// A copy of what is known, without risk limits and without requests under way to the host: to be told of the same events.
    #[must_use]
    pub fn replica(&self) -> Self {
        let mut replica = Self { risk: None, ..self.clone() };
        replica.outbox.clear();
        replica.unasked.clear();
        replica.timers.clear();
        replica.refused.clear();
        replica.news.clear();
        replica.refused_events.clear();
        replica.has_answers = false;
        replica
    }

    /// A request left that another engine decided on: its order is in flight, or being cancelled.
    pub fn note_sent(&mut self, request: &Request) {
        match request {
            Request::Open(open) => {
                // Numbers between are of orders that were refused before they left.
                while self.order_count() < open.order.0 {
                    self.reserve_number();
                }
                self.add_order(EngineOrder::new(open, OrderState::OpenInFlight));
            }
            Request::Cancel(number) => {
                if let Some(order) = self.order_mut(*number) {
                    order.is_cancelling = true;
                }
            }
            Request::Amend { .. } => {}
        }
    }

    /// The market data of an exchange broke off: there is no book until the next quote.
    pub fn lose_market_data(&mut self, exchange: ExchangeId) {
        for at in 0..self.markets.len() {
            if self.markets[at].spec.exchange == exchange {
                self.see(InstrumentId(at as u16), &MarketEvent::Gap);
            }
        }
    }

    /// Whether the strategy asked for anything, an order or a timer, during the current call.
    #[inline]
    pub fn has_asked(&self) -> bool {
        !self.outbox.is_empty() || !self.timers.is_empty() || self.has_answers
    }

    /// The orders that the engine refused during the current call.
    pub fn take_refused(&mut self) -> Vec<EngineOrder> {
        self.has_answers = false;
        std::mem::take(&mut self.refused)
    }

    /// Takes in what happened in a market.
    #[allow(clippy::inline_always, reason = "once a row, as the match inside it")]
    #[inline(always)]
    pub fn see(&mut self, instrument: InstrumentId, event: &MarketEvent<'_>) {
        self.markets[instrument.index()].apply(event);
        self.touch(instrument);
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

    /// Equity as an exchange counts it where a size is a share of it: in the quote asset of an instrument, over what trades in
    /// that quote. Markets without a mark do not count.
    pub fn equity_in_quote_of(&self, instrument: InstrumentId) -> Result<Decimal> {
        let over = || haggle_model::Error::overflow("the account's equity");
        let quote = self.markets[instrument.index()].spec.quote;
        let mut equity = self.balances[quote.index()].total;
        for market in self.markets.iter().filter(|market| market.spec.quote == quote) {
            let Some(mark) = market.mark.decimal(market.spec.tick) else { continue };
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
