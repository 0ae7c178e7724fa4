//! What equity is made of between two changes of balances, so that it costs an addition per mark to look at.

use crate::valuation::Valuation;
use haggle_model::{AssetId, Balance, InstrumentId, Position, to_f64};

/// Equity, taken apart: what no mark changes, what counts at one mark, and what needs an inverse mark or two.
#[derive(Clone, Debug, Default)]
pub struct Exposure {
    /// In the reporting asset.
    cash: f64,
    /// Quantities that count at an instrument's mark.
    marked: Vec<(InstrumentId, f64)>,
    /// Balances that are worth something only by an inverse mark or through another asset.
    distant: Vec<(AssetId, f64)>,
    /// The same of cash-settled positions: quantity and cost.
    distant_positions: Vec<(InstrumentId, f64, f64)>,
}

impl Exposure {
    /// Takes balances (by asset) and positions (by instrument, with whether they are settled in cash) apart.
    pub fn take<'a>(&mut self, totals: &[f64], positions: impl Iterator<Item = (bool, &'a Position)>, valuation: &Valuation) {
        self.cash = 0.0;
        self.marked.clear();
        self.distant.clear();
        self.distant_positions.clear();
        for (asset, total) in totals.iter().enumerate().filter(|(_, total)| **total != 0.0) {
            match valuation.assets[asset].as_deref() {
                None => {}
                Some([]) => self.cash += total,
                Some([(instrument, false)]) => self.marked.push((*instrument, *total)),
                Some(_) => self.distant.push((AssetId(asset as u16), *total)),
            }
        }
        for (at, (_, position)) in positions.enumerate().filter(|(_, (is_cash, position))| *is_cash && !position.quantity.is_zero()) {
            let id = InstrumentId(at as u16);
            let (quantity, cost) = (to_f64(position.quantity), to_f64(position.cost));
            match valuation.assets[valuation.quote_of(id).index()].as_deref() {
                Some([]) => {
                    self.cash -= cost;
                    self.marked.push((id, quantity));
                }
                _ => self.distant_positions.push((id, quantity, cost)),
            }
        }
    }

    /// The worth of it all at these marks; NaN before the first of one that counts.
    #[inline]
    pub fn worth(&self, valuation: &Valuation, mark: impl Fn(InstrumentId) -> f64) -> f64 {
        let near = self.marked.iter().fold(self.cash, |worth, (instrument, quantity)| worth + quantity * mark(*instrument));
        if self.distant.is_empty() && self.distant_positions.is_empty() { near } else { near + self.distant_worth(valuation, mark) }
    }

    /// Where one instrument's mark is all that counts, equity is a line over it: `cash + quantity x mark`.
    pub fn line(&self) -> Option<(f64, f64)> {
        let (first, _) = *self.marked.first()?;
        let is_one = self.marked.iter().all(|(instrument, _)| *instrument == first);
        let is_near = self.distant.is_empty() && self.distant_positions.is_empty();
        (is_one && is_near).then(|| (self.cash, self.marked.iter().map(|(_, quantity)| quantity).sum()))
    }

    #[cold]
    fn distant_worth(&self, valuation: &Valuation, mark: impl Fn(InstrumentId) -> f64) -> f64 {
        let balances = self.distant.iter().fold(0.0, |worth, (asset, total)| worth + valuation.worth_f64(*asset, *total, &mark));
        self.distant_positions.iter().fold(balances, |worth, (instrument, quantity, cost)| {
            worth + valuation.worth_f64(valuation.quote_of(*instrument), quantity * mark(*instrument) - cost, &mark)
        })
    }
}

/// Equity in the reporting asset of one who holds these balances (by asset) and positions (by instrument, with whether they are settled
/// in cash): to the digit what an engine counts. NaN before the first of a mark that counts.
pub fn equity_of<'a>(
    balances: &[Balance],
    positions: impl Iterator<Item = (bool, &'a Position)>,
    valuation: &Valuation,
    mark: impl Fn(InstrumentId) -> f64,
) -> f64 {
    let totals: Vec<f64> = balances.iter().map(|balance| to_f64(balance.total)).collect();
    let mut exposure = Exposure::default();
    exposure.take(&totals, positions, valuation);
    exposure.worth(valuation, mark)
}
