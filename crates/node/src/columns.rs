//! What a run leaves, as columns in V8's own memory. `src/results/columns.ts` says what each array means.

use crate::js::{Js, Kind, Value};
use crate::layout::{ABSENT, NONE, StateCode, force_code};
use haggle_backtest::{Outcome, RunSetup};
use haggle_engine::OrderState;
use haggle_model::{Decimal, Increment, OrderKind};
use napi::Result;

fn increment(js: &Js, increment: Increment) -> Result<Value> {
    js.record(&[("mantissa", js.bigint(increment.mantissa())?), ("scale", js.number(f64::from(increment.scale()))?)])
}

/// What the codes in the columns mean.
pub fn names(js: &Js, setup: &RunSetup, strategy: &str) -> Result<Value> {
    let system = &setup.constant.system;
    let instruments = system.instruments.iter().zip(&setup.market_specs).map(|(instrument, spec)| {
        js.record(&[
            ("symbol", js.text(&instrument.symbol)?),
            ("exchange", js.text(&system.exchanges[instrument.exchange.index()].name)?),
            ("nameExchange", js.text(&instrument.name_exchange)?),
            ("tick", increment(js, spec.tick)?),
            ("lot", increment(js, spec.lot)?),
        ])
    });
    let assets = system.assets.iter().map(|asset| js.text(&asset.name));
    let exchanges = system.assets.iter().map(|asset| js.text(&system.exchanges[asset.exchange.index()].name));
    js.record(&[
        ("instruments", js.list(instruments)?),
        ("assets", js.list(assets)?),
        ("assetExchanges", js.list(exchanges)?),
        ("strategies", js.list([js.text(strategy)])?),
    ])
}

fn column<T: Copy, R>(js: &Js, kind: Kind, rows: &[R], read: impl FnMut(&R) -> T) -> Result<Value> {
    let values: Vec<T> = rows.iter().map(read).collect();
    js.array(kind, &values)
}

/// Decimals with a scale each; the upper halves are left out where no value needs them.
fn decimals<R>(js: &Js, rows: &[R], read: impl Fn(&R) -> Option<Decimal>) -> Result<Value> {
    let values: Vec<Option<Decimal>> = rows.iter().map(|row| read(row).map(|value| value.normalize())).collect();
    let mantissa = |value: &Option<Decimal>| value.map_or(0, |value| value.mantissa());
    let low = column(js, Kind::I64, &values, |value| mantissa(value) as i64)?;
    let scales = column(js, Kind::U8, &values, |value| value.map_or(NONE, |value| value.scale() as u8))?;
    if values.iter().all(|value| i64::try_from(mantissa(value)).is_ok()) {
        return js.record(&[("values", low), ("scales", scales)]);
    }
    let high = column(js, Kind::I64, &values, |value| (mantissa(value) >> 64) as i64)?;
    js.record(&[("values", low), ("high", high), ("scales", scales)])
}

fn orders(js: &Js, setup: &RunSetup, outcome: &Outcome) -> Result<Value> {
    let rows = &outcome.orders;
    let mut reasons = Vec::new();
    let mut reason_of = Vec::with_capacity(rows.len());
    let mut plain = [None; 256];
    for order in rows {
        let Some(reason) = order.reason() else {
            reason_of.push(u32::MAX);
            continue;
        };
        let at = reasons.len() as u32;
        // A reason without numbers is one value for all orders: there may be a million that were cancelled.
        let known = if reason.details.is_empty() { *plain[reason.code as usize].get_or_insert(at) } else { at };
        reason_of.push(known);
        if known == at {
            let details = js.object()?;
            for (key, value) in &reason.details {
                js.set(details, key, js.text(value)?)?;
            }
            reasons.push(js.record(&[
                ("code", js.text(reason.code.as_str())?),
                ("message", js.text(reason.code.message())?),
                ("details", details),
            ])?);
        }
    }
    let numbered: Vec<(usize, &haggle_backtest::OrderRow)> = rows.iter().enumerate().collect();
    let average = |order: &haggle_backtest::OrderRow| {
        let quantity = setup.market_specs[order.instrument.index()].lot.decimal(order.filled);
        order.value.checked_div(quantity)
    };
    let state = |order: &haggle_backtest::OrderRow| match &order.state {
        OrderState::OpenInFlight if !order.is_cancelling => StateCode::OpenInFlight,
        OrderState::Open if !order.is_cancelling => StateCode::Open,
        OrderState::OpenInFlight | OrderState::Open => StateCode::CancelInFlight,
        OrderState::FullyFilled => StateCode::FullyFilled,
        OrderState::Cancelled => StateCode::Cancelled,
        OrderState::Expired(_) => StateCode::Expired,
        OrderState::OpenFailed(_) => StateCode::OpenFailed,
    };
    js.record(&[
        ("id", column(js, Kind::I64, &numbered, |(number, order)| if has_id(&order.state) { *number as i64 } else { ABSENT })?),
        ("cids", js.object()?),
        ("instrument", column(js, Kind::U16, rows, |order| order.instrument.0)?),
        ("strategy", column(js, Kind::U16, rows, |_| 0u16)?),
        ("side", column(js, Kind::U8, rows, |order| order.side as u8)?),
        ("kind", column(js, Kind::U8, rows, |order| order.kind as u8)?),
        ("price", column(js, Kind::I64, rows, |order| if order.kind == OrderKind::Market { ABSENT } else { order.price })?),
        ("quantity", column(js, Kind::I64, rows, |order| order.quantity)?),
        ("filled", column(js, Kind::I64, rows, |order| order.filled)?),
        ("average", decimals(js, rows, average)?),
        ("timeInForce", column(js, Kind::U8, rows, |order| force_code(order.time_in_force).0 as u8)?),
        ("goodUntil", column(js, Kind::I64, rows, |order| force_code(order.time_in_force).1.unwrap_or(ABSENT))?),
        ("state", column(js, Kind::U8, rows, |order| state(order) as u8)?),
        ("time", column(js, Kind::I64, rows, |order| order.state_time.unwrap_or(ABSENT))?),
        ("sent", column(js, Kind::I64, rows, |order| order.time)?),
        ("arrived", column(js, Kind::I64, rows, |order| order.arrived.unwrap_or(ABSENT))?),
        ("opened", column(js, Kind::I64, rows, |order| order.opened.unwrap_or(ABSENT))?),
        ("ended", column(js, Kind::I64, rows, |order| order.ended().unwrap_or(ABSENT))?),
        ("reason", js.array(Kind::U32, &reason_of)?),
        ("reasons", js.list(reasons.into_iter().map(Ok))?),
    ])
}

/// An order that never reached its exchange, or was refused there, has no id of it.
const fn has_id(state: &OrderState) -> bool {
    !matches!(state, OrderState::OpenInFlight | OrderState::OpenFailed(_))
}

fn fills(js: &Js, outcome: &Outcome) -> Result<Value> {
    let rows = &outcome.fills;
    js.record(&[
        ("id", column(js, Kind::I64, rows, |fill| fill.id as i64)?),
        ("order", column(js, Kind::U32, rows, |fill| fill.order.0)?),
        ("time", column(js, Kind::I64, rows, |fill| fill.time)?),
        ("price", column(js, Kind::I64, rows, |fill| fill.price)?),
        ("quantity", column(js, Kind::I64, rows, |fill| fill.quantity)?),
        ("filled", column(js, Kind::I64, rows, |fill| fill.filled)?),
        ("fee", decimals(js, rows, |fill| Some(fill.fee))?),
        ("feeAsset", column(js, Kind::U16, rows, |fill| fill.fee_asset.0)?),
        ("liquidity", column(js, Kind::U8, rows, |fill| fill.liquidity as u8)?),
    ])
}

fn closed_trades(js: &Js, outcome: &Outcome) -> Result<Value> {
    let rows = &outcome.closed_trades;
    js.record(&[
        ("instrument", column(js, Kind::U16, rows, |trade| trade.instrument.0)?),
        ("strategy", column(js, Kind::U16, rows, |_| 0u16)?),
        ("side", column(js, Kind::U8, rows, |trade| trade.side as u8)?),
        ("entryPrice", decimals(js, rows, |trade| Some(trade.entry_price))?),
        ("exitPrice", decimals(js, rows, |trade| Some(trade.exit_price))?),
        ("quantity", decimals(js, rows, |trade| Some(trade.quantity))?),
        ("pnl", decimals(js, rows, |trade| Some(trade.pnl))?),
        ("fees", decimals(js, rows, |trade| Some(trade.fees))?),
        ("entryTime", column(js, Kind::I64, rows, |trade| trade.entry_time)?),
        ("exitTime", column(js, Kind::I64, rows, |trade| trade.exit_time)?),
        ("pnlReturn", column(js, Kind::F64, rows, |trade| trade.pnl_return)?),
        ("closedByEnd", column(js, Kind::U8, rows, |trade| u8::from(trade.is_closed_by_end))?),
    ])
}

/// All of a run: the summary as JSON, the rest as columns.
pub fn outcome(js: &Js, setup: &RunSetup, id: &str, outcome: &Outcome, duration_ms: f64) -> Result<Value> {
    let equity = js.record(&[
        ("time", column(js, Kind::I64, &outcome.equity, |row| row.time)?),
        ("value", column(js, Kind::F64, &outcome.equity, |row| row.value)?),
        ("drawdown", column(js, Kind::F64, &outcome.equity, |row| row.drawdown)?),
    ])?;
    js.record(&[
        ("summary", js.text(&outcome.summary_text(duration_ms))?),
        ("names", names(js, setup, id)?),
        ("fills", fills(js, outcome)?),
        ("orders", orders(js, setup, outcome)?),
        ("closedTrades", closed_trades(js, outcome)?),
        ("equity", equity),
    ])
}
