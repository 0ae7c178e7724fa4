//! A request arrives at the exchange.

use crate::client::Client;
use crate::order::{Record, Status};
use crate::tap::News;
use crate::transit::AccountRequest;
use haggle_model::{OpenRequest, OrderKind, Reason, ReasonCode, Request, Result, Side, Size, TimeInForce};

impl Client {
    /// Answers a request that has arrived.
    pub(crate) fn receive(&mut self, sent: &AccountRequest) -> Result<()> {
        let (at, market, now) = (usize::from(sent.account), usize::from(sent.market), self.core.now);
        if let Some(record) = self.core.orders.get_mut(sent.order) {
            record.under_way = record.under_way.saturating_sub(1);
        }
        if let Some(reason) = self.refusal(sent)? {
            self.core.accounts[at].exchange.refuse(market, &sent.request, now, reason);
            return self.collect(at, Some(sent));
        }
        if self.core.symbols[market].is_own() {
            self.receive_among_orders(sent)?;
        } else {
            let core = &mut self.core;
            let exchange = &mut core.accounts[at].exchange;
            exchange.set_trade_count(core.trades);
            exchange.handle(market, &sent.request, now)?;
            self.count_trades(at);
            self.note_arrival(sent);
            self.collect(at, Some(sent))?;
        }
        self.watch_equity()
    }

    /// An order that the exchange has without a word on it yet: it waits for its price.
    pub(crate) fn note_arrival(&mut self, sent: &AccountRequest) {
        let works = self.core.accounts[usize::from(sent.account)].exchange.order(sent.order).is_some();
        if let Some(record) = self.core.orders.get_active(sent.order).filter(|record| works && record.truth.is_none()) {
            record.truth = Some(Status::sent(&record.request, self.core.now));
        }
    }

    fn refusal(&mut self, sent: &AccountRequest) -> Result<Option<Reason>> {
        let market = usize::from(sent.market);
        if let Some(code) = self.core.faults.take_rejection(&sent.request)? {
            let cid = self.cid_of(sent.order);
            self.note_forced(usize::from(sent.account), || format!("rejectNext {} {cid}", code.as_str()));
            let reason = Reason::from(code);
            // This one always names its asset.
            let asset = match &sent.request {
                Request::Open(open) if code == ReasonCode::BalanceInsufficient => {
                    let spec = &self.specs[market];
                    Some(spec.pays(open.side))
                }
                _ => None,
            };
            return Ok(Some(match asset {
                Some(asset) => reason.with_text("asset", self.settings.map.asset(asset)),
                None => reason,
            }));
        }
        let is_halted = self.core.symbols[market].is_halted && !matches!(sent.request, Request::Cancel(_));
        let symbol = self.settings.map.symbol(market);
        Ok(is_halted.then(|| Reason::from(ReasonCode::TradingDisabled).with_text("instrument", symbol)))
    }

    /// After a step of an account's exchange: its fills are counted among all.
    pub(crate) fn count_trades(&mut self, at: usize) {
        let count = self.core.accounts[at].exchange.trade_count();
        self.core.has_met_venue |= count != self.core.trades;
        self.core.trades = count;
    }

    /// Cash-settled: an account whose equity is used up is closed, and its positions are traded away.
    pub(crate) fn watch_equity(&mut self) -> Result<()> {
        let now = self.core.now;
        for at in 0..self.core.accounts.len() {
            let exchange = &mut self.core.accounts[at].exchange;
            let is_at_risk = (0..self.specs.len()).any(|market| exchange.is_at_risk(market));
            if !is_at_risk || !exchange.watch_equity(now)? {
                continue;
            }
            self.collect(at, None)?;
            for market in 0..self.specs.len() {
                self.close_position(at, market)?;
            }
        }
        Ok(())
    }

    fn close_position(&mut self, at: usize, market: usize) -> Result<()> {
        let (number, now) = (self.next_number()?, self.core.now);
        let core = &mut self.core;
        let exchange = &mut core.accounts[at].exchange;
        let lots = exchange.markets()[market].position_lots()?;
        exchange.set_trade_count(core.trades);
        if !exchange.close_position(market, number, now)? {
            return Ok(());
        }
        if at == 0 {
            self.hear(|| News::Closing(number));
        }
        let core = &mut self.core;
        let request = OpenRequest {
            order: number,
            instrument: self.specs[market].instrument,
            side: if lots > 0 { Side::Sell } else { Side::Buy },
            kind: OrderKind::Market,
            size: Size::Lots(lots.abs()),
            price: 0,
            time_in_force: TimeInForce::ImmediateOrCancel,
            post_only: false,
            reduce_only: true,
        };
        core.orders.insert(Record {
            request,
            account: at as u16,
            strategy: None,
            cid: None,
            id: None,
            truth: None,
            seen: Status::sent(&request, now),
            is_unknown: false,
            is_cancelling: false,
            under_way: 0,
        });
        self.count_trades(at);
        self.collect(at, None)
    }
}
