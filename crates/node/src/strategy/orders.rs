//! Events of own orders out: what the facade keeps its live orders by.

use crate::block::Block;
use crate::layout::{
    AMENDED_PRICE, AMENDED_QUANTITY, FILL_FEE_ASSET, FILL_FEE_HIGH, FILL_FEE_LOW, FILL_FEE_SCALE, FILL_FILLED, FILL_ID, FILL_LIQUIDITY,
    FILL_ORDER_QUANTITY, FILL_PRICE, FILL_QUANTITY, FLAG_LIMIT, FORCE_SHIFT, ORDER_EVENT_KIND, ORDER_NUMBER, ORDER_TIME, OrderEventCode,
    SENT_FLAGS, SENT_INSTRUMENT, SENT_PRICE, SENT_QUANTITY, SENT_UNTIL, TEXT, TEXT_LENGTH, force_code,
};
use haggle_model::{Fill, OpenRequest, OrderEvent, OrderEventKind, OrderKind, Reason, Size};

/// Writes what an order was sent with, in the slots of an event of it.
pub fn show_request(block: &Block, request: &OpenRequest) {
    let (force, until) = force_code(request.time_in_force);
    let limit = if request.kind == OrderKind::Limit { FLAG_LIMIT } else { 0 };
    block.write(ORDER_NUMBER, f64::from(request.order.0));
    block.write(ORDER_EVENT_KIND, f64::from(OrderEventCode::Sent as u8));
    block.write(SENT_INSTRUMENT, f64::from(request.instrument.0));
    block.write(SENT_FLAGS, f64::from(request.side as u32 | limit | (force as u32) << FORCE_SHIFT));
    block.write(SENT_PRICE, request.price as f64);
    block.write(SENT_QUANTITY, if let Size::Lots(lots) = request.size { lots as f64 } else { 0.0 });
    block.write_i64(SENT_UNTIL, until.unwrap_or(0));
}

/// Writes what one event of an own order says.
pub fn show_event(block: &Block, event: &OrderEvent) {
    block.write(ORDER_NUMBER, f64::from(event.order.0));
    block.write(ORDER_EVENT_KIND, f64::from(event.kind.number()));
    block.write_i64(ORDER_TIME, event.time);
    block.write(TEXT_LENGTH, 0.0);
    match &event.kind {
        OrderEventKind::Filled(fill) => show_fill(block, fill),
        OrderEventKind::Amended { price, quantity } => {
            block.write_i64(AMENDED_PRICE, *price);
            block.write_i64(AMENDED_QUANTITY, *quantity);
        }
        other => {
            if let Some(reason) = other.reason() {
                let text = reason.to_json().to_string();
                // Half a JSON is none: a reason whose numbers do not fit goes without them.
                let fits = text.len() <= TEXT * 8;
                block.write_text(&if fits { text } else { Reason::from(reason.code).to_json().to_string() });
            }
        }
    }
}

fn show_fill(block: &Block, fill: &Fill) {
    let mantissa = fill.fee.mantissa();
    block.write_i64(FILL_PRICE, fill.price);
    block.write_i64(FILL_QUANTITY, fill.quantity);
    block.write_i64(FILL_FILLED, fill.filled);
    block.write_i64(FILL_ORDER_QUANTITY, fill.order_quantity);
    block.write(FILL_LIQUIDITY, f64::from(fill.liquidity as u8));
    block.write_i64(FILL_FEE_LOW, mantissa as i64);
    block.write_i64(FILL_FEE_HIGH, (mantissa >> 64) as i64);
    block.write(FILL_FEE_SCALE, f64::from(fill.fee.scale()));
    block.write(FILL_FEE_ASSET, f64::from(fill.fee_asset.0));
    block.write_i64(FILL_ID, fill.id as i64);
}
