//! State out: what the shared memory shows of an engine.

use crate::block::Block;
use crate::layout::{COUNT, CURRENT, EQUITY, FREE, INSTRUMENT, LOCKED, MARK, NEXT_ORDER, NOW, NOW_NS, REFUSES, SHOWN, TOTAL};
use haggle_engine::{Engine, MarketView};
use haggle_model::time::{MILLISECOND, Nanos};
use haggle_model::{InstrumentId, to_f64};

/// Brings the shared state up to date: only what changed since the last call is written.
#[allow(clippy::inline_always, reason = "once an event: as a call it costs a tenth of one")]
#[inline(always)]
pub fn show(block: &Block, engine: &mut Engine, instrument: InstrumentId) {
    let mut has_current = false;
    for changed in &engine.changed {
        let row = market_row(&engine.markets[changed.index()]);
        block.write_row(Block::market(changed.index()), row);
        if *changed == instrument {
            has_current = true;
            block.write_row(CURRENT, row);
        }
    }
    if !has_current {
        block.write_row(CURRENT, market_row(&engine.markets[instrument.index()]));
    }
    let refuses = engine.refuses.map_or(0.0, |code| f64::from(code as u8));
    const { assert!(COUNT == 0 && NOW == 1 && NOW_NS == 2 && INSTRUMENT == 3, "the order below") };
    const { assert!(EQUITY == 4 && NEXT_ORDER == 5 && REFUSES == 6, "the order below") };
    block.write_row(
        COUNT,
        [
            0,
            millis(engine.now).to_bits(),
            engine.now as u64,
            f64::from(instrument.0).to_bits(),
            engine.equity_at(|instrument| block.read(Block::market(instrument.index()) + MARK)).to_bits(),
            f64::from(engine.order_count()).to_bits(),
            refuses.to_bits(),
        ],
    );
    if engine.has_new_balances {
        for (asset, balance) in engine.balances.iter().enumerate() {
            let at = block.asset(asset);
            block.write(at + TOTAL, engine.totals[asset]);
            block.write(at + FREE, to_f64(balance.free));
            block.write(at + LOCKED, to_f64(balance.total - balance.free));
        }
    }
    engine.settle();
}

/// What the block shows of a market, as bits.
#[allow(clippy::inline_always, reason = "as above")]
#[inline(always)]
pub fn market_row(market: &MarketView) -> [u64; SHOWN] {
    use crate::layout::{ASK, ASK_SIZE, BID, BID_SIZE, ENTRY_PRICE, LAST, POSITION, POSITION_LOTS};
    const { assert!(BID == 0 && BID_SIZE == 1 && ASK == 2 && ASK_SIZE == 3 && LAST == 4 && MARK == 5, "the order below") };
    const { assert!(POSITION == 6 && ENTRY_PRICE == 7 && POSITION_LOTS == 8 && SHOWN == 9, "the order below") };
    let (tick, lot) = (market.spec.tick, market.spec.lot);
    let price = |size: i64, price: i64| if size > 0 { tick.f64(price) } else { f64::NAN };
    let size = |size: i64| if size > 0 { lot.f64(size) } else { f64::NAN };
    let row: [f64; SHOWN] = [
        price(market.quote.bid_size, market.quote.bid),
        size(market.quote.bid_size),
        price(market.quote.ask_size, market.quote.ask),
        size(market.quote.ask_size),
        price(market.last, market.last),
        market.mark(),
        market.position_f64,
        market.entry_f64,
        market.position_lots as f64,
    ];
    row.map(f64::to_bits)
}

/// A time in milliseconds, with its fraction.
pub fn millis(time: Nanos) -> f64 {
    (time / MILLISECOND) as f64 + (time % MILLISECOND) as f64 / MILLISECOND as f64
}
