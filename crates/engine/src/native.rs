//! Strategies that come with the engine, by name and parameters.

use crate::context::{Context, Draft};
use crate::signals::Signals;
use crate::strategy::{Halt, HostedStrategy, Idle, Interest, Strategy};
use haggle_model::read::Field;
use haggle_model::{Bar, Decimal, Error, InstrumentId, Result, Side, Size, Trade};

/// Their names, as configs write them.
pub const NATIVE_NAMES: [&str; 4] = ["buyAndHold", "smaCross", "emaCross", "signals"];

/// Buys each instrument once, with all the money there is, at its first event.
#[derive(Clone, Debug, Default)]
pub struct BuyAndHold {
    bought: Vec<bool>,
}

/// Which average a cross is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Average {
    Simple,
    Exponential,
}

/// Two averages of one instrument's prices.
#[derive(Clone, Debug, Default)]
struct Pair {
    window: Vec<f64>,
    count: usize,
    fast: f64,
    slow: f64,
    /// Sign of fast - slow one price ago; 0 until both are known.
    side: i8,
}

/// Follows the cross of a fast and a slow average of closes (bars) or prints (ticks): long above, short below where the
/// account can be short, else flat. A cross is strict: below one price ago, above now. Orders are market orders of all
/// equity; a signal while one is under way is passed over.
#[derive(Clone, Debug)]
pub struct Cross {
    average: Average,
    fast: usize,
    slow: usize,
    pairs: Vec<Pair>,
}

/// A native strategy.
#[derive(Clone, Debug)]
pub enum Native {
    /// None: nothing trades.
    Idle(Idle),
    /// `buyAndHold`.
    BuyAndHold(BuyAndHold),
    /// `smaCross`, `emaCross`.
    Cross(Cross),
    /// `signals`.
    Signals(Signals),
}

/// Reads `{ native: 'emaCross', fast: 10, slow: 20 }`. Signals are not read here: their arrays are no JSON, and they need to know
/// the data.
pub fn from_parameters(field: &Field<'_>) -> Result<Native> {
    let object = field.object()?;
    let name = object.need("native")?;
    let strategy = match name.text()? {
        "buyAndHold" => Native::BuyAndHold(BuyAndHold::default()),
        kind @ ("smaCross" | "emaCross") => {
            let period = |name| {
                let field = object.need(name)?;
                let count = field.count()?;
                if count == 0 || count > 1_000_000 {
                    Err(field.error("a period is at least 1 and at most 1,000,000"))
                } else {
                    Ok(count as usize)
                }
            };
            let (fast, slow) = (period("fast")?, period("slow")?);
            if fast >= slow {
                return Err(Error::argument(
                    haggle_model::read::join(object.path(), "fast"),
                    "the fast period has to be below the slow one",
                ));
            }
            let average = if kind == "smaCross" { Average::Simple } else { Average::Exponential };
            Native::Cross(Cross { average, fast, slow, pairs: Vec::new() })
        }
        "signals" => return Err(Error::argument(name.path, "signals are over the bars of market data, which are not known here")),
        other => return Err(Error::unknown("strategy", other, NATIVE_NAMES).at(name.path)),
    };
    object.finish()?;
    Ok(strategy)
}

impl Pair {
    /// Takes in a price; returns whether fast crossed slow, and to which side.
    fn update(&mut self, average: Average, fast: usize, slow: usize, price: f64) -> Option<Side> {
        match average {
            Average::Simple => {
                let at = self.count % slow;
                if self.window.len() < slow {
                    self.window.push(price);
                } else {
                    self.window[at] = price;
                }
                self.count += 1;
                if self.count < slow {
                    return None;
                }
                // Summed anew each time: running sums drift, and equal windows have to give equal averages.
                let last = |n: usize| (0..n).map(|back| self.window[(self.count - 1 - back) % slow]).fold(0.0, |sum, price| sum + price);
                (self.fast, self.slow) = (last(fast) / fast as f64, last(slow) / slow as f64);
            }
            Average::Exponential => {
                self.count += 1;
                if self.count == 1 {
                    (self.fast, self.slow) = (price, price);
                } else {
                    self.fast += (price - self.fast) * (2.0 / (fast as f64 + 1.0));
                    self.slow += (price - self.slow) * (2.0 / (slow as f64 + 1.0));
                }
                if self.count < slow {
                    return None;
                }
            }
        }
        let side = if self.fast > self.slow { 1 } else { i8::from(self.fast < self.slow).wrapping_neg() };
        let before = std::mem::replace(&mut self.side, side);
        match (before, side) {
            (-1, 1) => Some(Side::Buy),
            (1, -1) => Some(Side::Sell),
            _ => None,
        }
    }
}

impl Cross {
    fn on_price(&mut self, ctx: &mut Context<'_>, price: i64) {
        let at = ctx.instrument.index();
        if self.pairs.len() <= at {
            self.pairs.resize(ctx.engine.markets.len(), Pair::default());
        }
        let price = ctx.market().spec.tick.f64(price);
        let Some(side) = self.pairs[at].update(self.average, self.fast, self.slow, price) else { return };
        if !ctx.is_under_way() {
            ctx.turn(side, Size::Equity(Decimal::ONE));
        }
    }
}

impl BuyAndHold {
    #[inline]
    fn on_event(&mut self, ctx: &mut Context<'_>) {
        if self.bought.get(ctx.instrument.index()) != Some(&true) {
            self.buy(ctx);
        }
    }

    #[cold]
    fn buy(&mut self, ctx: &mut Context<'_>) {
        let count = ctx.engine.markets.len();
        self.bought.resize(count, false);
        self.bought[ctx.instrument.index()] = true;
        let share = Decimal::ONE / Decimal::from(count);
        ctx.submit(Draft::market(ctx.instrument, Side::Buy, Size::Equity(share)));
    }
}

impl Strategy for Native {
    fn interest(&self) -> Interest {
        match self {
            Self::Idle(idle) => idle.interest(),
            Self::BuyAndHold(_) => Interest { trades: true, books: true, bars: true },
            Self::Cross(_) => Interest { trades: true, books: false, bars: true },
            Self::Signals(_) => Interest { trades: false, books: false, bars: true },
        }
    }

    fn on_trade(&mut self, ctx: &mut Context<'_>, trade: &Trade) -> Result<(), Halt> {
        match self {
            Self::Idle(_) | Self::Signals(_) => {}
            Self::BuyAndHold(strategy) => strategy.on_event(ctx),
            Self::Cross(strategy) => strategy.on_price(ctx, trade.price),
        }
        Ok(())
    }

    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        if let Self::BuyAndHold(strategy) = self {
            strategy.on_event(ctx);
        }
        Ok(())
    }

    fn on_bar(&mut self, ctx: &mut Context<'_>, bar: &Bar) -> Result<(), Halt> {
        match self {
            Self::Idle(_) => {}
            Self::BuyAndHold(strategy) => strategy.on_event(ctx),
            Self::Cross(strategy) => strategy.on_price(ctx, bar.close),
            Self::Signals(strategy) => strategy.on_bar(ctx, bar)?,
        }
        Ok(())
    }
}

impl HostedStrategy for Native {
    fn idle_rows(&self) -> u64 {
        if let Self::Signals(strategy) = self { strategy.idle_rows() } else { 0 }
    }

    fn skipped(&mut self, instrument: InstrumentId, bars: u64) {
        if let Self::Signals(strategy) = self {
            strategy.skipped(instrument, bars);
        }
    }
}
