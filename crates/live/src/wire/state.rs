//! What an engine knows, as TypeScript shows it.

use super::Names;
use super::tick::trading_state;
use haggle_engine::{State, equity_of};
use haggle_model::time::to_rfc3339;
use haggle_model::wire::{AssetBalance, Order, Wire};
use haggle_model::{AssetId, InstrumentId};
use serde_json::{Map, Value, json};

impl Names {
    /// `{time, tradingState, equity, balances, orders, positions, lastSequence}`. `equity` is a number, or null before the first mark;
    /// `balances` and `orders` are pairs: canonical JSON as a text, and the fields to show (of a balance with its exchange). `positions`
    /// are texts by symbol, with the exchange before it where two have it; only those that are not zero. `lastSequence` is null before
    /// the first tick.
    pub fn state_view(&self, state: &State) -> Value {
        let mark = |instrument: InstrumentId| state.markets[instrument.index()].mark.f64(self.spec(instrument).tick);
        let specs = &self.setup.market_specs;
        let positions = specs.iter().zip(&state.markets).map(|(spec, market)| (spec.is_cash_settled, &market.position));
        let equity = equity_of(&state.balances, positions, &self.setup.valuation, mark);
        let balances = (0..).map(AssetId).zip(&state.balances).map(|(asset, balance)| {
            let shown = AssetBalance { asset: self.asset(asset).into(), balance: *balance, time_exchange: state.time };
            let mut view = shown.view();
            view["exchange"] = self.exchange(self.setup.constant.system.assets[asset.index()].exchange).into();
            json!([shown.to_text(), view])
        });
        let orders = state.orders.values().map(|order| self.order(order)).map(|order: Order| json!([order.to_text(), order.view()]));
        let held = (0..).map(InstrumentId).zip(&state.markets).filter(|(_, market)| !market.position.quantity.is_zero());
        let positions: Map<String, Value> = held
            .map(|(instrument, market)| (self.instrument(instrument).to_owned(), market.position.quantity.normalize().to_string().into()))
            .collect();
        if let Some((number, _)) = state.orders.last_key_value() {
            self.see_count(number.0.saturating_add(1));
        }
        json!({
            "time": to_rfc3339(state.time),
            "tradingState": trading_state(state.refuses).as_str(),
            "equity": equity,
            "balances": balances.collect::<Value>(),
            "orders": orders.collect::<Value>(),
            "positions": positions,
            "lastSequence": state.sequence.checked_sub(1),
        })
    }
}
