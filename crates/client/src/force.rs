//! What a test makes happen. Each shows in the stream as what it was: forced.

use crate::client::{AccountId, Client};
use crate::faults::Failing;
use haggle_model::time::Nanos;
use haggle_model::{Decimal, Error, Liquidity, OrderKind, OrderNumber, Result, wire};

impl Client {
    /// Fills an order that works, all that it has left or `quantity`, at its limit or `price`. The other side is the venue.
    ///
    /// Errors: `UNKNOWN_NAME` for the order; `INVALID_ARGUMENT` where it does not work at the exchange (path `order`), for more than it
    /// has left (path `quantity`), for a price past its limit or one that the account cannot pay, or none for a market order (path `price`).
    pub fn fill_order(&mut self, account: AccountId, order: &str, quantity: Option<Decimal>, price: Option<Decimal>) -> Result<wire::Fill> {
        self.check_account(account)?;
        let at = account.index();
        let number = self.find_order(account, order)?;
        let exchange = &self.core.accounts[at].exchange;
        let Some(working) = exchange.order(number) else {
            return Err(Error::argument("order", format!("'{order}' does not work at the exchange")));
        };
        let (market, left, side, limit) = (working.market, working.left(), working.request.side, working.limit());
        let spec = &self.specs[market];
        let quantity = quantity.map_or(Ok(left), |quantity| spec.lot.count(quantity, "quantity"))?;
        if quantity > left {
            let message = format!("the order has {} left, not {}", spec.lot.decimal(left), spec.lot.decimal(quantity));
            return Err(Error::argument("quantity", message));
        }
        let price = price.map(|price| spec.tick.count(price, "price")).transpose()?.or(limit);
        let Some(price) = price else { return Err(Error::argument("price", "a market order has no price to be filled at")) };
        if limit.is_some_and(|limit| side.better(limit, price)) {
            return Err(Error::argument("price", "the price is past the order's limit"));
        }
        let is_market = working.request.kind == OrderKind::Market;
        let liquidity = if is_market { Liquidity::Taker } else { Liquidity::Maker };
        spec.notional(price, quantity).map_err(|error| error.at("quantity"))?;
        if is_market && let Err(reason) = exchange.can_afford(number, &[(price, quantity)], liquidity)? {
            return Err(Error::argument("price", reason.to_string()));
        }
        let cid = self.cid_of(number);
        self.note_forced(at, || format!("fillOrder {cid}"));
        let filled = self.guard(|client| client.force_fill(at, number, price, quantity, liquidity))?;
        let fill = self.core.accounts[at].fills.back().filter(|_| filled).and_then(|fill| self.wire_fill(at, fill));
        fill.ok_or_else(|| Error::argument("order", "the order could not be filled and ended"))
    }

    fn force_fill(&mut self, at: usize, number: OrderNumber, price: i64, quantity: i64, liquidity: Liquidity) -> Result<bool> {
        let now = self.core.now;
        let core = &mut self.core;
        let exchange = &mut core.accounts[at].exchange;
        exchange.set_trade_count(core.trades);
        let quantity = exchange.fillable(number, price, quantity, liquidity, now)?;
        if quantity > 0 {
            exchange.force_fill(number, price, quantity, liquidity, now)?;
        }
        self.count_trades(at);
        self.collect(at, None)?;
        self.watch_equity()?;
        Ok(quantity > 0)
    }

    /// The next `times` orders that arrive are refused with this code; of `OrderUnknown`, `OrderAlreadyCancelled` and
    /// `OrderAlreadyFullyFilled`, the next cancels or amends.
    ///
    /// Errors: `UNKNOWN_NAME` for a code that is not in the table of reasons (path `code`).
    pub fn reject_next(&mut self, code: &str, times: u32) -> Result<()> {
        self.check_open()?;
        self.core.faults.reject(code, times).map_err(|error| error.at("code"))
    }

    /// The next `times` requests (orders, cancels, amends) fail so. `after_effect`: the request has its effect, and the answer is lost.
    ///
    /// Errors: `INVALID_ARGUMENT` (path `afterEffect`) where the failure itself says that there was none.
    pub fn fail_next(&mut self, failing: Failing, times: u32, after_effect: bool) -> Result<()> {
        self.check_open()?;
        self.core.faults.fail(failing, times, after_effect)
    }

    /// This share of all requests fails so, by chance drawn from the seed; 0 ends it.
    ///
    /// Errors: as above; a share that is not from 0 to 1 (path `share`).
    pub fn fail_share(&mut self, failing: Failing, share: f64, after_effect: bool) -> Result<()> {
        self.check_open()?;
        self.core.faults.share(failing, share, after_effect)
    }

    /// The acknowledgements of the next `times` orders sent arrive so much later than usual; what comes after them does not wait.
    ///
    /// Errors: `INVALID_ARGUMENT` (path `by`) for a duration below zero.
    pub fn delay_next(&mut self, by: Nanos, times: u32) -> Result<()> {
        self.check_open()?;
        self.core.faults.late(by, times)
    }

    /// The acknowledgements of the next `times` orders sent arrive twice.
    pub fn duplicate_next(&mut self, times: u32) -> Result<()> {
        self.check_open()?;
        self.core.faults.twice(times);
        Ok(())
    }
}
