//! What a balance is worth in the reporting asset: by a direct or inverse mark, else through one other asset.

use haggle_model::{AccountKind, AssetId, Decimal, Error, Exact, InstrumentId, Result, System};

/// One or two marks that lead from an asset to the reporting asset; true stands for the inverse.
pub type Path = Vec<(InstrumentId, bool)>;

/// How every asset and instrument counts in the reporting asset.
#[derive(Clone, Debug)]
pub struct Valuation {
    /// Its name.
    pub reporting_asset: String,
    /// By asset: its path (empty: it is the reporting asset), or `None` where there is none and the asset is left out.
    pub assets: Vec<Option<Path>>,
    /// By instrument: whether its position is settled in cash, and so counts by its profit.
    pub cash_settled: Vec<bool>,
    quotes: Vec<AssetId>,
}

impl Valuation {
    /// Finds the paths; `marked` says which instruments ever have a mark.
    pub fn new(system: &System, reporting_asset: &str, marked: &[bool]) -> Result<Self> {
        let reporting = reporting_asset.to_uppercase();
        if !system.assets.iter().any(|asset| asset.name == reporting) {
            return Err(Error::unknown("asset", &reporting, system.assets.iter().map(|asset| asset.name.as_str())).at("reportingAsset"));
        }
        let name = |asset: AssetId| system.assets[asset.index()].name.as_str();
        // Every hop from one asset name to another, in config order.
        let hops: Vec<(&str, &str, (InstrumentId, bool))> = (0..)
            .zip(&system.instruments)
            .filter(|(at, _)| marked[usize::from(*at)])
            .flat_map(|(at, instrument)| {
                let (base, quote) = (name(instrument.base), name(instrument.quote));
                [(base, quote, (InstrumentId(at), false)), (quote, base, (InstrumentId(at), true))]
            })
            .collect();
        let path = |from: &str| -> Option<Path> {
            if from == reporting {
                return Some(Path::new());
            }
            let direct = hops.iter().find(|(a, b, _)| *a == from && *b == reporting).map(|(_, _, hop)| vec![*hop]);
            direct.or_else(|| {
                hops.iter().filter(|(a, _, _)| *a == from).find_map(|(_, via, first)| {
                    hops.iter().find(|(a, b, _)| a == via && *b == reporting).map(|(_, _, second)| vec![*first, *second])
                })
            })
        };
        Ok(Self {
            assets: system.assets.iter().map(|asset| path(&asset.name)).collect(),
            cash_settled: system
                .instruments
                .iter()
                .map(|instrument| system.exchanges[instrument.exchange.index()].execution.account == AccountKind::CashSettled)
                .collect(),
            quotes: system.instruments.iter().map(|instrument| instrument.quote).collect(),
            reporting_asset: reporting,
        })
    }

    /// The worth of `amount` of an asset at these marks, by instrument. Divisions (inverse marks) round at 28 digits.
    pub fn worth(&self, asset: AssetId, amount: Decimal, marks: &[Option<Decimal>]) -> Result<Option<Decimal>> {
        Ok(self.worth_exact(asset, amount.into(), marks)?.map(Decimal::from))
    }

    /// The same, for those who go on from there.
    #[inline]
    pub fn worth_exact(&self, asset: AssetId, amount: Exact, marks: &[Option<Decimal>]) -> Result<Option<Exact>> {
        let Some(path) = &self.assets[asset.index()] else { return Ok(None) };
        let mut worth = amount;
        for (instrument, is_inverse) in path {
            let Some(mark) = marks[instrument.index()] else { return Ok(None) };
            let next = if *is_inverse { Decimal::from(worth).checked_div(mark).map(Exact::from) } else { worth.times(mark.into()) };
            worth = next.ok_or_else(|| Error::overflow("the value of a balance"))?;
        }
        Ok(Some(worth))
    }

    /// The same in f64, for what a strategy looks at. NaN marks make it NaN.
    pub fn worth_f64(&self, asset: AssetId, amount: f64, mark: impl Fn(InstrumentId) -> f64) -> f64 {
        let Some(path) = &self.assets[asset.index()] else { return 0.0 };
        path.iter().fold(amount, |worth, (instrument, is_inverse)| {
            let mark = mark(*instrument);
            if *is_inverse { worth / mark } else { worth * mark }
        })
    }

    /// The asset that an instrument's profits come in.
    pub fn quote_of(&self, instrument: InstrumentId) -> AssetId {
        self.quotes[instrument.index()]
    }
}
