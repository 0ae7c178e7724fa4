//! Reads what all runs of a batch share. The field names are those of the TypeScript API.

use haggle_metrics::{Period, SummaryInterval};
use haggle_model::init::{read_balances, read_system};
use haggle_model::read::{Field, Object};
use haggle_model::{AssetId, Decimal, Error, Result, System, to_f64};

/// What all runs of a batch share.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Exchanges, instruments, how orders fill.
    pub system: System,
    /// What the accounts hold at the start.
    pub balances: Vec<(AssetId, Decimal)>,
    /// Period that ratios are expressed in.
    pub summary_interval: SummaryInterval,
    /// Grid of returns; chosen from the data where it is not given.
    pub sample_interval: Option<Period>,
    /// Returns that make a year; counted from the data where it is not given.
    pub returns_per_year: Option<f64>,
    /// Which moments drawdowns are taken over.
    pub drawdown_on: DrawdownOn,
    /// What equity is counted in.
    pub reporting_asset: String,
    /// Whether positions are traded away at the last row.
    pub close_at_end: bool,
}

/// Which moments drawdowns are taken over, beside fills and the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrawdownOn {
    /// While something is held, the close and the adverse extreme of every bar, and each second of ticks.
    #[default]
    Marks,
    /// The closes of bars, as published tables have it.
    Closes,
}

impl Constant {
    /// Reads `BacktestArgsConstant` without its market data.
    pub fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let system = read_system(&object.need("system")?)?;
        let balances = match object.get("balances") {
            Some(field) => read_balances(&field, &system)?,
            None => system.balances.clone(),
        };
        if balances.iter().all(|(_, amount)| amount.is_zero()) {
            let quote = &system.assets[system.instruments[0].quote.index()].name;
            return Err(Error::argument("balances", "the account holds nothing, so nothing can trade")
                .hint(format!("balances: {{ {quote}: 10_000 }}")));
        }
        let reporting_asset = match object.get("reportingAsset") {
            Some(field) => {
                let name = field.text()?.to_uppercase();
                let known = system.assets.iter().map(|asset| asset.name.as_str());
                if known.clone().all(|known| known != name) {
                    return Err(Error::unknown("asset", &name, known).at(field.path));
                }
                name
            }
            None => system.assets[system.instruments[0].quote.index()].name.clone(),
        };
        let constant = Self {
            balances,
            summary_interval: read_summary_interval(&object)?,
            sample_interval: object.get("sampleInterval").map(|field| read_period(&field)).transpose()?,
            returns_per_year: object.get("returnsPerYear").map(|field| read_returns_per_year(&field)).transpose()?,
            drawdown_on: object.get("drawdownOn").map_or(Ok(DrawdownOn::Marks), |field| read_drawdown_on(&field))?,
            reporting_asset,
            close_at_end: object.get("closeAtEnd").map_or(Ok(false), |field| field.bool())?,
            system,
        };
        object.finish()?;
        Ok(constant)
    }
}

fn read_period(field: &Field<'_>) -> Result<Period> {
    Period::new(field.duration()?).ok_or_else(|| field.error("expected a duration above zero"))
}

fn read_returns_per_year(field: &Field<'_>) -> Result<f64> {
    let number = to_f64(field.decimal()?);
    if number > 0.0 { Ok(number) } else { Err(field.error("expected a number above zero").hint("252 for the trading days of a year")) }
}

fn read_drawdown_on(field: &Field<'_>) -> Result<DrawdownOn> {
    match field.text()? {
        "marks" => Ok(DrawdownOn::Marks),
        "closes" => Ok(DrawdownOn::Closes),
        _ => Err(field
            .error("expected 'marks' or 'closes'")
            .hint("'marks' counts the extremes of bars while a position is open, 'closes' their closes alone, as published tables do")),
    }
}

fn read_summary_interval(object: &Object<'_>) -> Result<SummaryInterval> {
    let Some(field) = object.get("summaryInterval") else { return Ok(SummaryInterval::Annual365) };
    match field.value.as_str() {
        Some("Daily") => Ok(SummaryInterval::Daily),
        Some("Annual252") => Ok(SummaryInterval::Annual252),
        Some("Annual365") => Ok(SummaryInterval::Annual365),
        _ => read_period(&field)
            .map(SummaryInterval::Duration)
            .map_err(|error| error.hint("write 'Daily', 'Annual252', 'Annual365', or a duration like '7d'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_model::read::parse;

    fn constant(text: &str) -> Result<Constant> {
        Constant::read(&Field::root(&parse(text)?))
    }

    #[test]
    fn bad_fields_are_named() {
        let system = r#""system":{"instruments":["BTC/USDT"]}"#;
        for (text, path) in [
            (r#"{"balances":{"USDT":1}}"#.to_owned(), "system"),
            (format!("{{{system}}}"), "balances"),
            (format!(r#"{{{system},"balances":{{"USDT":"a lot"}}}}"#), "balances.USDT"),
            (format!(r#"{{{system},"balances":{{"USDT":-1}}}}"#), "balances.USDT"),
            (format!(r#"{{{system},"balances":{{"USTD":1}}}}"#), "balances.USTD"),
            (format!(r#"{{{system},"balances":{{"USDT":1}},"summaryInterval":"Weekly"}}"#), "summaryInterval"),
            (format!(r#"{{{system},"balances":{{"USDT":1}},"sampleInterval":0}}"#), "sampleInterval"),
            (format!(r#"{{{system},"balances":{{"USDT":1}},"returnsPerYear":0}}"#), "returnsPerYear"),
            (format!(r#"{{{system},"balances":{{"USDT":1}},"drawdownOn":"lows"}}"#), "drawdownOn"),
            (format!(r#"{{{system},"balances":{{"USDT":1}},"reportingAsset":"EUR"}}"#), "reportingAsset"),
            (format!(r#"{{{system},"balances":{{"USDT":1}},"closeAtEnds":true}}"#), "closeAtEnds"),
        ] {
            assert_eq!(constant(&text).expect_err(&text).path, path, "{text}");
        }
    }
}
