//! The queue ahead of a resting order.

use crate::exchange::Exchange;
use crate::order::Ahead;
use haggle_model::{QueueModel, Side};

/// `ahead^n / (ahead^n + behind^n)` of `decrease`, rounded down. In f64 by multiplication only, so every machine agrees.
pub(crate) fn share_ahead(decrease: i64, ahead: i64, behind: i64, power: u32) -> i64 {
    let raise = |value: i64| (0..power).fold(1.0, |product, _| product * value as f64);
    let (ahead_n, behind_n) = (raise(ahead), raise(behind.max(0)));
    if ahead_n <= 0.0 {
        return 0;
    }
    ((decrease as f64 * (ahead_n / (ahead_n + behind_n))) as i64).min(decrease)
}

impl Exchange {
    /// The queue a new order at `price` finds: the displayed size if it joins the best, nothing if it betters it, unknown
    /// if it is behind. In a book: what its level shows, nothing where there is no level, unknown beyond the last one.
    pub(crate) fn queue_at(&self, market: usize, side: Side, price: i64) -> Ahead {
        if let Some(book) = &self.markets[market].book {
            return book.queue(side, price);
        }
        match self.markets[market].quote.side(side) {
            Some((best, size)) if best == price => Some(size),
            Some((best, _)) if !side.opposite().better(price, best) => None,
            _ => Some(0),
        }
    }

    /// Moves the queues of resting orders on `side` from the old best to the new one.
    #[allow(clippy::inline_always, reason = "once a quote while an order works: as calls these cost it a tenth more")]
    #[inline(always)]
    pub(crate) fn requeue(&mut self, market: usize, side: Side, old: Option<(i64, i64)>, new: Option<(i64, i64)>) {
        let Some((best, size)) = new else { return };
        let market = &self.markets[market];
        for rest in &market.resting[side as usize] {
            if rest.price != best {
                continue;
            }
            let order = self.orders.get_mut(rest.slot);
            order.ahead = match (order.ahead, self.execution.fills.queue) {
                (None, _) => Some(size),
                (Some(ahead), QueueModel::Probabilistic(power)) => {
                    let before = old.filter(|(price, _)| *price == best).map_or(size, |(_, size)| size);
                    let decrease = (before - size - market.traded[side as usize]).max(0);
                    // There cannot be more ahead than is shown.
                    Some((ahead - share_ahead(decrease, ahead, before - ahead, power)).clamp(0, size))
                }
                (known, QueueModel::RiskAverse | QueueModel::None) => known,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::share_ahead;

    #[test]
    fn shares_grow_with_the_power() {
        assert_eq!(share_ahead(100, 300, 100, 1), 75);
        assert_eq!(share_ahead(100, 300, 100, 2), 90);
        assert_eq!(share_ahead(100, 0, 100, 1), 0);
        assert_eq!(share_ahead(100, 300, 0, 3), 100);
    }
}
