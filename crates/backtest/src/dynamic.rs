//! Reads what differs from run to run. The field names are those of the TypeScript API.

use crate::prepare::Prepared;
use crate::signals::{SignalArray, is_signals, read_signals};
use haggle_engine::{Native, RiskLimits, from_parameters};
use haggle_model::read::Field;
use haggle_model::{Decimal, Result};

/// Which strategy trades.
#[derive(Clone, Debug)]
pub enum StrategyChoice {
    /// None: nothing trades, and a warning says so.
    None,
    /// One that comes with the engine.
    Native(Box<Native>),
    /// One that the caller brings.
    Foreign,
}

/// What differs from run to run.
#[derive(Clone, Debug)]
pub struct Dynamic {
    /// Id of the run, and of its strategy.
    pub id: String,
    /// Which strategy trades.
    pub strategy: StrategyChoice,
    /// Risk-free return of a year, as a fraction.
    pub risk_free_return: Decimal,
    /// What orders are held against before they leave.
    pub risk: Option<RiskLimits>,
    /// Seed of everything random.
    pub seed: u64,
}

/// Reads a risk-free return of a year, as a fraction.
pub fn read_risk_free_return(field: &Field<'_>) -> Result<Decimal> {
    let rate = field.decimal()?;
    if rate <= Decimal::NEGATIVE_ONE || rate >= Decimal::from(10) {
        return Err(field.error(format!("a risk-free return of {rate} a year makes no sense")).hint("'0.05' is 5 % a year"));
    }
    Ok(rate)
}

impl Dynamic {
    /// Reads `BacktestArgsDynamic`; a JavaScript strategy stands there as the text `javascript`.
    pub fn read(field: &Field<'_>) -> Result<Self> {
        Self::read_by(field, from_parameters)
    }

    /// The same over market data, so that the strategy may be signals; `arrays` are theirs.
    pub fn read_over(field: &Field<'_>, prepared: &Prepared, arrays: &[SignalArray<'_>]) -> Result<Self> {
        Self::read_by(
            field,
            |strategy| if is_signals(strategy) { read_signals(strategy, prepared, arrays) } else { from_parameters(strategy) },
        )
    }

    fn read_by(field: &Field<'_>, read_native: impl FnOnce(&Field<'_>) -> Result<Native>) -> Result<Self> {
        let object = field.object()?;
        let strategy = match object.get("strategy") {
            None => StrategyChoice::None,
            Some(field) if field.value.as_str() == Some("javascript") => StrategyChoice::Foreign,
            Some(field) => StrategyChoice::Native(Box::new(read_native(&field)?)),
        };
        let risk_free_return = object.get("riskFreeReturn").map_or(Ok(Decimal::ZERO), |field| read_risk_free_return(&field))?;
        let risk = object.get("risk").map(|field| RiskLimits::read(&field)).transpose()?;
        let dynamic = Self {
            id: object.get("id").map_or(Ok("backtest"), |field| field.text())?.to_owned(),
            strategy,
            risk_free_return,
            risk,
            seed: object.get("seed").map_or(Ok(0), |field| field.count())?,
        };
        object.finish()?;
        Ok(dynamic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_model::read::parse;

    #[test]
    fn bad_fields_are_named() {
        for (text, path) in [
            (r#"{"riskFreeReturn":"-1"}"#, "riskFreeReturn"),
            (r#"{"strategy":{"native":"smaCros"}}"#, "strategy.native"),
            (r#"{"strategy":{"native":"smaCross","fast":20,"slow":10}}"#, "strategy.fast"),
            (r#"{"seed":-1}"#, "seed"),
        ] {
            let error = Dynamic::read(&Field::root(&parse(text).expect("json"))).expect_err(text);
            assert_eq!(error.path, path, "{text}");
        }
    }
}
