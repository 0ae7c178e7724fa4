//! Whether numbers of one instrument have room beside each other: all are counted in the increment of the most precise one.

use crate::num::{COUNT_LIMIT, Num};
use haggle_model::{Error, POWERS_OF_TEN};

/// What the numbers so far need.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Range {
    /// Decimals of the most precise one.
    scale: u8,
    /// The largest one, in units of its last decimal.
    most: i64,
}

/// A number without room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Misfit {
    number: Num,
    range: Range,
}

impl Range {
    /// Takes a number (not below zero). Errors: where it and the others do not fit.
    #[inline]
    pub fn take(&mut self, number: Num) -> Result<(), Misfit> {
        let misfit = Misfit { number, range: *self };
        let scale = number.scale_beyond(self.scale);
        if scale > self.scale {
            let up = POWERS_OF_TEN[usize::from(scale - self.scale)];
            self.most = self.most.checked_mul(up).filter(|most| *most <= COUNT_LIMIT).ok_or(misfit)?;
            self.scale = scale;
        }
        self.most = self.most.max(number.count(scale).ok_or(misfit)?);
        Ok(())
    }
}

impl Misfit {
    /// The error of the field with this path.
    #[cold]
    pub fn error(self, symbol: &str, path: &str) -> Error {
        let Self { number, range } = self;
        let others = if number.scale() > range.scale {
            format!("beside {}", Num::from_parts(range.most, range.scale))
        } else {
            format!("beside another one with {} decimals", range.scale)
        };
        Error::overflow(&format!("the {path} {number} of {symbol} {others}")).at(path).hint(
            "round the data to the venue's tick and lot size: decimals: 'round' takes off the noise of floats, and all beyond eight decimals",
        )
    }
}
