//! What every order of a strategy is held against before it leaves, and the switch that ends trading.
//!
//! An order is judged by what the engine knows when it leaves: fills and quotes that are under way do not count. It is approved,
//! refused with a reason, or, if that was asked for, cut to what the limits leave. Commands from outside go past all of this.

mod kill_switch;
mod limits;
mod measure;
mod read;

pub use limits::{DrawdownAction, DrawdownLimit, Excess, OrderLimits, OrderRate, RiskLimits};

use crate::command::InstrumentFilter;
use crate::engine::{Engine, Timer};
use haggle_model::time::Nanos;
use haggle_model::{Decimal, OpenRequest, OrderEventKind, OrderNumber, Reason, ReasonCode, Result, Size, System};
use kill_switch::KillSwitch;
use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::Arc;

/// Tag of the engine's own timer, on which it looks at the drawdown.
pub(crate) const RISK_TAG: u32 = u32::MAX;

/// What a check says of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may leave.
    Approve,
    /// It may not, for this reason, in words; they may be empty.
    Refuse(String),
    /// It may leave with at most so many lots.
    Shrink(i64),
}

/// A check of one's own, asked before the limits are, so that nothing it says can exceed them. The same order in the same state has to
/// get the same answer, or a run does not repeat itself.
pub trait RiskCheck: Debug + Send + Sync {
    /// Judges an order that is about to leave.
    fn check(&self, engine: &Engine, order: &OpenRequest) -> Verdict;
}

/// The limits of a running engine.
#[derive(Clone, Debug)]
pub(crate) struct Risk {
    /// By instrument.
    orders: Vec<OrderLimits>,
    open_orders_max: Option<u64>,
    rate: Option<OrderRate>,
    /// When the last orders left, at most as many as the rate allows.
    sent: VecDeque<Nanos>,
    excess: Excess,
    check: Option<Arc<dyn RiskCheck>>,
    switch: Option<KillSwitch>,
}

/// What risk did so far, for the report.
#[derive(Clone, Debug, Default)]
pub(crate) struct RiskCounts {
    /// How many orders and amends were refused, by reason, in the order in which the reasons came first.
    refused: Vec<(ReasonCode, u64)>,
    cut: u64,
}

impl RiskCounts {
    /// Counts what the strategy is told.
    pub(crate) fn count(&mut self, kind: &OrderEventKind) {
        let Some(reason) = kind.reason() else {
            self.cut += 1;
            return;
        };
        match self.refused.iter_mut().find(|(known, _)| *known == reason.code) {
            Some((_, count)) => *count += 1,
            None => self.refused.push((reason.code, 1)),
        }
    }
}

impl Risk {
    /// `None` where nothing is limited.
    fn new(limits: &RiskLimits, system: &System) -> Result<Option<Box<Self>>> {
        let orders = limits.by_instrument(system)?;
        let has_limit = orders.iter().any(|limits| *limits != OrderLimits::default());
        let is_idle = !has_limit && limits.open_orders_max.is_none() && limits.rate.is_none() && limits.check.is_none();
        if is_idle && limits.drawdown.is_none() {
            return Ok(None);
        }
        Ok(Some(Box::new(Self {
            orders,
            open_orders_max: limits.open_orders_max,
            rate: limits.rate,
            sent: VecDeque::new(),
            excess: limits.excess,
            check: limits.check.clone(),
            switch: limits.drawdown.map(KillSwitch::new),
        })))
    }

    fn judge(&mut self, engine: &Engine, request: &OpenRequest) -> Result<OpenRequest, Reason> {
        let mut request = self.checked(engine, request)?;
        let limits = &self.orders[request.instrument.index()];
        let open_here = engine.markets[request.instrument.index()].open_orders.len();
        for (open, max) in [(engine.open_count(), self.open_orders_max), (open_here, limits.open_orders_max)] {
            if let Some(max) = max.filter(|max| open as u64 >= *max) {
                return Err(Reason::from(ReasonCode::RiskOpenOrdersExceeded).with("open", open.into()).with("max", max.into()));
            }
        }
        measure::collar(engine, limits, &request)?;
        if let Some((lots, reason)) = measure::excess(engine, limits, &request, None)? {
            if self.excess == Excess::Refuse || lots <= 0 {
                return Err(reason);
            }
            request.size = Size::Lots(lots);
        }
        self.count(engine.now)?;
        Ok(request)
    }

    /// What the caller's own check makes of it.
    fn checked(&self, engine: &Engine, request: &OpenRequest) -> Result<OpenRequest, Reason> {
        let Some(check) = &self.check else { return Ok(*request) };
        let refused = || Reason::from(ReasonCode::RiskCheckRefused);
        match check.check(engine, request) {
            Verdict::Approve => Ok(*request),
            Verdict::Refuse(words) if words.is_empty() => Err(refused()),
            Verdict::Refuse(words) => Err(refused().with_text("reason", &words)),
            Verdict::Shrink(lots) => {
                let wanted = measure::lots_of(engine, request).ok_or_else(|| Reason::from(ReasonCode::RiskPriceMissing))?;
                match lots.min(wanted) {
                    lots if lots <= 0 => Err(refused()),
                    lots if lots == wanted => Ok(*request),
                    lots => Ok(OpenRequest { size: Size::Lots(lots), ..*request }),
                }
            }
        }
    }

    /// An amend is held against the limits as if the order were sent anew, but for the number of open orders, unless it only lowers
    /// the quantity; it is never cut.
    fn judge_amend(&mut self, engine: &Engine, number: OrderNumber, price: Option<i64>, quantity: Option<i64>) -> Result<(), Reason> {
        let Some(order) = engine.order(number) else { return Ok(()) };
        let (price, quantity) = (price.unwrap_or(order.request.price), quantity.unwrap_or(order.quantity));
        if price == order.request.price && quantity <= order.quantity {
            return self.count(engine.now);
        }
        let limits = &self.orders[order.instrument.index()];
        let request = OpenRequest { price, size: Size::Lots(quantity), ..order.request };
        measure::collar(engine, limits, &request)?;
        if let Some((_, reason)) = measure::excess(engine, limits, &request, Some(order))? {
            return Err(reason);
        }
        self.count(engine.now)
    }

    /// Counts what leaves, unless that is one more than the rate allows.
    fn count(&mut self, now: Nanos) -> Result<(), Reason> {
        let Some(OrderRate { orders, per }) = self.rate else { return Ok(()) };
        if self.sent.len() as u64 >= orders {
            if self.sent.front().is_some_and(|first| now.saturating_sub(*first) < per) {
                let reason = Reason::from(ReasonCode::RiskOrderRateExceeded);
                return Err(reason.with("max", orders.into()).with("per", Decimal::from(per)));
            }
            self.sent.pop_front();
        }
        self.sent.push_back(now);
        Ok(())
    }
}

impl Engine {
    /// Holds the strategy's orders against these limits from now on.
    ///
    /// Errors: `UNKNOWN_NAME` or `AMBIGUOUS_NAME` for an instrument that has limits of its own (`risk.instruments.BTC/USDT`).
    pub fn limit(&mut self, limits: &RiskLimits, system: &System) -> Result<()> {
        self.risk = Risk::new(limits, system)?;
        Ok(())
    }

    /// Before the first event: from now on the engine looks at the drawdown by itself, too.
    pub fn start_risk(&mut self) {
        let switch = self.risk.as_ref().and_then(|risk| risk.switch.as_ref());
        if let Some(time) = switch.and_then(|switch| self.now.checked_add(switch.interval())) {
            self.timers.push(Timer { time, tag: RISK_TAG });
        }
        self.watch();
    }

    /// A timer has come: looks at the drawdown. True if the timer is the engine's own, and the strategy has nothing to do with it; the next
    /// one then comes after the interval, and not before `next_row`, at which something may have changed.
    pub fn fire(&mut self, tag: u32, next_row: Nanos) -> bool {
        if self.risk.is_none() {
            return false;
        }
        self.watch();
        if tag != RISK_TAG {
            return false;
        }
        let switch = self.risk.as_ref().and_then(|risk| risk.switch.as_ref()).filter(|switch| switch.trip.is_none());
        if let Some(time) = switch.and_then(|switch| self.now.checked_add(switch.interval())) {
            self.timers.push(Timer { time: time.max(next_row), tag: RISK_TAG });
        }
        true
    }

    /// Looks at the drawdown; beyond its limit trading ends, once.
    #[inline]
    pub(crate) fn watch(&mut self) {
        if self.risk.is_some() {
            self.look();
        }
    }

    #[cold]
    fn look(&mut self) {
        // Once data, run or account have ended there is nothing to stop any more.
        if !matches!(self.refuses, None | Some(ReasonCode::TradingDisabled)) {
            return;
        }
        let (equity, now) = (self.equity(), self.now);
        let Some(switch) = self.risk.as_mut().and_then(|risk| risk.switch.as_mut()) else { return };
        let Some(action) = switch.look(equity, now) else { return };
        match action {
            DrawdownAction::Cancel => self.cancel_orders(&InstrumentFilter::None),
            DrawdownAction::Close => self.close_positions(&InstrumentFilter::None),
        };
        self.set_trading_enabled(false);
    }

    /// The request as it may leave, or why it may not.
    #[inline]
    pub(crate) fn judge(&mut self, request: &OpenRequest) -> Result<OpenRequest, Reason> {
        match (self.refuses, &self.risk) {
            (Some(code), _) => Err(code.into()),
            (None, None) => Ok(*request),
            (None, Some(_)) => self.judge_by_risk(request),
        }
    }

    #[cold]
    fn judge_by_risk(&mut self, request: &OpenRequest) -> Result<OpenRequest, Reason> {
        let Some(mut risk) = self.risk.take() else { return Ok(*request) };
        let result = risk.judge(self, request);
        if let Ok(OpenRequest { size, .. }) = &result
            && let Size::Lots(quantity) = *size
            && *size != request.size
        {
            self.tell(request, OrderEventKind::Amended { price: request.price, quantity });
        }
        self.risk = Some(risk);
        result
    }

    /// Whether an amend may leave; where not, the strategy is told.
    pub(crate) fn judge_amend(&mut self, number: OrderNumber, price: Option<i64>, quantity: Option<i64>) -> bool {
        let Some(mut risk) = self.risk.take() else { return true };
        let result = risk.judge_amend(self, number, price, quantity);
        let is_approved = result.is_ok();
        if let (Err(reason), Some(request)) = (result, self.order(number).map(|order| order.request)) {
            self.tell(&request, OrderEventKind::AmendRejected(reason));
        }
        self.risk = Some(risk);
        is_approved
    }

    /// What risk did in this run, for its report: code and message each.
    pub fn risk_warnings(&self) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let mut warnings = Vec::new();
        let RiskCounts { refused, cut } = &self.risk_counts;
        if !refused.is_empty() {
            let counts: Vec<String> = refused.iter().map(|(code, count)| format!("{count} by {}", code.as_str())).collect();
            warnings.push(("RISK_REFUSED", format!("risk limits refused orders: {}", counts.join(", "))));
        }
        if *cut > 0 {
            let orders = if *cut == 1 { "one order".to_owned() } else { format!("{cut} orders") };
            warnings.push(("RISK_CUT", format!("risk limits cut {orders} to a smaller quantity")));
        }
        let switch = self.risk.as_ref().and_then(|risk| risk.switch.as_ref());
        warnings.extend(switch.and_then(KillSwitch::report).map(|message| ("DRAWDOWN_LIMIT", message)));
        warnings.into_iter()
    }
}
