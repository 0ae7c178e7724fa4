//! An order in one line of text: what a hot loop of a test reads back. As JSON it would take three times as long on either side.
//! `src/client/order-row.ts` reads it.

use haggle_model::Side;
use haggle_model::time::to_rfc3339;
use haggle_model::wire::{Name, Order, OrderKind, OrderState, TimeInForce, Wire};
use std::fmt::Write as _;

/// Between the fields; a text that has it itself, and orders of rare kinds, go as JSON.
const BREAK: char = '\u{1f}';

/// The order's fields in one line, or its view as JSON.
pub fn row(order: &Order) -> String {
    compact(order).unwrap_or_else(|| order.view().to_string())
}

fn compact(order: &Order) -> Option<String> {
    let (Name::Text(exchange), Name::Text(instrument)) = (&order.key.exchange, &order.key.instrument) else { return None };
    let terms = &order.terms;
    let (mut state_id, mut state_time) = ("", None);
    let state = match &order.state {
        OrderState::OpenInFlight { is_unknown: false } => 'I',
        OrderState::Open(placed) => {
            (state_id, state_time) = (placed.id.as_str(), Some(placed.time_exchange));
            'O'
        }
        OrderState::Cancelled { id, time_exchange } => {
            (state_id, state_time) = (id.as_str(), Some(*time_exchange));
            'C'
        }
        OrderState::FullyFilled => 'F',
        OrderState::Expired => 'E',
        _ => return None,
    };
    let force = match terms.time_in_force {
        TimeInForce::GoodUntilCancelled => '0',
        TimeInForce::GoodUntilEndOfDay => '1',
        TimeInForce::ImmediateOrCancel => '2',
        TimeInForce::FillOrKill => '3',
        TimeInForce::GoodUntil(_) => return None,
    };
    if !matches!(terms.kind, OrderKind::Market | OrderKind::Limit) {
        return None;
    }
    let id = order.id.as_deref().unwrap_or(state_id);
    let texts = [exchange.as_str(), instrument, &order.key.strategy, &order.key.cid, id];
    if texts.iter().any(|text| text.contains(BREAK)) {
        return None;
    }
    let mut row = String::with_capacity(160);
    for text in texts {
        row.push_str(text);
        row.push(BREAK);
    }
    row.push(state);
    row.push(force);
    row.push(if terms.side == Side::Buy { 'B' } else { 'S' });
    row.push(if terms.post_only { '1' } else { '0' });
    row.push(if terms.reduce_only { '1' } else { '0' });
    row.push(BREAK);
    if let Some(time) = state_time {
        row.push_str(&to_rfc3339(time));
    }
    for amount in [Some(terms.quantity), terms.price.filter(|_| terms.kind == OrderKind::Limit), order.filled_quantity, order.average_price]
    {
        row.push(BREAK);
        if let Some(amount) = amount {
            // To a string nothing can fail.
            let _ = write!(row, "{}", haggle_model::normal(amount));
        }
    }
    Some(row)
}
