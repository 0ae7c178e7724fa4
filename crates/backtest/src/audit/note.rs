//! Numbers ticks and hands them to whoever listens.

use super::{Amend, AuditEvent, Exit, Sink, Tick, count_of};
use crate::live::Command;
use crate::recorder::Recorder;
use haggle_engine::{Commanded, Engine, EngineOrder};
use haggle_model::{OpenRequest, OrderEvent, OrderEventKind, OrderNumber, Request, Size};

/// The ticks of an engine. Without anybody who listens it only counts.
#[derive(Debug, Default)]
pub struct Audit {
    sequence: u64,
    sink: Option<Box<dyn Sink>>,
}

impl Audit {
    /// The number of the next tick.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// From now on ticks go to `sink`, and to nobody else.
    pub fn attach(&mut self, sink: Option<Box<dyn Sink>>) {
        self.sink = sink;
    }

    /// Notes what the engine was told; what it asked for stands in the engine still. The event is made only if somebody listens.
    #[inline]
    pub fn note(&mut self, engine: &Engine, event: impl FnOnce() -> AuditEvent) {
        if self.sink.is_some() {
            self.tell(engine, None, event(), engine.asked(), Vec::new());
        }
        self.sequence += 1;
    }

    /// The orders of a bundle as they are now, before the engine takes it in; none where nobody listens.
    pub fn before(&self, engine: &Engine, recorder: &Recorder, bundle: &[OrderEvent]) -> Vec<EngineOrder> {
        let mut orders = Vec::new();
        if self.sink.is_some() {
            for event in bundle {
                add(&mut orders, engine, Some(recorder), event.order);
            }
        }
        orders
    }

    /// Notes what an exchange did; `before`: its orders as they were.
    pub fn note_account(&mut self, engine: &Engine, recorder: &Recorder, bundle: &[OrderEvent], before: Vec<EngineOrder>) {
        if self.sink.is_some() {
            self.tell(engine, Some(recorder), AuditEvent::Account(bundle.to_vec()), engine.asked(), before);
        }
        self.sequence += count_of(bundle);
    }

    /// Notes what a risk limit did to an order.
    pub fn note_risk(&mut self, engine: &Engine, recorder: &Recorder, event: &OrderEvent) {
        if self.sink.is_some() {
            let mut orders = Vec::new();
            add(&mut orders, engine, Some(recorder), event.order);
            self.tell(engine, None, AuditEvent::Risk(event.clone()), engine.asked(), orders);
        }
        self.sequence += 1;
    }

    /// Notes a command, whose outputs are known already.
    pub fn note_command(&mut self, engine: &Engine, recorder: &Recorder, command: &Command, outputs: &Commanded) {
        if self.sink.is_some() {
            self.tell(engine, Some(recorder), AuditEvent::Command(command.clone()), outputs.clone(), Vec::new());
        }
        self.sequence += 1;
    }

    #[cold]
    fn tell(&mut self, engine: &Engine, recorder: Option<&Recorder>, event: AuditEvent, outputs: Commanded, mut orders: Vec<EngineOrder>) {
        let Some(sink) = &mut self.sink else { return };
        let amend = |request: &Request| match request {
            Request::Amend { order, price, quantity } => Some(Amend { order: *order, price: *price, quantity: *quantity }),
            Request::Open(_) | Request::Cancel(_) => None,
        };
        let amends: Vec<Amend> = engine.outbox.iter().filter_map(amend).collect();
        let cancels = outputs.cancels.sent.iter().chain(outputs.cancels.errors.iter().map(|unsent| &unsent.request));
        for number in cancels.map(|cancel| cancel.order).chain(amends.iter().map(|amend| amend.order)) {
            add(&mut orders, engine, recorder, number);
        }
        let exits = match (&event, recorder) {
            (AuditEvent::Account(bundle), Some(recorder)) => bundle.iter().filter_map(|event| exit_of(recorder, event)).collect(),
            _ => Vec::new(),
        };
        sink.take(Tick { sequence: self.sequence, time: engine.now, event, outputs, amends, orders, exits, refuses: engine.refuses });
    }
}

/// Adds an order, unless it is there, or never was.
fn add(orders: &mut Vec<EngineOrder>, engine: &Engine, recorder: Option<&Recorder>, number: OrderNumber) {
    if orders.iter().any(|order| order.number == number) {
        return;
    }
    orders.extend(engine.order(number).cloned().or_else(|| recorder.and_then(|recorder| recorded(recorder, number))));
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
    let mut lately = recorder.round_trips.iter().rev().take_while(|round_trip| round_trip.exit_time >= event.time);
    let round_trip =
        lately.find(|round_trip| round_trip.instrument == event.instrument && recorder.fills[round_trip.fills.1 as usize].id == fill.id)?;
    let fills = &recorder.fills[round_trip.fills.0 as usize..=round_trip.fills.1 as usize];
    let trades = fills.iter().filter(|fill| fill.instrument == round_trip.instrument).map(|fill| fill.id).collect();
    Some(Exit { round_trip: round_trip.clone(), trades })
}
