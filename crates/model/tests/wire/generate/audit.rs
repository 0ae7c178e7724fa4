//! Generated ticks and outputs.

use super::Generate;
use haggle_model::wire::{
    ActionOutput, AlgoOrders, AuditTick, EngineAudit, EngineError, EngineOutput, OrderRequestAmend, PositionExit, ProcessAudit,
    RiskRefused, SendRequestsOutput, UnrecoverableError, UnsentRequest,
};

impl Generate {
    fn unrecoverable(&mut self) -> UnrecoverableError {
        match self.below(3) {
            0 => UnrecoverableError::Index(
                ["ExchangeIndex", "AssetIndex", "InstrumentIndex"][self.below(3) as usize].to_owned(),
                self.text(),
            ),
            1 => UnrecoverableError::ExecutionChannelTerminated(self.text()),
            _ => UnrecoverableError::Custom(self.text()),
        }
    }

    fn sent<R>(&mut self, request: fn(&mut Self) -> R) -> SendRequestsOutput<R> {
        let unsent = |this: &mut Self| UnsentRequest {
            request: request(this),
            error: if this.below(2) == 0 {
                EngineError::Recoverable(this.text())
            } else {
                EngineError::Unrecoverable(this.unrecoverable())
            },
        };
        SendRequestsOutput { sent: self.list(request), errors: self.list(unsent) }
    }

    fn refused<R>(&mut self, request: fn(&mut Self) -> R) -> Vec<RiskRefused<R>> {
        self.list(|this| RiskRefused { request: request(this), reason: this.text() })
    }

    fn algo_orders(&mut self) -> AlgoOrders {
        let amends = if self.ours() {
            self.list(|this| OrderRequestAmend {
                key: this.key(),
                price: this.maybe(Self::positive),
                quantity: this.maybe(|this| this.decimal(false)),
            })
        } else {
            Vec::new()
        };
        AlgoOrders {
            cancels: self.sent(Self::cancel),
            opens: self.sent(Self::open),
            cancels_refused: self.refused(Self::cancel),
            opens_refused: self.refused(Self::open),
            amends,
        }
    }

    fn position_exit(&mut self) -> PositionExit {
        let is_ours = self.ours();
        PositionExit {
            instrument: self.name(),
            exchange: is_ours.then(|| self.name()),
            strategy: is_ours.then(|| self.text()),
            side: self.side(),
            price_entry_average: self.positive(),
            price_exit_average: is_ours.then(|| self.positive()),
            quantity_abs_max: self.positive(),
            pnl_realised: self.decimal(true),
            fees_enter: self.decimal(true),
            fees_exit: self.decimal(true),
            time_enter: self.time(),
            time_exit: self.time(),
            trades: self.list(Self::text),
        }
    }

    /// Number of outputs that [`Self::output`] tells apart.
    pub const OUTPUTS: u64 = 9;

    /// An output by number.
    pub fn output(&mut self, which: u64) -> EngineOutput {
        let action = match which {
            0 => ActionOutput::GenerateAlgoOrders(self.algo_orders()),
            1 => ActionOutput::CancelOrders(self.sent(Self::cancel)),
            2 => ActionOutput::OpenOrders(self.sent(Self::open)),
            3 => ActionOutput::ClosePositions { cancels: self.sent(Self::cancel), opens: self.sent(Self::open) },
            4 => return EngineOutput::OnTradingDisabled,
            5 => return EngineOutput::AccountDisconnect(self.exchange_id()),
            6 => return EngineOutput::PositionExit(Box::new(self.position_exit())),
            7 => return EngineOutput::MarketDisconnect(self.exchange_id()),
            _ => return EngineOutput::AlgoOrders(Box::new(self.algo_orders())),
        };
        EngineOutput::Commanded(Box::new(action))
    }

    /// A tick.
    pub fn tick(&mut self) -> AuditTick {
        let event = match self.below(8) {
            0 => EngineAudit::FeedEnded,
            1 if self.ours() => EngineAudit::Gap { lost: self.count() },
            _ => {
                let (which, events) = (self.below(Self::OUTPUTS), self.events());
                let event = self.below(events);
                let process = ProcessAudit {
                    event: self.event(event),
                    outputs: self.list(|this| this.output(which)),
                    errors: self.list(Self::unrecoverable),
                };
                EngineAudit::Process(Box::new(process))
            }
        };
        AuditTick { event, sequence: self.count(), time: self.time() }
    }
}
