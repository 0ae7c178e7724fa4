//! How often a run asks for memory: never for a market row, and for an order as often as the committed table says.
//!
//! The sample runs once, four times and sixteen times over, so that what belongs to a run and what belongs to a row fall
//! apart. After a change, `HAGGLE_UPDATE_ALLOCATIONS=1 cargo test -p haggle-backtest --test allocations` writes the table
//! anew, and its diff shows what the change costs. Debug and release builds come to the same numbers.

mod common;

use allocation_counter::{AllocationInfo, measure};
use common::{FOREIGN, constant, dynamic};
use haggle_backtest::{Outcome, Prepared, Run, Status, Tiling};
use haggle_data::{Store, sample};
use haggle_engine::{Context, Draft, Halt, HostedStrategy, Interest, Strategy};
use haggle_model::time::SECOND;
use haggle_model::{OrderNumber, Side, Size, Trade};
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};
use std::{env, fs};

/// Passes over the sample; each number is a multiple of the one before.
const PASSES: [u32; 3] = [1, 4, 16];
/// Events from one order to the next.
const EVERY: u64 = 50;
/// What grows with the samples of equity, each at most by doubling: samples, boundaries of the grid, the steps between them, and falls,
/// which were sums before and are a list since what an instrument is measured against is known at the end.
const COLUMNS: u64 = 4;
/// The table, from this crate's folder.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/allocations.txt");
const UPDATE: &str = "HAGGLE_UPDATE_ALLOCATIONS";

/// Called on every event; sends nothing, or two orders per hundred events: a limit order at the own side's best, then its
/// cancel and a market order to that side, which takes turns.
struct Probe {
    sends: bool,
    events: u64,
    is_selling: bool,
    resting: Option<OrderNumber>,
}

impl Probe {
    fn on_event(&mut self, ctx: &mut Context<'_>) {
        self.events += 1;
        if !self.sends || !self.events.is_multiple_of(EVERY) {
            return;
        }
        let side = if self.is_selling { Side::Sell } else { Side::Buy };
        if self.events.is_multiple_of(2 * EVERY) {
            if let Some(number) = self.resting.take() {
                ctx.cancel(number);
            }
            ctx.submit(Draft::market(ctx.instrument, side, Size::Lots(100)));
            self.is_selling = !self.is_selling;
        } else if ctx.market().quote.bid_size > 0 && ctx.market().quote.ask_size > 0 {
            let price = if self.is_selling { ctx.market().quote.ask } else { ctx.market().quote.bid };
            self.resting = Some(ctx.submit(Draft::limit(ctx.instrument, side, Size::Lots(100), price)));
        }
    }
}

impl HostedStrategy for Probe {}

impl Strategy for Probe {
    fn interest(&self) -> Interest {
        Interest { trades: true, books: true, bars: true }
    }
    fn on_trade(&mut self, ctx: &mut Context<'_>, _trade: &Trade) -> Result<(), Halt> {
        self.on_event(ctx);
        Ok(())
    }
    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.on_event(ctx);
        Ok(())
    }
}

/// What a run asked for, part by part.
struct Measured {
    name: String,
    /// Making it.
    begin: AllocationInfo,
    /// All its events.
    events: AllocationInfo,
    /// Its end, summary and statistics included.
    end: AllocationInfo,
    outcome: Outcome,
}

fn measured(name: &str, grid: &str, passes: u32, sends: bool) -> Measured {
    static STORE: LazyLock<Arc<Store>> = LazyLock::new(|| Arc::new(sample::binance_spot().expect("the sample")));
    let config = format!(
        r#"{{"system":{{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]}},
            "balances":{{"USDT":"1000000000","BTC":"10000","ETH":"100000","SOL":"1000000"}},"sampleInterval":"{grid}"}}"#
    );
    let tiling = Tiling { passes, period: 185 * SECOND };
    let prepared = Arc::new(Prepared::new(constant(&config), Arc::clone(&STORE), tiling).expect("data and config fit"));
    let arguments = dynamic(FOREIGN);
    let (mut run, mut outcome) = (None, None);
    let begin = measure(|| {
        let probe = Probe { sends, events: 0, is_selling: false, resting: None };
        run = Some(Run::new(Arc::clone(&prepared), arguments, probe).expect("a run"));
    });
    let mut run = run.expect("it was made");
    let events = measure(|| while run.advance(10_000).expect("no error") == Status::Running {});
    let end = measure(|| outcome = Some(run.finish().expect("an end")));
    let (outcome, probe) = outcome.expect("it ended");
    assert_eq!((outcome.events, probe.events), (50_000 * u64::from(passes), 50_000 * u64::from(passes)));
    Measured { name: format!("{name}, {passes} x"), begin, events, end, outcome }
}

/// How often a vector of `few` elements grows to hold `many`, where it doubles.
fn doublings(few: usize, many: usize) -> u64 {
    u64::from(many.next_power_of_two().ilog2().saturating_sub(few.max(1).next_power_of_two().ilog2()))
}

#[test]
fn a_market_row_allocates_nothing() {
    // A grid wider than the data: nothing happens in these runs but rows, and a strategy that looks at each.
    let [once, four, sixteen] = PASSES.map(|passes| measured("looks at every row", "1d", passes, false));
    assert_eq!(four.events, once.events);
    assert_eq!(sixteen.events, once.events);
    assert_eq!((four.begin, sixteen.begin), (once.begin, once.begin));
    // The account holds coins: falls between samples are looked for at the end, and their list grows by doubling.
    for (run, passes) in [(&four, 4), (&sixteen, 16)] {
        let more = run.end.count_total - once.end.count_total;
        assert!(more <= doublings(1, passes), "{passes} passes ask {more} times more");
    }
}

#[test]
fn a_sample_of_equity_allocates_nothing_but_the_growth_of_columns() {
    let [once, _, sixteen] = PASSES.map(|passes| measured("looks at every row, equity every second", "1s", passes, false));
    let (few, many) = (once.outcome.equity.len(), sixteen.outcome.equity.len());
    assert!(many > 15 * few, "{few} samples became {many}");
    let growth = COLUMNS * doublings(few, many);
    let more = sixteen.events.count_total - once.events.count_total;
    assert!(more <= growth, "{many} samples instead of {few}: {more} allocations more, where columns grow {growth} times");
}

#[test]
fn the_table_is_what_runs_ask_for() {
    let mut rows = Vec::new();
    for (name, grid, sends) in [
        ("looks at every row", "1d", false),
        ("looks at every row, equity every second", "1s", false),
        ("two orders per 100 rows", "1d", true),
        ("two orders per 100 rows, equity every second", "1s", true),
    ] {
        rows.extend(PASSES.map(|passes| measured(name, grid, passes, sends)));
    }
    let table = table(&rows);
    if env::var_os(UPDATE).is_some() {
        fs::write(TABLE, &table).expect("the table can be written");
    }
    let committed = fs::read_to_string(TABLE).expect("the table is there");
    assert_eq!(table, committed, "\n{table}\nanother number of allocations than {TABLE} has; {UPDATE}=1 writes the new ones");
}

/// Aligned columns; the last one is over the row above: what one more order takes.
fn table(rows: &[Measured]) -> String {
    let mut text = format!(
        "{:<48}{:>9}{:>8}{:>8}{:>8}{:>7}{:>9}{:>7}{:>10}\n",
        "run", "rows", "orders", "fills", "samples", "begin", "events", "end", "an order"
    );
    let mut before: Option<&Measured> = None;
    for row in rows {
        let Outcome { events, orders, fills, equity, .. } = &row.outcome;
        let more = before.filter(|before| before.outcome.orders.len() < orders.len() && !before.outcome.orders.is_empty());
        let each = more.map_or_else(String::new, |before| {
            let allocations = (row.events.count_total - before.events.count_total) as f64;
            format!("{:.3}", allocations / (orders.len() - before.outcome.orders.len()) as f64)
        });
        let line = format!(
            "{:<48}{events:>9}{:>8}{:>8}{:>8}{:>7}{:>9}{:>7}{each:>10}",
            row.name,
            orders.len(),
            fills.len(),
            equity.len(),
            row.begin.count_total,
            row.events.count_total,
            row.end.count_total
        );
        writeln!(text, "{}", line.trim_end()).expect("a text takes it");
        before = Some(row);
    }
    text
}
