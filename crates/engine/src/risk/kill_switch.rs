//! The switch that ends trading once too much of the highest equity is lost.

use super::limits::{DrawdownAction, DrawdownLimit};
use haggle_model::time::{Nanos, to_rfc3339};

/// When and at which equity it tripped.
#[derive(Clone, Copy, Debug)]
pub struct Trip {
    time: Nanos,
    equity: f64,
}

/// Follows the engine's equity.
#[derive(Clone, Debug)]
pub struct KillSwitch {
    limit: DrawdownLimit,
    /// Highest equity seen; NaN before the first.
    peak: f64,
    /// Set once, for good.
    pub trip: Option<Trip>,
}

impl KillSwitch {
    /// A switch before the first look.
    pub const fn new(limit: DrawdownLimit) -> Self {
        Self { limit, peak: f64::NAN, trip: None }
    }

    /// How often it looks by itself.
    pub const fn interval(&self) -> Nanos {
        self.limit.interval
    }

    /// Takes in the equity of now (NaN where it is not known yet); what to do if this is beyond the limit for the first time.
    pub fn look(&mut self, equity: f64, now: Nanos) -> Option<DrawdownAction> {
        if self.trip.is_some() || equity.is_nan() {
            return None;
        }
        if self.peak.is_nan() || equity > self.peak {
            self.peak = equity;
        }
        // A loss of exactly the limit is not beyond it.
        if self.peak - equity <= self.limit.max * self.peak {
            return None;
        }
        self.trip = Some(Trip { time: now, equity });
        Some(self.limit.action)
    }

    /// What happened, in a sentence.
    pub fn report(&self) -> Option<String> {
        let Trip { time, equity } = self.trip?;
        let done = match self.limit.action {
            DrawdownAction::Cancel => "open orders were cancelled",
            DrawdownAction::Close => "open orders were cancelled, positions closed",
        };
        Some(format!(
            "at {} the equity was {equity}, more than {} % below {}: {done}, and trading disabled",
            to_rfc3339(time),
            self.limit.max * 100.0,
            self.peak
        ))
    }
}
