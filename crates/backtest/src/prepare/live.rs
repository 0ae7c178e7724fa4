//! The setup without data, as a live system has it: grids and filters come from the config alone.

use super::join::spec_of;
use super::warn::warnings;
use crate::clock::Tiling;
use crate::config_hash::config_hash;
use crate::constant::Constant;
use crate::defaults::defaults;
use crate::setup::{RunSetup, lay_out};
use haggle_data::LoadReport;
use haggle_engine::Valuation;
use haggle_exchange::Legs;
use haggle_metrics::Period;
use haggle_model::time::NEVER;
use haggle_model::{Code, Decimal, Error, Result};

/// Decimals of prices and quantities where the config does not say what ticks and lots are.
const SCALE_DEFAULT: u32 = 8;
/// Decimals that an exact product may have.
const DIGITS_MAX: u32 = 28;

impl RunSetup {
    /// What is known before any market data has come. Prices and quantities have eight decimals where the config has no tick or lot;
    /// what an instrument's data consist of shows in the rows; equity is sampled every second unless the config says otherwise.
    ///
    /// Errors: `OVERFLOW` with the instrument's path where exact products could need more than 28 digits.
    pub fn live(constant: Constant) -> Result<Self> {
        let mut given = constant.clone();
        let finest = Decimal::new(1, SCALE_DEFAULT);
        for instrument in &mut given.system.instruments {
            instrument.filters.tick_size.get_or_insert(finest);
            instrument.filters.lot_size.get_or_insert(finest);
        }
        let count = constant.system.instruments.len();
        let spec = |at: usize| spec_of(&given, at, None).map_err(|error| error.at(format!("system.instruments[{at}]")));
        let specs = (0..count).map(spec).collect::<Result<Vec<_>>>()?;
        let (places, specs, market_specs) = lay_out(&constant, specs);
        let largest = constant.balances.iter().map(|(_, amount)| amount.trunc().normalize().to_string().len() as u32).max().unwrap_or(1);
        for (at, spec) in market_specs.iter().enumerate() {
            let fees = &constant.system.exchanges[places[at].exchange].execution.fees;
            let rate = [fees.maker, fees.taker, fees.per_contract].iter().map(|rate| rate.normalize().scale()).max().unwrap_or(0);
            let decimals = spec.tick.scale() + spec.lot.scale() + rate;
            if decimals + largest > DIGITS_MAX {
                let message = format!("exact values need {decimals} decimals and {largest} integer digits, and only {DIGITS_MAX} fit");
                return Err(Error::new(Code::Overflow, message)
                    .at(format!("system.instruments[{at}]"))
                    .hint("set a coarser tickSize or lotSize"));
            }
        }
        for exchange in &constant.system.exchanges {
            Legs::new(exchange.execution.latency, false, 0, 0)?;
        }
        let mut setup = Self {
            places,
            last_times: vec![NEVER; specs.len()],
            specs,
            is_arrival: false,
            rows: None,
            bar_periods: vec![None; count],
            market_specs,
            valuation: Valuation::new(&constant.system, &constant.reporting_asset, &vec![true; count])?,
            first_marks: vec![None; count],
            grid: constant.sample_interval.unwrap_or(Period::SECOND),
            warnings: Vec::new(),
            data_hash: String::new(),
            config_hash: config_hash(&constant, Tiling::ONCE),
            defaults: defaults(&constant.system, false),
            constant,
        };
        setup.warnings = warnings(&setup, &LoadReport::default());
        Ok(setup)
    }
}
