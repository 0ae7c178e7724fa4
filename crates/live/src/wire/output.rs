//! What an engine did on an event, as barter's outputs.

use super::Names;
use haggle_engine::{Amend, AuditEvent, Command, Exit, InstrumentFilter, Sent, Tick, Unsent};
use haggle_model::wire::{
    self, ActionOutput, AlgoOrders, EngineOutput, Name, OneOrMany, OrderKey, OrderRequestAmend, OrderRequestCancel, OrderRequestOpen,
    PositionExit, RiskRefused, Terms, Underlying,
};
use haggle_model::{Decimal, MarketEvent, OpenRequest, OrderKind, OrderNumber, Size};

fn list<T>(mut items: Vec<T>) -> OneOrMany<T> {
    match items.pop() {
        Some(one) if items.is_empty() => OneOrMany::One(one),
        last => OneOrMany::Many(items.into_iter().chain(last).collect()),
    }
}

fn sent<R, W>(requests: &Sent<R>, write: impl Fn(&R) -> W) -> wire::SendRequestsOutput<W> {
    let unsent = |unsent: &Unsent<R>| wire::UnsentRequest { request: write(&unsent.request), error: (&unsent.reason).into() };
    wire::SendRequestsOutput { sent: requests.sent.iter().map(&write).collect(), errors: requests.errors.iter().map(unsent).collect() }
}

fn refused<R, W>(requests: &Sent<R>, write: impl Fn(&R) -> W) -> Vec<RiskRefused<W>> {
    requests.errors.iter().map(|unsent| RiskRefused { request: write(&unsent.request), reason: unsent.reason.to_string() }).collect()
}

impl Names {
    /// Round trips that were closed come first, then what was sent.
    pub(super) fn outputs(&self, tick: &Tick) -> Vec<EngineOutput> {
        let mut outputs: Vec<EngineOutput> =
            tick.exits.iter().map(|exit| EngineOutput::PositionExit(Box::new(self.position_exit(exit)))).collect();
        match &tick.event {
            AuditEvent::Reconnecting { exchange, is_account: true } => {
                outputs.push(EngineOutput::AccountDisconnect(self.exchange(*exchange).to_owned()));
            }
            AuditEvent::Reconnecting { exchange, is_account: false } => {
                outputs.push(EngineOutput::MarketDisconnect(self.exchange(*exchange).to_owned()));
            }
            AuditEvent::Market(row) if row.event == MarketEvent::Gap => {
                outputs.push(EngineOutput::MarketDisconnect(self.exchange(self.spec(row.instrument).exchange).to_owned()));
            }
            AuditEvent::Command(command) => {
                outputs.push(EngineOutput::Commanded(Box::new(self.action(command, tick))));
                return outputs;
            }
            _ => {}
        }
        let orders = self.algo_orders(tick);
        if orders != AlgoOrders::default() {
            outputs.push(EngineOutput::AlgoOrders(Box::new(orders)));
        }
        outputs
    }

    fn algo_orders(&self, tick: &Tick) -> AlgoOrders {
        let (opens, cancels) = (&tick.outputs.opens, &tick.outputs.cancels);
        let cancel = |cancel: &haggle_engine::Cancel| self.cancel_request(cancel, tick);
        let amend = |amend: &Amend| {
            let order = tick.orders.iter().find(|order| order.number == amend.order);
            let spec = order.map(|order| self.spec(order.instrument));
            OrderRequestAmend {
                key: self.key_in(amend.order, tick),
                price: spec.and_then(|spec| amend.price.map(|price| spec.tick.decimal(price))),
                quantity: spec.and_then(|spec| amend.quantity.map(|quantity| spec.lot.decimal(quantity))),
            }
        };
        AlgoOrders {
            cancels: wire::SendRequestsOutput { sent: cancels.sent.iter().map(cancel).collect(), errors: Vec::new() },
            opens: wire::SendRequestsOutput { sent: opens.sent.iter().map(|open| self.open_request(open)).collect(), errors: Vec::new() },
            cancels_refused: refused(cancels, cancel),
            opens_refused: refused(opens, |open| self.open_request(open)),
            amends: tick.amends.iter().map(amend).collect(),
        }
    }

    fn action(&self, command: &Command, tick: &Tick) -> ActionOutput {
        let opens = || sent(&tick.outputs.opens, |open| self.open_request(open));
        let cancels = || sent(&tick.outputs.cancels, |cancel| self.cancel_request(cancel, tick));
        match command {
            Command::SendOpenRequests(_) => ActionOutput::OpenOrders(opens()),
            Command::SendCancelRequests(_) | Command::CancelOrders(_) => ActionOutput::CancelOrders(cancels()),
            Command::ClosePositions(_) => ActionOutput::ClosePositions { cancels: cancels(), opens: opens() },
        }
    }

    /// A command that was carried out.
    pub(super) fn command_event(&self, command: &Command, tick: &Tick) -> wire::Command {
        match command {
            Command::SendOpenRequests(_) => {
                // They were numbered in the order in which they stood there.
                let opens = &tick.outputs.opens;
                let mut requests: Vec<&OpenRequest> = opens.sent.iter().chain(opens.errors.iter().map(|unsent| &unsent.request)).collect();
                requests.sort_by_key(|request| request.order);
                wire::Command::SendOpenRequests(list(requests.into_iter().map(|request| self.open_request(request)).collect()))
            }
            Command::SendCancelRequests(cancels) => {
                wire::Command::SendCancelRequests(list(cancels.iter().map(|cancel| self.cancel_request(cancel, tick)).collect()))
            }
            Command::ClosePositions(filter) => wire::Command::ClosePositions(self.filter_event(filter)),
            Command::CancelOrders(filter) => wire::Command::CancelOrders(self.filter_event(filter)),
        }
    }

    fn filter_event(&self, filter: &InstrumentFilter) -> wire::InstrumentFilter {
        match filter {
            InstrumentFilter::None => wire::InstrumentFilter::None,
            InstrumentFilter::Exchanges(ids) => {
                wire::InstrumentFilter::Exchanges(list(ids.iter().map(|id| Name::from(self.exchange(*id))).collect()))
            }
            InstrumentFilter::Instruments(ids) => {
                wire::InstrumentFilter::Instruments(list(ids.iter().map(|id| Name::from(self.instrument(*id))).collect()))
            }
            InstrumentFilter::Underlyings(pairs) => {
                let pair = |(base, quote): &(_, _)| Underlying { base: self.asset(*base).into(), quote: self.asset(*quote).into() };
                wire::InstrumentFilter::Underlyings(list(pairs.iter().map(pair).collect()))
            }
        }
    }

    fn key_in(&self, number: OrderNumber, tick: &Tick) -> OrderKey {
        let order = tick.orders.iter().find(|order| order.number == number);
        order.map_or_else(|| unknown_key(self.order_name(number).1), |order| self.key(number, order.instrument))
    }

    fn cancel_request(&self, cancel: &haggle_engine::Cancel, tick: &Tick) -> OrderRequestCancel {
        OrderRequestCancel { key: self.key_in(cancel.order, tick), id: cancel.id.map(|number| self.venue_id(number)) }
    }

    /// One that is sized by an amount has the quantity 0: only its exchange will know the lots.
    fn open_request(&self, request: &OpenRequest) -> OrderRequestOpen {
        let spec = self.spec(request.instrument);
        let is_limit = request.kind == OrderKind::Limit;
        OrderRequestOpen {
            key: self.key(request.order, request.instrument),
            terms: Terms {
                side: request.side,
                kind: if is_limit { wire::OrderKind::Limit } else { wire::OrderKind::Market },
                price: is_limit.then(|| spec.tick.decimal(request.price)),
                quantity: if let Size::Lots(lots) = request.size { spec.lot.decimal(lots) } else { Decimal::ZERO },
                time_in_force: request.time_in_force.into(),
                post_only: request.post_only,
                reduce_only: request.reduce_only,
            },
        }
    }

    fn position_exit(&self, exit: &Exit) -> PositionExit {
        PositionExit {
            instrument: self.instrument(exit.instrument).into(),
            exchange: Some(self.exchange(self.spec(exit.instrument).exchange).into()),
            strategy: Some(self.strategy().to_owned()),
            side: exit.side,
            price_entry_average: exit.entry_price,
            price_exit_average: Some(exit.exit_price),
            quantity_abs_max: exit.quantity,
            pnl_realised: exit.pnl,
            fees_enter: exit.entry_fees,
            fees_exit: exit.fees - exit.entry_fees,
            time_enter: exit.entry_time,
            time_exit: exit.exit_time,
            trades: exit.trades.iter().map(u64::to_string).collect(),
        }
    }
}

/// The key of an order that never was.
fn unknown_key(cid: String) -> OrderKey {
    OrderKey { exchange: "unknown".into(), instrument: "unknown".into(), strategy: String::new(), cid }
}
