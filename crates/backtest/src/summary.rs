//! The summary of a run, in the `snake_case` shape of the JSON.

use crate::account_view::AccountView;
use crate::dynamic::{Dynamic, StrategyChoice};
use crate::equity::Sampler;
use crate::order_counts::OrderCounts;
use crate::outcome::{EquityRow, Outcome};
use crate::recorder::Recorder;
use crate::round_trips::RoundTrip;
use crate::setup::RunSetup;
use crate::warning::Warning;
use haggle_metrics::{
    Boundary, DrawdownRecorder, EquityInput, EquitySample, EquityStatistics, FillInput, FillTotals, Period, SummaryInterval, TradeInput,
    TradeStatistics, drawdown_curve, grid_returns,
};
use haggle_model::time::{DAY, HOUR, MILLISECOND, Nanos, SECOND, to_rfc3339};
use haggle_model::{AssetId, Decimal, InstrumentId, Liquidity, Result, Side, to_f64};
use serde_json::{Map, Value, json};

/// What statistics of one instrument, or of all, are made from.
struct Slice<'a> {
    samples: &'a [EquitySample],
    boundaries: &'a [Boundary],
    drawdown: &'a DrawdownRecorder,
    /// What is added to the samples: they are measured against the capital that the sheet names.
    more: f64,
    round_trips: Vec<&'a RoundTrip>,
    spans: Vec<(Nanos, Nanos)>,
    totals: FillTotals,
    pnl: Decimal,
    fees: Decimal,
}

/// Ends the record of a run.
#[allow(clippy::too_many_arguments, reason = "the parts of a run that is taken apart here, once")]
pub fn report(
    setup: &RunSetup,
    dynamic: &Dynamic,
    account: &impl AccountView,
    recorder: Recorder,
    sampler: &Sampler,
    mut warnings: Vec<Warning>,
    events: u64,
    end: Nanos,
) -> Result<Outcome> {
    if matches!(dynamic.strategy, StrategyChoice::None) {
        warnings.push(Warning { code: "NO_STRATEGY", message: "no strategy was given, so nothing traded".to_owned() });
    }
    let system = &setup.constant.system;
    let count = system.instruments.len();
    let marks: Vec<_> = crate::equity::marks(setup, account).collect();
    let worth = |instrument: InstrumentId, amount: Decimal| -> Result<Decimal> {
        Ok(setup.valuation.worth(setup.valuation.quote_of(instrument), amount, &marks)?.unwrap_or_default())
    };

    let mut instruments = Map::new();
    let all = fill_totals(setup, &recorder, None, &marks);
    let mut all_spans = Vec::new();
    let mut fees = Decimal::ZERO;
    let flat = crate::equity::Curve::default();
    for at in 0..count {
        let id = InstrumentId(at as u16);
        let instrument = &system.instruments[at];
        let totals = fill_totals(setup, &recorder, Some(id), &marks);
        let mut spans = recorder.books[at].spans.clone();
        spans.extend(recorder.books[at].open_since().map(|since| (since, end)));
        all_spans.extend_from_slice(&spans);
        let position = account.position(id);
        let open = marks[at].map_or(Ok(Decimal::ZERO), |mark| account.contract(id).pnl(position, mark.into()).map(Decimal::from))?;
        let fees_here = worth(id, recorder.fees[at])?;
        fees += fees_here;
        let curve = sampler.curves[at].as_ref().unwrap_or(&flat);
        let capital = sampler.start.max(curve.needed);
        let slice = Slice {
            samples: &curve.samples,
            boundaries: &curve.boundaries,
            drawdown: &sampler.falls.instruments[at],
            more: to_f64(capital - sampler.start),
            round_trips: recorder.round_trips.iter().filter(|closed| closed.instrument == id).collect(),
            spans,
            totals,
            pnl: worth(id, recorder.realised[at] + open)?,
            fees: fees_here,
        };
        let mut sheet = tear_sheet(setup, dynamic, sampler, &slice);
        let spec = &setup.market_specs[at];
        let is_dust = !position.quantity.is_zero() && position.quantity.abs() < spec.lot.value();
        sheet.insert("capital".into(), text(capital));
        sheet.insert("pnl_realised".into(), text(worth(id, recorder.realised[at])?));
        sheet.insert("pnl_unrealised".into(), text(worth(id, open)?));
        sheet.insert("position".into(), text(position.quantity));
        sheet.insert("entry_price".into(), text(position.entry_price()));
        sheet.insert("dust".into(), text(if is_dust { position.quantity } else { Decimal::ZERO }));
        sheet.insert("tick_size".into(), text(spec.tick.value()));
        sheet.insert("lot_size".into(), text(spec.lot.value()));
        let is_ambiguous = system.instruments.iter().filter(|other| other.symbol == instrument.symbol).count() > 1;
        let exchange = &system.exchanges[instrument.exchange.index()].name;
        let name = if is_ambiguous { format!("{exchange}:{}", instrument.symbol) } else { instrument.symbol.clone() };
        instruments.insert(name, Value::Object(sheet));
    }
    let portfolio = Slice {
        samples: &sampler.samples,
        boundaries: sampler.boundaries(),
        drawdown: &sampler.falls.portfolio,
        more: 0.0,
        round_trips: recorder.round_trips.iter().collect(),
        spans: all_spans,
        totals: all,
        pnl: sampler.end - sampler.start,
        fees,
    };
    let mut sheet = tear_sheet(setup, dynamic, sampler, &portfolio);
    sheet.insert("start_equity".into(), text(sampler.start));
    sheet.insert("end_equity".into(), text(sampler.end));
    sheet.insert("reporting_asset".into(), setup.valuation.reporting_asset.as_str().into());

    let mut assets = Map::new();
    for (at, asset) in system.assets.iter().enumerate() {
        let books = account.books(AssetId(at as u16));
        let balance = |total: Decimal, free: Decimal| record([("total", text(total)), ("free", text(free))]).into();
        let entry = record([
            ("balance_start", balance(books.start, books.start)),
            ("balance_end", balance(books.total, books.total - books.locked)),
            ("fees", text(books.fees)),
            ("venue", text(books.venue)),
        ]);
        assets.insert(format!("{}:{}", system.exchanges[asset.exchange.index()].name, asset.name), entry.into());
    }
    let start = sampler.samples.first().map_or(end, |sample| sample.time_ns);
    let result_hash = recorder.hash.clone().finish(system, account);
    let trading_summary = record([
        ("time_engine_start", to_rfc3339(start).into()),
        ("time_engine_end", to_rfc3339(end).into()),
        ("portfolio", sheet.into()),
        ("instruments", instruments.into()),
        ("assets", assets.into()),
    ]);
    let counts = OrderCounts::of(&recorder.orders);
    warnings.extend(counts.warning());
    let warning = |warning: &Warning| json!({ "code": warning.code, "message": warning.message });
    let summary = record([
        ("id", dynamic.id.as_str().into()),
        ("risk_free_return", text(dynamic.risk_free_return)),
        ("seed", dynamic.seed.into()),
        ("result_hash", result_hash.as_str().into()),
        ("data_hash", setup.data_hash.as_str().into()),
        ("config_hash", setup.config_hash.as_str().into()),
        ("version", crate::VERSION.into()),
        ("trading_summary", trading_summary.into()),
        ("order_counts", counts.to_json()),
        ("warnings", warnings.iter().map(warning).collect()),
        ("defaults", setup.defaults.clone()),
        ("events", events.into()),
    ]);
    let drawdowns = drawdown_curve(&sampler.samples);
    let equity =
        sampler.samples.iter().zip(drawdowns).map(|(sample, drawdown)| EquityRow { time: sample.time_ns, value: sample.equity, drawdown });
    Ok(Outcome {
        equity: equity.collect(),
        fills: recorder.fills,
        orders: recorder.orders,
        closed_trades: recorder.round_trips,
        result_hash,
        events,
        summary: summary.into(),
    })
}

fn text(value: Decimal) -> Value {
    value.normalize().to_string().into()
}

fn fill_totals(setup: &RunSetup, recorder: &Recorder, only: Option<InstrumentId>, marks: &[Option<Decimal>]) -> FillTotals {
    let mut totals = FillTotals::default();
    for fill in recorder.fills.iter().filter(|fill| only.is_none_or(|id| id == fill.instrument)) {
        let spec = &setup.market_specs[fill.instrument.index()];
        let quote = setup.valuation.quote_of(fill.instrument);
        let rate = setup.valuation.worth_f64(quote, 1.0, |id| marks[id.index()].map_or(f64::NAN, to_f64));
        totals.add(&FillInput {
            side: if fill.side == Side::Buy { haggle_metrics::Side::Buy } else { haggle_metrics::Side::Sell },
            liquidity: if fill.liquidity == Liquidity::Maker { haggle_metrics::Liquidity::Maker } else { haggle_metrics::Liquidity::Taker },
            price: spec.tick.f64(fill.price) * rate,
            quantity: spec.lot.f64(fill.quantity),
            fee: to_f64(fill.fee_quote) * rate,
            arrival_mid: fill.mark.map(|mark| mark * rate),
        });
    }
    totals
}

fn tear_sheet(setup: &RunSetup, dynamic: &Dynamic, sampler: &Sampler, slice: &Slice<'_>) -> Map<String, Value> {
    let trades: Vec<TradeInput> = slice
        .round_trips
        .iter()
        .map(|closed| TradeInput {
            pnl: to_f64(closed.pnl),
            pnl_return: closed.pnl_return,
            holding_ns: closed.exit_time - closed.entry_time,
        })
        .collect();
    let returns = grid_returns(&sampler.grid_samples(slice.samples, slice.boundaries, slice.more));
    let interval = setup.constant.summary_interval;
    let lifted: Vec<EquitySample>;
    let samples = if slice.more > 0.0 {
        lifted = slice.samples.iter().map(|sample| EquitySample { equity: sample.equity + slice.more, ..*sample }).collect();
        &lifted
    } else {
        slice.samples
    };
    let equity = EquityStatistics::compute(&EquityInput {
        samples,
        drawdown: slice.drawdown.summary(slice.more),
        marks_ns: sampler.rows_span(),
        returns: &returns,
        returns_per_year: setup.constant.returns_per_year,
        summary_interval: interval,
        risk_free_return: to_f64(dynamic.risk_free_return),
        position_spans_ns: &slice.spans,
        fills: &slice.totals,
    });
    let trade = TradeStatistics::compute(&trades, &slice.totals);
    let ratio = |value: Option<f64>, interval: &str| {
        value.map_or(Value::Null, |value| record([("value", number(value)), ("interval", interval.into())]).into())
    };
    let named = interval_name(interval);
    let value = |value: Option<f64>| value.map_or(Value::Null, number);
    let millis = |nanos: Option<f64>| value(nanos.map(|nanos| nanos / MILLISECOND as f64));
    let time = |nanos: Option<i64>| nanos.map_or(Value::Null, |nanos| to_rfc3339(nanos).into());
    let max_drawdown = equity.max_drawdown.map_or(Value::Null, |depth| {
        let (start, end) = equity.max_drawdown_span_ns.unzip();
        record([("value", number(depth)), ("time_start", time(start)), ("time_end", time(end))]).into()
    });
    record([
        ("pnl", text(slice.pnl)),
        ("fees", text(slice.fees)),
        ("pnl_return", value(equity.total_return)),
        ("total_return", value(equity.total_return)),
        ("sharpe_ratio", ratio(equity.sharpe_ratio, &named)),
        ("sortino_ratio", ratio(equity.sortino_ratio, &named)),
        ("calmar_ratio", ratio(equity.calmar_ratio, "Annual(365)")),
        ("pnl_drawdown", value(equity.drawdown)),
        ("pnl_drawdown_max", max_drawdown),
        ("max_drawdown_duration_ms", millis(equity.max_drawdown_duration_ns.map(|nanos| nanos as f64))),
        (
            "pnl_drawdown_mean",
            equity.mean_drawdown.map_or(Value::Null, |mean| {
                record([("mean_drawdown", number(mean)), ("mean_drawdown_ms", millis(equity.mean_drawdown_duration_ns))]).into()
            }),
        ),
        ("longest_drawdown_duration_ms", millis(equity.longest_drawdown_duration_ns.map(|nanos| nanos as f64))),
        ("win_rate", value(trade.win_rate)),
        ("profit_factor", value(trade.profit_factor)),
        ("gross_profit", number(trade.gross_profit)),
        ("gross_loss", number(trade.gross_loss)),
        ("closed_trades", trade.closed_trades.into()),
        ("winning_trades", trade.winning_trades.into()),
        ("losing_trades", trade.losing_trades.into()),
        ("fills", slice.totals.fills.into()),
        ("cagr", value(equity.cagr)),
        ("annual_return", value(equity.annual_return)),
        ("volatility", value(equity.volatility)),
        ("value_at_risk", value(equity.value_at_risk)),
        ("conditional_value_at_risk", value(equity.conditional_value_at_risk)),
        ("skewness", value(equity.skewness)),
        ("excess_kurtosis", value(equity.excess_kurtosis)),
        ("alpha", value(equity.alpha)),
        ("beta", value(equity.beta)),
        ("exposure", value(equity.exposure)),
        ("turnover", value(equity.turnover)),
        ("slippage", value(equity.slippage)),
        ("slippage_paid", number(trade.slippage_paid)),
        ("maker_share", value(trade.maker_share)),
        ("expectancy", value(trade.expectancy)),
        ("average_win", value(trade.average_win)),
        ("average_loss", value(trade.average_loss)),
        ("best_trade", value(trade.best_trade)),
        ("worst_trade", value(trade.worst_trade)),
        ("average_trade_return", value(trade.average_trade_return)),
        ("best_trade_return", value(trade.best_trade_return)),
        ("worst_trade_return", value(trade.worst_trade_return)),
        ("mean_holding_ms", millis(trade.mean_holding_ns)),
        ("max_holding_ms", millis(trade.max_holding_ns.map(|nanos| nanos as f64))),
        ("system_quality_number", value(trade.system_quality_number)),
        ("kelly_fraction", value(trade.kelly_fraction)),
        ("returns", equity.returns.into()),
        ("returns_per_year", value(equity.returns_per_year)),
        ("sample_interval", period_name(equity.sample_interval).into()),
    ])
}

/// An object of these fields, in this order. (`json!` would copy every value through its serializer.)
fn record<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn interval_name(interval: SummaryInterval) -> String {
    match interval {
        SummaryInterval::Daily => "Daily".to_owned(),
        SummaryInterval::Annual252 => "Annual(252)".to_owned(),
        SummaryInterval::Annual365 => "Annual(365)".to_owned(),
        SummaryInterval::Duration(period) => period_name(period),
    }
}

/// A period in its largest whole unit: `1d`, `90s`.
fn period_name(period: Period) -> String {
    let nanos = period.nanoseconds();
    let units = [(DAY, "d"), (HOUR, "h"), (60 * SECOND, "m"), (SECOND, "s"), (MILLISECOND, "ms")];
    let (unit, name) = units.into_iter().find(|(unit, _)| nanos % unit == 0).unwrap_or((1, "ns"));
    format!("{}{name}", nanos / unit)
}
