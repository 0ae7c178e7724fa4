//! Ticks on their way out of a system: what is over for the engine is added from the record.

use haggle_backtest::{Recorder, Watcher};
use haggle_engine::{AuditEvent, EngineOrder, Exit, Tick};
use haggle_model::{OpenRequest, OrderEvent, OrderEventKind, OrderNumber, Size};

/// Takes ticks as they come. It must not wait: the engine goes on only when it has returned.
pub trait Sink: std::fmt::Debug + Send {
    /// Takes a tick.
    fn take(&mut self, tick: Tick);
}

/// A sink behind the record of its system.
#[derive(Debug)]
pub struct Completing(pub Box<dyn Sink>);

impl Watcher for Completing {
    fn watch(&mut self, mut tick: Tick, recorder: &Recorder) {
        let missing: Vec<OrderNumber> =
            tick.order_numbers().filter(|number| tick.orders.iter().all(|order| order.number != *number)).collect();
        for number in missing {
            if tick.orders.iter().all(|order| order.number != number) {
                tick.orders.extend(recorded(recorder, number));
            }
        }
        if let AuditEvent::Account(bundle) = &tick.event {
            tick.exits = bundle.iter().filter_map(|event| event.as_order().and_then(|event| exit_of(recorder, event))).collect();
        }
        self.0.take(tick);
    }
}

/// An order that the engine knows no more.
fn recorded(recorder: &Recorder, number: OrderNumber) -> Option<EngineOrder> {
    let row = recorder.orders.get(number.index())?;
    let request = OpenRequest {
        order: number,
        instrument: row.instrument,
        side: row.side,
        kind: row.kind,
        size: Size::Lots(row.quantity),
        price: row.price,
        time_in_force: row.time_in_force,
        post_only: row.post_only,
        reduce_only: row.reduce_only,
    };
    let order = EngineOrder::new(&request, row.state.clone());
    Some(EngineOrder { filled: row.filled, is_cancelling: row.is_cancelling, time: row.state_time.unwrap_or(0), ..order })
}

/// The round trip that a fill closed.
fn exit_of(recorder: &Recorder, event: &OrderEvent) -> Option<Exit> {
    let OrderEventKind::Filled(fill) = &event.kind else { return None };
    let mut lately = recorder.round_trips.iter().rev().take_while(|trip| trip.exit_time >= event.time);
    let trip = lately.find(|trip| trip.instrument == event.instrument && recorder.fills[trip.fills.1 as usize].id == fill.id)?;
    let fills = &recorder.fills[trip.fills.0 as usize..=trip.fills.1 as usize];
    Some(Exit {
        instrument: trip.instrument,
        side: trip.side,
        entry_price: trip.entry_price,
        exit_price: trip.exit_price,
        quantity: trip.quantity,
        pnl: trip.pnl,
        entry_fees: trip.entry_fees,
        fees: trip.fees,
        entry_time: trip.entry_time,
        exit_time: trip.exit_time,
        trades: fills.iter().filter(|fill| fill.instrument == trip.instrument).map(|fill| fill.id).collect(),
    })
}
