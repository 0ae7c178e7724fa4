//! Ticks as barter's: one for every event that an engine of barter would have been told.

use super::Names;
use haggle_engine::{AuditEvent, Tick, Update};
use haggle_model::wire::{AccountEvent, AuditTick, EngineAudit, EngineEvent, MarketEvent, ProcessAudit, TradingState};
use haggle_model::{ReasonCode, Result};

/// What trading is, while requests are refused for this reason.
pub(super) fn trading_state(refuses: Option<ReasonCode>) -> TradingState {
    if refuses.is_none() { TradingState::Enabled } else { TradingState::Disabled }
}

impl Names {
    /// An update as ticks of barter, as many as it counts for; outputs stand on the last of them. The start is a `TradingStateUpdate`, the
    /// end a `Shutdown`, what a risk limit did an `OrderSnapshot`.
    pub fn ticks(&self, update: &Update) -> Result<Vec<AuditTick>> {
        let tick = match update {
            Update::Gap { lost, sequence, time } => {
                return Ok(vec![AuditTick { event: EngineAudit::Gap { lost: *lost }, sequence: *sequence, time: *time }]);
            }
            Update::Tick(tick) => tick,
        };
        if let Some(last) = tick.outputs.opens.sent.iter().map(|open| open.order.0).max() {
            self.see_count(last.saturating_add(1));
        }
        let events = self.events(tick)?;
        let last = events.len().saturating_sub(1);
        let mut outputs = self.outputs(tick);
        let audit = |(at, event)| AuditTick {
            event: EngineAudit::Process(Box::new(ProcessAudit {
                event,
                outputs: if at == last { std::mem::take(&mut outputs) } else { Vec::new() },
                errors: Vec::new(),
            })),
            sequence: tick.sequence + at as u64,
            time: tick.time,
        };
        Ok(events.into_iter().enumerate().map(audit).collect())
    }

    fn events(&self, tick: &Tick) -> Result<Vec<EngineEvent>> {
        Ok(vec![match &tick.event {
            AuditEvent::Started => EngineEvent::TradingStateUpdate(trading_state(tick.refuses)),
            AuditEvent::Market(row) => EngineEvent::Market(self.market_event(row)),
            AuditEvent::Account(bundle) => return self.account_events(bundle, &tick.orders),
            AuditEvent::Risk(event) => self.risk_event(event, &tick.orders)?,
            AuditEvent::Timer(tag) => EngineEvent::Timer { tag: self.tag(*tag) },
            AuditEvent::TradingEnabled(true) => EngineEvent::TradingStateUpdate(TradingState::Enabled),
            AuditEvent::TradingEnabled(false) => EngineEvent::TradingStateUpdate(TradingState::Disabled),
            AuditEvent::Command(command) => EngineEvent::Command(self.command_event(command, tick)),
            AuditEvent::Reconnecting { exchange, is_account } => {
                let exchange = self.exchange(*exchange).to_owned();
                if *is_account {
                    EngineEvent::Account(AccountEvent::Reconnecting(exchange))
                } else {
                    EngineEvent::Market(MarketEvent::Reconnecting(exchange))
                }
            }
            AuditEvent::Note(event) => EngineEvent::Market((**event).clone()),
            AuditEvent::Stopped => EngineEvent::Shutdown,
        }])
    }
}
