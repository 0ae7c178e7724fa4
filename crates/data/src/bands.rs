//! Books as Binance's `bookDepth` files tell of them: for each distance from the middle in per cent, the quantity up to there and
//! its value. What lies between two distances becomes one level, at the average price of that quantity.

use crate::builder::Builder;
use crate::num::Num;
use crate::staged::Stamps;
use haggle_model::{Decimal, Error, Result, Side};
use rust_decimal::RoundingStrategy;

/// The bands of the snapshot under way.
#[derive(Debug, Default)]
pub(crate) struct Bands {
    at: Option<(u16, Stamps)>,
    /// By side: distance, quantity and value.
    sides: [Vec<[Num; 3]>; 2],
}

impl Bands {
    /// Takes a band: its distance in per cent (below zero on the bid side), quantity and value. Rows with one stamp are one snapshot.
    pub fn push(&mut self, builder: &mut Builder, instrument: u16, stamps: Stamps, band: [Num; 3]) -> Result<()> {
        if self.at.is_some_and(|at| at != (instrument, stamps)) {
            self.finish(builder)?;
        }
        self.at = Some((instrument, stamps));
        let [percentage, ..] = band;
        let side = match percentage.signum() {
            0 => return Err(Error::data("the percentage is zero").at("percentage")),
            1 => Side::Sell,
            _ => Side::Buy,
        };
        self.sides[side as usize].push(band);
        Ok(())
    }

    /// Hands on the snapshot under way.
    pub fn finish(&mut self, builder: &mut Builder) -> Result<()> {
        let Some((instrument, stamps)) = self.at.take() else { return Ok(()) };
        builder.report.bands = true;
        builder.message(instrument, stamps, true)?;
        for side in [Side::Buy, Side::Sell] {
            let mut bands = std::mem::take(&mut self.sides[side as usize]);
            bands.sort_by(|a, b| if side == Side::Sell { a[0].compare(b[0]) } else { b[0].compare(a[0]) });
            let (mut quantity_before, mut value_before) = (Decimal::ZERO, Decimal::ZERO);
            for [_, quantity, value] in bands {
                let (quantity, value) = (decimal(quantity), decimal(value));
                let (size, worth) = (quantity - quantity_before, value - value_before);
                (quantity_before, value_before) = (quantity, value);
                if size <= Decimal::ZERO || worth <= Decimal::ZERO {
                    continue;
                }
                // Against the one who takes.
                let away = if side == Side::Sell { RoundingStrategy::AwayFromZero } else { RoundingStrategy::ToZero };
                let price = worth.checked_div(size).ok_or_else(|| Error::overflow("the price of a band").at("notional"))?;
                let price = price.round_sf_with_strategy(8, away).ok_or_else(|| Error::overflow("the price of a band").at("notional"))?;
                builder.level(instrument, stamps, true, side, num(price)?, num(size)?)?;
            }
        }
        Ok(())
    }
}

fn decimal(number: Num) -> Decimal {
    Decimal::new(number.mantissa(), number.scale().into())
}

fn num(value: Decimal) -> Result<Num> {
    Num::parse(value.to_string().as_bytes())
}
