//! What a run and its JavaScript strategy agree on: slots of the shared memory, codes in them, and codes in the columns of a result.
//!
//! Every number stands here once. `src/strategy/layout.ts` mirrors the file, name by name, and a test compares the two as a whole: what
//! is added on one side only fails it.

use crate::error::guard;
use crate::js::{Js, Value};
use crate::market_data::napi_failed;
use haggle_model::time::Nanos;
use haggle_model::{Liquidity, OrderEventKind, OrderKind, Side, TimeInForce};
use napi::Env;

/// Constants, and the list of all of them.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $value:expr;)*) => {
        $($(#[$doc])* pub const $name: $kind = $value;)*
        const NUMBERS: &[(&str, f64)] = &[$((stringify!($name), $name as f64)),*];
    };
}

/// Codes that count from zero, each with the word that JavaScript has for it, and the list of all of them.
macro_rules! codes {
    ($($(#[$doc:meta])* $list:ident = $name:ident { $($variant:ident: $word:literal),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[allow(dead_code, reason = "some are only written as the discriminant of a type of the model")]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            #[repr(u8)]
            pub enum $name { $($variant),* }

            impl $name {
                /// All of them, in order.
                #[allow(dead_code, reason = "not every list is gone through")]
                pub const ALL: &[Self] = &[$(Self::$variant),*];
                /// The words of all of them, in order.
                pub const WORDS: &[&str] = &[$($word),*];
            }
        )*
        const CODES: &[(&str, &[&str])] = &[$((stringify!($list), $name::WORDS)),*];
    };
}

numbers! {
    /// Commands waiting; [`FULL`] while no callback is running, so that an order from elsewhere is refused.
    COUNT: usize = 0;
    /// The clock in milliseconds.
    NOW: usize = 1;
    /// The clock in nanoseconds (integer).
    NOW_NS: usize = 2;
    /// Index of the event's instrument.
    INSTRUMENT: usize = 3;
    /// Worth of everything in the reporting asset.
    EQUITY: usize = 4;
    /// Number of the next order.
    NEXT_ORDER: usize = 5;
    /// Above zero while requests are refused: the reason's number.
    REFUSES: usize = 6;
    /// Bytes of text in the text area.
    TEXT_LENGTH: usize = 7;
    /// First slot of what the event says.
    EVENT: usize = 16;
    /// First slot of a copy of the event's market, so that the most read fields stand at fixed slots.
    CURRENT: usize = 32;
    /// Slots of the header.
    HEADER: usize = 48;
    /// Slots per instrument.
    MARKET: usize = 16;
    /// Slots per asset.
    ASSET: usize = 3;
    /// Slots per command.
    COMMAND: usize = 8;
    /// Commands per callback.
    COMMANDS_MAX: usize = 1024;
    /// Slots of text.
    TEXT: usize = 128;
    /// The count while no callback is running.
    FULL: f64 = 1e9;

    /// Within a market: the best bid, and its size.
    BID: usize = 0;
    BID_SIZE: usize = 1;
    /// The best ask, and its size.
    ASK: usize = 2;
    ASK_SIZE: usize = 3;
    /// The last trade's price.
    LAST: usize = 4;
    /// What the position is valued at.
    MARK: usize = 5;
    /// The signed position, and its average price.
    POSITION: usize = 6;
    ENTRY_PRICE: usize = 7;
    /// The position in whole lots.
    POSITION_LOTS: usize = 8;
    /// Slots of a market that are in use.
    SHOWN: usize = 9;

    /// Within an asset: what there is of it in all.
    TOTAL: usize = 0;
    /// What no order holds.
    FREE: usize = 1;
    /// What orders hold.
    LOCKED: usize = 2;

    /// Of a trade, from [`EVENT`] on.
    TRADE_TIME: usize = EVENT;
    TRADE_PRICE: usize = EVENT + 1;
    TRADE_QUANTITY: usize = EVENT + 2;
    TRADE_SIDE: usize = EVENT + 3;

    /// Of a bar.
    BAR_TIME: usize = EVENT;
    BAR_CLOSE_TIME: usize = EVENT + 1;
    BAR_OPEN: usize = EVENT + 2;
    BAR_HIGH: usize = EVENT + 3;
    BAR_LOW: usize = EVENT + 4;
    BAR_CLOSE: usize = EVENT + 5;
    BAR_VOLUME: usize = EVENT + 6;

    /// Of a timer: the index of its tag.
    TIMER_EVENT_TAG: usize = EVENT;

    /// Of an event of an own order: the order's number, and which event.
    ORDER_NUMBER: usize = EVENT;
    ORDER_EVENT_KIND: usize = EVENT + 1;
    /// When it happened (integer); not of [`OrderEventCode::Sent`].
    ORDER_TIME: usize = EVENT + 2;
    /// Of a fill (integers): ticks, lots, lots of the order filled so far, lots of the order.
    FILL_PRICE: usize = EVENT + 3;
    FILL_QUANTITY: usize = EVENT + 4;
    FILL_FILLED: usize = EVENT + 5;
    FILL_ORDER_QUANTITY: usize = EVENT + 6;
    FILL_LIQUIDITY: usize = EVENT + 7;
    /// The fee's mantissa, lower and upper half (integers), its scale and its asset.
    FILL_FEE_LOW: usize = EVENT + 8;
    FILL_FEE_HIGH: usize = EVENT + 9;
    FILL_FEE_SCALE: usize = EVENT + 10;
    FILL_FEE_ASSET: usize = EVENT + 11;
    /// The fill's id (integer).
    FILL_ID: usize = EVENT + 12;
    /// Of an amend (integers).
    AMENDED_PRICE: usize = EVENT + 3;
    AMENDED_QUANTITY: usize = EVENT + 4;
    /// Of an order that the engine sent by itself: what it was sent with. The last one is an integer.
    SENT_INSTRUMENT: usize = EVENT + 2;
    SENT_FLAGS: usize = EVENT + 3;
    SENT_PRICE: usize = EVENT + 4;
    SENT_QUANTITY: usize = EVENT + 5;
    SENT_UNTIL: usize = EVENT + 6;

    /// Within a command: which operation.
    OP: usize = 0;
    /// Of an order, refused or not.
    OPEN_INSTRUMENT: usize = 1;
    OPEN_FLAGS: usize = 2;
    OPEN_AMOUNT: usize = 3;
    OPEN_SCALE: usize = 4;
    OPEN_PRICE: usize = 5;
    /// Nanoseconds (integer).
    OPEN_UNTIL: usize = 6;
    /// The number that the strategy takes the order to have.
    OPEN_NUMBER: usize = 7;
    /// Of a cancel.
    CANCEL_ORDER: usize = 1;
    /// Of an amend; NaN leaves price or quantity as it is.
    AMEND_ORDER: usize = 1;
    AMEND_PRICE: usize = 2;
    AMEND_QUANTITY: usize = 3;
    /// Of a timer: nanoseconds from now (integer), and the index of the tag.
    TIMER_AFTER: usize = 1;
    TIMER_TAG: usize = 2;
    /// Of a cancel of all orders of an instrument.
    CANCEL_ALL_INSTRUMENT: usize = 1;

    /// Flags of an order.
    FLAG_SELL: u32 = 1;
    FLAG_LIMIT: u32 = 2;
    FLAG_POST_ONLY: u32 = 4;
    FLAG_REDUCE_ONLY: u32 = 8;
    /// Where the time in force begins among them, and its bits.
    FORCE_SHIFT: u32 = 4;
    FORCE_MASK: u32 = 15;
    /// Where the kind of size begins.
    SIZE_SHIFT: u32 = 8;

    /// What `nextEvent` says instead of a hook: the slice is over, and the run is not.
    PAUSED: u32 = 0;
    /// The last event has been handled.
    DRAINED: u32 = 8;

    /// In a 64-bit column: this row has no such field.
    ABSENT: i64 = i64::MIN;
    /// Among the scales of a decimal column: the same.
    NONE: u8 = u8::MAX;
}

codes! {
    /// What JavaScript is called for: `onStart` and so on. `Order` is one event of an own order, by which the facade keeps its live
    /// orders; `Bundle` the end of a bundle of those, which is `onFill` and `onOrder`.
    HOOK = Hook { Start: "start", Trade: "trade", Book: "book", Bar: "bar", Order: "order", Bundle: "bundle", Timer: "timer", Stop: "stop" }
    /// What a command asks for.
    OPERATION = Operation { Open: "open", Cancel: "cancel", Amend: "amend", Timer: "timer", CancelAll: "cancelAll", OpenRefused: "openRefused" }
    /// Events of own orders, numbered as in the result hash; `Sent` is an order that the engine sent by itself, `Cancelling` one that it cancels by
    /// itself.
    ORDER_EVENT = OrderEventCode {
        Sent: "Sent", Opened: "Opened", Filled: "Filled", Cancelled: "Cancelled", Expired: "Expired", Rejected: "Rejected",
        CancelRejected: "CancelRejected", Amended: "Amended", AmendRejected: "AmendRejected", InDoubt: "InDoubt", Cancelling: "Cancelling",
    }
    SIDE = SideCode { Buy: "Buy", Sell: "Sell" }
    ORDER_KIND = OrderKindCode { Market: "Market", Limit: "Limit" }
    LIQUIDITY = LiquidityCode { Maker: "Maker", Taker: "Taker" }
    TIME_IN_FORCE = ForceCode {
        GoodUntilCancelled: "GoodUntilCancelled", GoodUntilEndOfDay: "GoodUntilEndOfDay", ImmediateOrCancel: "ImmediateOrCancel",
        FillOrKill: "FillOrKill", GoodUntil: "goodUntil",
    }
    /// What an order's size is counted in.
    SIZE = SizeCode { Lots: "lots", Quote: "quote", Equity: "equity" }
    /// States of orders in the columns of a result.
    STATE = StateCode {
        OpenInFlight: "OpenInFlight", Open: "Open", CancelInFlight: "CancelInFlight", FullyFilled: "FullyFilled", Cancelled: "Cancelled",
        Expired: "Expired", OpenFailed: "OpenFailed",
    }
}

/// How many hooks there are.
pub const HOOKS: usize = Hook::ALL.len();

/// Types of the model whose discriminants are written as they are.
const _: () = {
    assert!(Side::Buy as u8 == SideCode::Buy as u8 && Side::Sell as u8 == SideCode::Sell as u8, "sides");
    assert!(OrderKind::Market as u8 == OrderKindCode::Market as u8 && OrderKind::Limit as u8 == OrderKindCode::Limit as u8, "kinds");
    assert!(Liquidity::Maker as u8 == LiquidityCode::Maker as u8 && Liquidity::Taker as u8 == LiquidityCode::Taker as u8, "liquidity");
    assert!(OrderEventKind::Opened.number() == OrderEventCode::Opened as u8, "events");
    assert!(OrderEventKind::Amended { price: 0, quantity: 0 }.number() == OrderEventCode::Amended as u8, "events");
    assert!(OrderEventKind::InDoubt.number() == OrderEventCode::InDoubt as u8, "events");
    assert!(DRAINED as usize == HOOKS && PAUSED == Hook::Start as u32, "neither is a hook of a market row");
};

/// A time in force as its code, and its moment where it has one.
pub const fn force_code(time_in_force: TimeInForce) -> (ForceCode, Option<Nanos>) {
    match time_in_force {
        TimeInForce::GoodUntilCancelled => (ForceCode::GoodUntilCancelled, None),
        TimeInForce::GoodUntilEndOfDay => (ForceCode::GoodUntilEndOfDay, None),
        TimeInForce::ImmediateOrCancel => (ForceCode::ImmediateOrCancel, None),
        TimeInForce::FillOrKill => (ForceCode::FillOrKill, None),
        TimeInForce::GoodUntil(time) => (ForceCode::GoodUntil, Some(time)),
    }
}

/// The layout as one object, for the test that compares it with the facade's: numbers by name, codes by list and word.
#[napi_derive::napi(catch_unwind, ts_return_type = "Record<string, number | Record<string, number>>")]
pub fn bridge_layout(env: Env) -> napi::Result<Value> {
    let js = Js::new(env);
    let made = || -> napi::Result<Value> {
        let object = js.object()?;
        for (name, number) in NUMBERS {
            js.set(object, name, js.number(*number)?)?;
        }
        for (list, words) in CODES {
            let codes = js.object()?;
            for (code, word) in words.iter().enumerate() {
                js.set(codes, word, js.number(code as f64)?)?;
            }
            js.set(object, list, codes)?;
        }
        Ok(object)
    };
    guard(env, || made().map_err(napi_failed))
}
