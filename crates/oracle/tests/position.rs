//! Position arithmetic over random fills: barter's and ours, to the digit where barter is exact.
//!
//! Where they differ, and who is right:
//!
//! | what | barter 0.14 | here |
//! |---|---|---|
//! | average entry price | a quotient, rounded to 28 digits, that goes into the next average and every profit | shown; cost is kept instead, exact |
//! | realised profit after a rounded average | profits of a round trip miss the cash by the rounding | sum to the cash that changed hands, to the digit |
//! | unrealised profit right after entry | 0 until the next update | price x quantity - cost |
//! | estimated exit fees | in the unrealised profit | not: what has not been paid is not booked |
//! | overflow | panics | an error with a code |

use barter::engine::state::position::PositionManager;
use barter_execution::order::id::{OrderId, StrategyId};
use barter_execution::trade::{AssetFees, Trade, TradeId};
use barter_instrument::Side as BarterSide;
use barter_instrument::asset::QuoteAsset;
use barter_instrument::instrument::InstrumentIndex;
use chrono::DateTime;
use haggle_model::seed::Stream;
use haggle_model::{Decimal, Position, Side};

struct Fill {
    side: Side,
    price: Decimal,
    quantity: Decimal,
    fee: Decimal,
}

impl Fill {
    fn trade(&self) -> Trade<QuoteAsset, InstrumentIndex> {
        Trade {
            id: TradeId::new("t"),
            order_id: OrderId::new("o"),
            instrument: InstrumentIndex(0),
            strategy: StrategyId::new("s"),
            time_exchange: DateTime::UNIX_EPOCH,
            side: if self.side == Side::Buy { BarterSide::Buy } else { BarterSide::Sell },
            price: self.price,
            quantity: self.quantity,
            fees: AssetFees { asset: QuoteAsset, fees: self.fee },
        }
    }
}

/// Fills of a walk; `coarse` ones meet more often at exactly nothing.
fn fills(seed: u64, coarse: bool) -> Vec<Fill> {
    let mut random = Stream::new(seed, "position", 0);
    (0..40)
        .map(|_| {
            let quantity = if coarse { Decimal::from(1_u32 << random.up_to(3)) } else { Decimal::new(1 + random.up_to(9_999), 3) };
            let price = Decimal::new(8_000_000 + random.up_to(1_000_000), 2);
            let side = if random.up_to(1) == 0 { Side::Buy } else { Side::Sell };
            Fill { side, price, quantity, fee: Decimal::new(random.up_to(10_000), 4) }
        })
        .collect()
}

fn signed(manager: &PositionManager) -> Decimal {
    let quantity = |side, quantity: Decimal| if side == BarterSide::Buy { quantity } else { -quantity };
    manager.current.as_ref().map_or(Decimal::ZERO, |position| quantity(position.side, position.quantity_abs))
}

/// Goes over the fills with both; gives the sum of realised profits by each, fees included, and the cash.
fn run(fills: &[Fill], tolerance: Decimal) -> (Decimal, Decimal, Decimal) {
    let mut theirs: PositionManager = PositionManager::default();
    let mut ours = Position::default();
    let (mut exited, mut realised, mut cash) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for fill in fills {
        let exit = theirs.update_from_trade(&fill.trade());
        exited += exit.map_or(Decimal::ZERO, |exit| exit.pnl_realised);
        realised += Decimal::from(ours.apply(fill.side, fill.quantity, fill.price).expect("no overflow").pnl) - fill.fee;
        let value = fill.price * fill.quantity;
        cash += if fill.side == Side::Buy { -value } else { value } - fill.fee;

        assert_eq!(signed(&theirs), ours.quantity);
        let entry = theirs.current.as_ref().map_or(Decimal::ZERO, |position| position.price_entry_average);
        assert!((entry - ours.entry_price()).abs() <= tolerance, "{entry} {}", ours.entry_price());
        let total = exited + theirs.current.as_ref().map_or(Decimal::ZERO, |position| position.pnl_realised);
        assert!((total - realised).abs() <= tolerance * Decimal::from(100), "{total} {realised}");
        // Ours: what was paid for the position stands in its cost, all else has been realised.
        assert_eq!(cash + ours.cost, realised);
    }
    (exited + theirs.current.as_ref().map_or(Decimal::ZERO, |position| position.pnl_realised), realised, cash + ours.cost)
}

/// No rounded quotient goes into another number.
#[test]
fn equal_where_barter_does_not_round() {
    for seed in 0..300 {
        // Each position is entered once, reduced and closed: the average is the price of a fill.
        let mut random = Stream::new(seed, "once", 0);
        let mut position = Decimal::ZERO;
        let mut walk = fills(seed, false);
        for fill in &mut walk {
            if !position.is_zero() && (position > Decimal::ZERO) == (fill.side == Side::Buy) {
                fill.side = fill.side.opposite();
            }
            // No flips: barter splits the fee of one by a quotient.
            if !position.is_zero() {
                fill.quantity = if random.up_to(2) == 0 { position.abs() } else { fill.quantity.min(position.abs()) };
            }
            position += if fill.side == Side::Buy { fill.quantity } else { -fill.quantity };
        }
        let (theirs, ours, cash) = run(&walk, Decimal::ZERO);
        assert_eq!((theirs, ours), (cash, cash), "seed {seed}");
    }
}

#[test]
fn equal_but_for_barters_rounding() {
    let tiny = Decimal::new(1, 9);
    let mut off = 0;
    for seed in 0..300 {
        let (theirs, ours, cash) = run(&fills(seed, seed % 2 == 0), tiny);
        assert_eq!(ours, cash, "seed {seed}");
        off += u32::from(theirs != cash);
    }
    assert!(off > 0, "barter's profits have become exact: take the row out of the table");
}

#[test]
fn barter_shows_no_profit_right_after_entry() {
    let mut theirs: PositionManager = PositionManager::default();
    let fill = Fill { side: Side::Buy, price: Decimal::from(100), quantity: Decimal::from(2), fee: Decimal::from(10) };
    theirs.update_from_trade(&fill.trade());
    let position = theirs.current.as_mut().expect("a position");
    assert_eq!(position.pnl_unrealised, Decimal::ZERO);
    position.update_pnl_unrealised(Decimal::from(110));
    let mut ours = Position::default();
    ours.apply(fill.side, fill.quantity, fill.price).expect("no overflow");
    let shown = ours.pnl_at(Decimal::from(110)).expect("no overflow");
    assert_eq!((shown, position.pnl_unrealised), (Decimal::from(20), Decimal::from(20 - 10)));
}
