//! A JavaScript strategy: state out (`state`, `orders`), call, commands in (`commands`).
//!
//! The call is the raw one, with no argument, inside a handle scope that the slice opens; an exception is left pending,
//! so that the caller of the run gets the very value that was thrown.

mod commands;
mod orders;
mod state;

use crate::block::Block;
use crate::calls::{Call, Calls, Held, Way};
use crate::depth;
use crate::layout::{
    BAR_CLOSE_TIME, BAR_TIME, BAR_VOLUME, COUNT, CURRENT, EVENT, FULL, HOOKS, Hook, ORDER_EVENT_KIND, OrderEventCode, TIMER_EVENT_TAG,
    TRADE_PRICE, TRADE_QUANTITY, TRADE_SIDE, TRADE_TIME,
};
use haggle_engine::{Context, Engine, Halt, HostedStrategy, Interest, Strategy};
use haggle_model::{AccountEvent, Bar, OpenRequest, Request, Trade};
use napi::sys;
use state::{market_row, millis, show};
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
    sent: Vec<Announced>,
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
        self.block.write(COUNT, FULL);
    }

    /// Calls a hook, if there is one, and takes in its commands.
    fn call(&mut self, hook: Hook, ctx: &mut Context<'_>) -> Result<(), Halt> {
        let Some(call) = self.way.to(hook)? else { return Ok(()) };
        if !self.sent.is_empty() {
            self.announce(ctx)?;
        }
        show(&self.block, ctx.engine, ctx.instrument);
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
        show(&self.block, ctx.engine, ctx.instrument);
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
        let count = self.block.read(COUNT);
        self.shut();
        if count != 0.0 {
            commands::take(&self.block, count, ctx)?;
        }
        Ok(())
    }

    /// Tells JavaScript of orders that the engine sent by itself. What stands in the event's slots comes back after.
    #[cold]
    fn announce(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        let Some(call) = self.way.to(Hook::Order)? else { return Ok(()) };
        let event: Vec<i64> = (EVENT..CURRENT).map(|slot| self.block.read_i64(slot)).collect();
        for request in std::mem::take(&mut self.sent) {
            orders::show_request(&self.block, &request.order);
            if request.is_cancel {
                self.block.write(ORDER_EVENT_KIND, f64::from(OrderEventCode::Cancelling as u8));
            }
            show(&self.block, ctx.engine, request.order.instrument);
            self.call_shown(&call, ctx)?;
        }
        for (slot, bits) in (EVENT..).zip(event) {
            self.block.write_i64(slot, bits);
        }
        Ok(())
    }
}

/// A request that the strategy did not send itself, and that it is told of before any event of it.
#[derive(Clone, Copy, Debug)]
struct Announced {
    /// The order, as it was sent.
    order: OpenRequest,
    /// Whether it is being cancelled; else it is new.
    is_cancel: bool,
}

impl Strategy for Script {
    fn interest(&self) -> Interest {
        self.interest.clone()
    }

    fn on_start(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        // The block may have been another run's, which would be seen until a market changes: all are written once.
        for (at, market) in ctx.engine.markets.iter().enumerate() {
            self.block.write_row(Block::market(at), market_row(market));
        }
        self.call(Hook::Start, ctx)
    }

    fn on_trade(&mut self, ctx: &mut Context<'_>, trade: &Trade) -> Result<(), Halt> {
        let spec = &ctx.market().spec;
        let row = [millis(trade.time), spec.tick.f64(trade.price), spec.lot.f64(trade.quantity), f64::from(trade.side as u8)];
        const {
            assert!(
                TRADE_TIME == EVENT && TRADE_PRICE == EVENT + 1 && TRADE_QUANTITY == EVENT + 2 && TRADE_SIDE == EVENT + 3,
                "the order above"
            );
        };
        self.block.write_row(EVENT, row.map(f64::to_bits));
        self.call_for_row(Hook::Trade, ctx)
    }

    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.call_for_row(Hook::Book, ctx)
    }

    fn on_bar(&mut self, ctx: &mut Context<'_>, bar: &Bar) -> Result<(), Halt> {
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
        const { assert!(BAR_TIME == EVENT && BAR_CLOSE_TIME == EVENT + 1 && BAR_VOLUME == EVENT + 6, "the order above") };
        self.block.write_row(EVENT, slots.map(f64::to_bits));
        self.call_for_row(Hook::Bar, ctx)
    }

    fn on_account(&mut self, ctx: &mut Context<'_>, bundle: &[AccountEvent]) -> Result<(), Halt> {
        for event in bundle.iter().filter_map(AccountEvent::as_order) {
            orders::show_event(&self.block, event);
            self.call(Hook::Order, ctx)?;
        }
        self.call(Hook::Bundle, ctx)
    }

    fn on_timer(&mut self, ctx: &mut Context<'_>, tag: u32) -> Result<(), Halt> {
        self.block.write(TIMER_EVENT_TAG, f64::from(tag));
        self.call(Hook::Timer, ctx)
    }

    fn on_stop(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.call(Hook::Stop, ctx)
    }
}

impl HostedStrategy for Script {
    fn hooks(&self) -> Interest {
        self.interest.clone()
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

    fn on_sent(&mut self, engine: &Engine, request: &Request) {
        let order = match request {
            Request::Open(open) => Some(*open),
            Request::Cancel(number) => engine.order(*number).map(|order| order.request),
            Request::Amend { .. } => None,
        };
        self.sent.extend(order.map(|order| Announced { order, is_cancel: matches!(request, Request::Cancel(_)) }));
    }
}

/// The closed table of reasons: `[number, code, message]` each.
#[napi_derive::napi(catch_unwind)]
pub fn reasons_json() -> String {
    let rows = haggle_model::ReasonCode::ALL.iter().map(|code| serde_json::json!([*code as u8, code.as_str(), code.message()]));
    serde_json::Value::Array(rows.collect()).to_string()
}
