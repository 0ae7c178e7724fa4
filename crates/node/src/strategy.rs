//! A JavaScript strategy: state out, call, commands in.
//!
//! The call is the raw one, with no argument, inside a handle scope that the slice opens; an exception is left pending,
//! so that the caller of the run gets the very value that was thrown.

use crate::block::{self, Block, COMMANDS_MAX};
use crate::calls::{Call, Calls, HOOKS, Held, Hook, Way};
use crate::depth;
use haggle_engine::{BarView, Context, Draft, Engine, Halt, Interest, MarketView, Strategy, TradeView};
use haggle_model::time::{MILLISECOND, Nanos};
use haggle_model::{
    Decimal, Error, InstrumentId, OpenRequest, OrderEvent, OrderEventKind, OrderKind, OrderNumber, Reason, ReasonCode, Side, Size,
    TimeInForce, to_f64,
};
use napi::sys;
use std::ptr;

/// The engine's side of a JavaScript strategy.
#[derive(Debug)]
pub struct Script {
    block: Block,
    interest: Interest,
    way: Way,
    /// Whether calls for market rows are left to JavaScript now.
    may_wait: bool,
    waiting: Option<Hook>,
    /// Orders that the engine sent by itself, of which JavaScript has not heard yet.
    sent: Vec<OpenRequest>,
}

impl Script {
    /// A strategy over this block; `has` says which functions there are.
    pub fn new(block: Block, has: &[bool; HOOKS]) -> Self {
        let interest = Interest { trades: has[Hook::Trade as usize], books: has[Hook::Book as usize], bars: has[Hook::Bar as usize] };
        Self { block, interest, way: Way::Closed, may_wait: false, waiting: None, sent: Vec::new() }
    }

    /// Opens or closes the way to JavaScript.
    pub fn set_calls(&mut self, calls: Option<Calls>) {
        self.set_way(calls.map_or(Way::Closed, Way::Calls));
    }

    /// The same where JavaScript has the loop: hooks of market rows are not called, but [wait](Script::waiting) for it.
    pub fn set_held(&mut self, held: Option<Held>) {
        self.set_way(held.map_or(Way::Closed, Way::Held));
    }

    fn set_way(&mut self, way: Way) {
        if let Way::Held(held) = std::mem::replace(&mut self.way, way) {
            held.release();
        }
    }

    /// The hook that JavaScript is to call now.
    pub const fn waiting(&self) -> Option<Hook> {
        self.waiting
    }

    /// From now on, until the next call, an order from JavaScript is refused.
    pub fn shut(&self) {
        self.block.write(block::COUNT, block::FULL);
    }

    /// Brings the shared state up to date: only what changed since the last call is written.
    #[allow(clippy::inline_always, reason = "once an event: as a call it costs a tenth of one")]
    #[inline(always)]
    fn show(&self, engine: &mut Engine, instrument: InstrumentId) {
        let block = &self.block;
        let mut has_current = false;
        for changed in &engine.changed {
            let row = market_row(&engine.markets[changed.index()]);
            block.write_row(Block::market(changed.index()), row);
            if *changed == instrument {
                has_current = true;
                block.write_row(block::CURRENT, row);
            }
        }
        if !has_current {
            block.write_row(block::CURRENT, market_row(&engine.markets[instrument.index()]));
        }
        let refuses = engine.refuses.map_or(0.0, |code| f64::from(code as u8));
        const { assert!(block::COUNT == 0 && block::NOW == 1 && block::NOW_NS == 2 && block::INSTRUMENT == 3, "the order below") };
        const { assert!(block::EQUITY == 4 && block::NEXT_ORDER == 5 && block::REFUSES == 6, "the order below") };
        block.write_row(
            block::COUNT,
            [
                0,
                millis(engine.now).to_bits(),
                engine.now as u64,
                f64::from(instrument.0).to_bits(),
                engine.equity_at(|instrument| block.read(Block::market(instrument.index()) + MARK)).to_bits(),
                f64::from(engine.order_count()).to_bits(),
                refuses.to_bits(),
            ],
        );
        if engine.has_new_balances {
            for (asset, balance) in engine.balances.iter().enumerate() {
                let at = block.asset(asset);
                block.write(at, engine.totals[asset]);
                block.write(at + 1, to_f64(balance.free));
                block.write(at + 2, to_f64(balance.total - balance.free));
            }
        }
        engine.settle();
    }

    /// Calls a hook, if there is one, and takes in its commands.
    fn call(&mut self, hook: Hook, ctx: &mut Context<'_>) -> Result<(), Halt> {
        let Some(call) = self.way.to(hook)? else { return Ok(()) };
        if !self.sent.is_empty() {
            self.announce(ctx)?;
        }
        self.show(ctx.engine, ctx.instrument);
        self.call_shown(&call, ctx)
    }

    /// Calls the hook of a market row, or leaves that to JavaScript.
    #[inline(never)]
    fn call_for_row(&mut self, hook: Hook, ctx: &mut Context<'_>) -> Result<(), Halt> {
        if !self.may_wait {
            return self.call(hook, ctx);
        }
        if !self.sent.is_empty() {
            self.announce(ctx)?;
        }
        self.show(ctx.engine, ctx.instrument);
        self.waiting = Some(hook);
        Ok(())
    }

    #[inline]
    fn call_shown(&self, call: &Call, ctx: &mut Context<'_>) -> Result<(), Halt> {
        let mut result = ptr::null_mut();
        let _engine = depth::Shown::of(ctx.engine);
        // SAFETY: environment, receiver and function are those of the slice that is running, inside its handle scope; no
        // reference into the shared block lives across the call.
        let status = unsafe { sys::napi_call_function(call.env, call.receiver, call.function, 0, ptr::null(), &raw mut result) };
        if status != sys::Status::napi_ok {
            self.shut();
            return Err(Halt::Thrown);
        }
        self.take_commands(ctx)
    }

    #[inline]
    fn take_commands(&self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        let count = self.block.read(block::COUNT);
        self.shut();
        if count != 0.0 {
            self.drain(count, ctx)?;
        }
        Ok(())
    }

    /// Takes the commands of a callback. The facade has checked them for the user; this checks them for memory and sense.
    fn drain(&self, count: f64, ctx: &mut Context<'_>) -> Result<(), Halt> {
        if !(count > 0.0 && count <= COMMANDS_MAX as f64 && count.fract() == 0.0) {
            return Err(bad_command("their number"));
        }
        for at in 0..count as usize {
            let base = self.block.command(at);
            let slot = |offset: usize| self.block.read(base + offset);
            match slot(0) {
                0.0 => _ = ctx.submit(self.draft(base, ctx)?),
                1.0 => ctx.cancel(OrderNumber(integer(slot(1))? as u32)),
                2.0 => {
                    let optional = |value: f64| if value.is_nan() { Ok(None) } else { positive(value).map(Some) };
                    ctx.amend(OrderNumber(integer(slot(1))? as u32), optional(slot(2))?, optional(slot(3))?);
                }
                3.0 => ctx.timer(self.block.read_i64(base + 1), integer(slot(2))? as u32)?,
                4.0 => cancel_all(ctx, instrument(slot(1), ctx)?),
                5.0 => _ = ctx.submit_refused(self.draft(base, ctx)?, ReasonCode::RiskCheckRefused.into()),
                _ => return Err(bad_command("an operation")),
            }
        }
        Ok(())
    }

    fn draft(&self, base: usize, ctx: &Context<'_>) -> Result<Draft, Halt> {
        let slot = |offset: usize| self.block.read(base + offset);
        let instrument = instrument(slot(1), ctx)?;
        let flags = integer(slot(2))?;
        let is_limit = flags & 2 != 0;
        let time_in_force = match (flags >> 4) & 15 {
            0 => TimeInForce::GoodUntilCancelled,
            1 => TimeInForce::GoodUntilEndOfDay,
            2 => TimeInForce::ImmediateOrCancel,
            3 => TimeInForce::FillOrKill,
            4 => TimeInForce::GoodUntil(self.block.read_i64(base + 6)),
            _ => return Err(bad_command("a time in force")),
        };
        let decimal = || -> Result<Decimal, Halt> { Ok(Decimal::new(positive(slot(3))?, integer(slot(4))?.min(28) as u32)) };
        let size = match flags >> 8 {
            0 => Size::Lots(positive(slot(3))?),
            1 => Size::Quote(decimal()?),
            2 => Size::Equity(decimal()?),
            _ => return Err(bad_command("a size")),
        };
        Ok(Draft {
            instrument,
            side: if flags & 1 == 0 { Side::Buy } else { Side::Sell },
            size,
            price: is_limit.then(|| positive(slot(5))).transpose()?,
            time_in_force,
            post_only: flags & 4 != 0,
            reduce_only: flags & 8 != 0,
        })
    }

    /// Tells JavaScript of orders that the engine sent by itself. What stands in the event's slots comes back after.
    #[cold]
    fn announce(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        let Some(call) = self.way.to(Hook::Order)? else { return Ok(()) };
        let event: Vec<i64> = (block::EVENT..block::CURRENT).map(|slot| self.block.read_i64(slot)).collect();
        for request in std::mem::take(&mut self.sent) {
            self.show_request(&request);
            self.show(ctx.engine, request.instrument);
            self.call_shown(&call, ctx)?;
        }
        for (slot, bits) in (block::EVENT..).zip(event) {
            self.block.write_i64(slot, bits);
        }
        Ok(())
    }

    /// Writes what an order was sent with, in the place of an event of it.
    fn show_request(&self, request: &OpenRequest) {
        let (block, at) = (&self.block, block::EVENT);
        let (force, until) = match request.time_in_force {
            TimeInForce::GoodUntilCancelled => (0, 0),
            TimeInForce::GoodUntilEndOfDay => (1, 0),
            TimeInForce::ImmediateOrCancel => (2, 0),
            TimeInForce::FillOrKill => (3, 0),
            TimeInForce::GoodUntil(time) => (4, time),
        };
        let is_limit = u8::from(request.kind == OrderKind::Limit);
        block.write(at, f64::from(request.order.0));
        block.write(at + 1, 0.0);
        block.write(at + 2, f64::from(request.instrument.0));
        block.write(at + 3, f64::from(request.side as u8 | is_limit << 1 | force << 4));
        block.write(at + 4, request.price as f64);
        block.write(at + 5, if let Size::Lots(lots) = request.size { lots as f64 } else { 0.0 });
        block.write_i64(at + 6, until);
    }

    /// Writes what one event of an own order says.
    fn show_order_event(&self, event: &OrderEvent) {
        let block = &self.block;
        let at = block::EVENT;
        block.write(at, f64::from(event.order.0));
        block.write(at + 1, f64::from(event.kind.number()));
        block.write_i64(at + 2, event.time);
        block.write(block::TEXT_LENGTH, 0.0);
        match &event.kind {
            OrderEventKind::Filled(fill) => {
                block.write_i64(at + 3, fill.price);
                block.write_i64(at + 4, fill.quantity);
                block.write_i64(at + 5, fill.filled);
                block.write_i64(at + 6, fill.order_quantity);
                block.write(at + 7, f64::from(fill.liquidity as u8));
                let mantissa = fill.fee.mantissa();
                block.write_i64(at + 8, mantissa as i64);
                block.write_i64(at + 9, (mantissa >> 64) as i64);
                block.write(at + 10, f64::from(fill.fee.scale()));
                block.write(at + 11, f64::from(fill.fee_asset.0));
                block.write_i64(at + 12, fill.id as i64);
            }
            OrderEventKind::Amended { price, quantity } => {
                block.write_i64(at + 3, *price);
                block.write_i64(at + 4, *quantity);
            }
            other => {
                if let Some(reason) = other.reason() {
                    let text = reason.to_json().to_string();
                    // Half a JSON is none: a reason whose numbers do not fit goes without them.
                    let fits = text.len() <= block::TEXT * 8;
                    block.write_text(&if fits { text } else { Reason::from(reason.code).to_json().to_string() });
                }
            }
        }
    }
}

/// Slots of a market that are in use.
const SHOWN: usize = 9;
/// Which of them is the mark.
const MARK: usize = 5;

/// What the block shows of a market, as bits.
#[allow(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn market_row(market: &MarketView) -> [u64; SHOWN] {
    let (tick, lot) = (market.spec.tick, market.spec.lot);
    let price = |size: i64, price: i64| if size > 0 { tick.f64(price) } else { f64::NAN };
    let size = |size: i64| if size > 0 { lot.f64(size) } else { f64::NAN };
    let row: [f64; SHOWN] = [
        price(market.bid_size, market.bid),
        size(market.bid_size),
        price(market.ask_size, market.ask),
        size(market.ask_size),
        price(market.last, market.last),
        market.mark(),
        market.position_f64,
        market.entry_f64,
        market.position_lots as f64,
    ];
    row.map(f64::to_bits)
}

fn millis(time: Nanos) -> f64 {
    (time / MILLISECOND) as f64 + (time % MILLISECOND) as f64 / MILLISECOND as f64
}

fn bad_command(what: &str) -> Halt {
    Error::bug(format!("the command buffer holds {what} that no order can have")).into()
}

/// The place of an instrument that the config has.
fn instrument(value: f64, ctx: &Context<'_>) -> Result<InstrumentId, Halt> {
    let place = integer(value)?;
    if (place as usize) < ctx.engine.markets.len() { Ok(InstrumentId(place as u16)) } else { Err(bad_command("an instrument")) }
}

/// One command for any number of orders: those in flight, too, and those sent before it in the same callback.
fn cancel_all(ctx: &mut Context<'_>, instrument: InstrumentId) {
    for number in ctx.engine.markets[instrument.index()].open_orders.clone() {
        ctx.cancel(number);
    }
}

fn integer(value: f64) -> Result<i64, Halt> {
    if value >= 0.0 && value <= haggle_model::COUNT_MAX as f64 && value.fract() == 0.0 {
        Ok(value as i64)
    } else {
        Err(bad_command("a number"))
    }
}

fn positive(value: f64) -> Result<i64, Halt> {
    integer(value).and_then(|value| if value > 0 { Ok(value) } else { Err(bad_command("a zero")) })
}

impl Strategy for Script {
    fn interest(&self) -> Interest {
        self.interest.clone()
    }

    fn hooks(&self) -> Interest {
        self.interest.clone()
    }

    fn on_start(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        // The block may have been another run's, which would be seen until a market changes: all are written once.
        for (at, market) in ctx.engine.markets.iter().enumerate() {
            self.block.write_row(Block::market(at), market_row(market));
        }
        self.call(Hook::Start, ctx)
    }

    fn may_wait(&mut self, may: bool) {
        self.may_wait = may && matches!(self.way, Way::Held(_));
    }

    fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    fn answered(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.waiting = None;
        self.take_commands(ctx)
    }

    fn on_sent(&mut self, request: &OpenRequest) {
        self.sent.push(*request);
    }

    fn on_trade(&mut self, ctx: &mut Context<'_>, trade: &TradeView) -> Result<(), Halt> {
        let spec = &ctx.market().spec;
        let row = [millis(trade.time), spec.tick.f64(trade.price), spec.lot.f64(trade.quantity), f64::from(trade.side as u8)];
        self.block.write_row(block::EVENT, row.map(f64::to_bits));
        self.call_for_row(Hook::Trade, ctx)
    }

    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.call_for_row(Hook::Book, ctx)
    }

    fn on_bar(&mut self, ctx: &mut Context<'_>, bar: &BarView) -> Result<(), Halt> {
        let spec = &ctx.market().spec;
        let slots = [
            millis(bar.time_open),
            millis(bar.time_close),
            spec.tick.f64(bar.open),
            spec.tick.f64(bar.high),
            spec.tick.f64(bar.low),
            spec.tick.f64(bar.close),
            spec.lot.f64(bar.volume),
        ];
        self.block.write_row(block::EVENT, slots.map(f64::to_bits));
        self.call_for_row(Hook::Bar, ctx)
    }

    fn on_account(&mut self, ctx: &mut Context<'_>, bundle: &[OrderEvent]) -> Result<(), Halt> {
        for event in bundle {
            self.show_order_event(event);
            self.call(Hook::Order, ctx)?;
        }
        self.call(Hook::Bundle, ctx)
    }

    fn on_timer(&mut self, ctx: &mut Context<'_>, tag: u32) -> Result<(), Halt> {
        self.block.write(block::EVENT, f64::from(tag));
        self.call(Hook::Timer, ctx)
    }

    fn on_stop(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.call(Hook::Stop, ctx)
    }
}

/// The closed table of reasons: `[number, code, message]` each.
#[napi_derive::napi(catch_unwind)]
pub fn reasons_json() -> String {
    let rows = haggle_model::ReasonCode::ALL.iter().map(|code| serde_json::json!([*code as u8, code.as_str(), code.message()]));
    serde_json::Value::Array(rows.collect()).to_string()
}
