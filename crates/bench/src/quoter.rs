//! The native strategy of the runs with orders: two per hundred events, each of them filled or cancelled.

use haggle_engine::{Context, Draft, Halt, HostedStrategy, Interest, Strategy};
use haggle_model::{OrderNumber, Side, Size, Trade};

/// Events from one order to the next.
const EVERY: u64 = 50;
/// Quantity of every order: 0.001 BTC, 0.01 ETH or 0.1 SOL.
const LOTS: i64 = 100;

/// Called on every print and quote. Of a hundred events, the first fifty end with a limit order at the own side's best,
/// the second fifty with the cancel of that order, where it still works, and a market order to the same side; the sides
/// take turns. `packages/bench/quoter.mts` is the same in JavaScript, and their result hashes are equal.
#[derive(Clone, Debug)]
pub struct Quoter {
    sends: bool,
    events: u64,
    is_selling: bool,
    resting: Option<OrderNumber>,
}

impl Quoter {
    /// `sends`: false for one that counts and sends nothing, to tell the cost of orders from that of events.
    pub const fn new(sends: bool) -> Self {
        Self { sends, events: 0, is_selling: false, resting: None }
    }

    #[inline]
    fn on_event(&mut self, ctx: &mut Context<'_>) {
        self.events += 1;
        if self.events.is_multiple_of(EVERY) && self.sends {
            self.send(ctx);
        }
    }

    fn send(&mut self, ctx: &mut Context<'_>) {
        let side = if self.is_selling { Side::Sell } else { Side::Buy };
        if self.events.is_multiple_of(2 * EVERY) {
            if let Some(number) = self.resting.take() {
                ctx.cancel(number);
            }
            ctx.submit(Draft::market(ctx.instrument, side, Size::Lots(LOTS)));
            self.is_selling = !self.is_selling;
            return;
        }
        let market = ctx.market();
        if market.quote.bid_size > 0 && market.quote.ask_size > 0 {
            let price = if self.is_selling { market.quote.ask } else { market.quote.bid };
            let draft = Draft::limit(ctx.instrument, side, Size::Lots(LOTS), price);
            self.resting = Some(ctx.submit(draft));
        }
    }
}

impl HostedStrategy for Quoter {}

impl Strategy for Quoter {
    fn interest(&self) -> Interest {
        Interest { trades: true, books: true, bars: false }
    }

    fn on_trade(&mut self, ctx: &mut Context<'_>, _trade: &Trade) -> Result<(), Halt> {
        self.on_event(ctx);
        Ok(())
    }

    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.on_event(ctx);
        Ok(())
    }
}
