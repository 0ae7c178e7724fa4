//! What a random stream is made of. Prices stay in a narrow band and sizes small, so that orders meet.

use haggle_model::{
    AccountKind, Bar, BarFill, BarPath, BookLevel, Decimal, Depth, Execution, FeeAsset, Feed, OrderKind, QueueModel, Quote, SelfTrade,
    Side, Size, Slippage,
};
use proptest::prelude::*;

/// How long an order works, by steps of the stream.
#[derive(Clone, Copy, Debug)]
pub enum Works {
    Cancelled,
    Immediate,
    Whole,
    Steps(i64),
}

/// A new order; its number is the count of orders before it.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    pub side: Side,
    pub kind: OrderKind,
    pub size: Size,
    pub price: i64,
    pub works: Works,
    pub post_only: bool,
    pub reduce_only: bool,
}

/// One step of a stream.
#[derive(Clone, Debug)]
pub enum Step {
    Quote(Quote),
    /// Bids and asks, and whether they are all there is.
    Book(Vec<BookLevel>, Vec<BookLevel>, bool),
    Print(Side, i64, i64),
    Gap,
    BarOpen(Bar),
    /// Closes the bar that was opened last.
    BarClose,
    /// The fee asset's own market.
    FeeQuote(i64),
    Open(Draft),
    /// Cancels the order with this number, modulo one more than there are.
    Cancel(u32),
    Amend(u32, Option<i64>, Option<i64>),
    /// The next request comes at the same instant as the row before.
    SameInstant,
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

fn price() -> std::ops::Range<i64> {
    94..106
}

fn quote() -> impl Strategy<Value = Quote> {
    (price(), 0..4i64, 0..9i64, 0..9i64).prop_map(|(bid, spread, bid_size, ask_size)| Quote { bid, bid_size, ask: bid + spread, ask_size })
}

fn levels() -> impl Strategy<Value = Vec<BookLevel>> {
    prop::collection::vec((price(), 0..9i64).prop_map(|(price, size)| BookLevel { price, size }), 0..4)
}

fn bar() -> impl Strategy<Value = Bar> {
    // Mostly enough for an order, now and then nothing.
    let volume = prop_oneof![1 => Just(0i64), 9 => 1..60i64];
    (price(), price(), 0..4i64, 0..4i64, volume).prop_map(|(open, close, up, down, volume)| Bar {
        time_open: 0,
        time_close: 0,
        open,
        high: open.max(close) + up,
        low: open.min(close) - down,
        close,
        volume,
    })
}

fn draft() -> impl Strategy<Value = Draft> {
    let size = prop_oneof![
        8 => (0..12i64).prop_map(Size::Lots),
        1 => (1..1_500i64).prop_map(|amount| Size::Quote(Decimal::new(amount, 0))),
        1 => (1..110i64).prop_map(|share| Size::Equity(Decimal::new(share, 2))),
    ];
    let works = prop_oneof![
        4 => Just(Works::Cancelled),
        1 => Just(Works::Immediate),
        1 => Just(Works::Whole),
        1 => (0..20i64).prop_map(Works::Steps),
    ];
    let kind = prop_oneof![1 => Just(OrderKind::Market), 3 => Just(OrderKind::Limit)];
    (side(), kind, size, price(), works, prop::bool::weighted(0.15), prop::bool::weighted(0.15)).prop_map(
        |(side, kind, size, price, works, post_only, reduce_only)| Draft {
            side,
            kind,
            size,
            price: if kind == OrderKind::Limit { price } else { 0 },
            works: match works {
                Works::Cancelled | Works::Steps(_) if kind == OrderKind::Market => Works::Immediate,
                works => works,
            },
            post_only,
            reduce_only,
        },
    )
}

/// A stream for a feed.
pub fn steps(feed: Feed, count: usize) -> impl Strategy<Value = Vec<Step>> {
    let row = match feed {
        Feed::Book => prop_oneof![
            1 => (levels(), levels()).prop_map(|(bids, asks)| Step::Book(bids, asks, true)),
            4 => (levels(), levels()).prop_map(|(bids, asks)| Step::Book(bids, asks, false)),
            2 => quote().prop_map(Step::Quote),
            4 => (side(), price(), 1..12i64).prop_map(|(side, price, quantity)| Step::Print(side, price, quantity)),
            1 => prop::bool::weighted(0.3).prop_map(|is_gap| if is_gap { Step::Gap } else { Step::SameInstant }),
        ]
        .boxed(),
        Feed::Quotes => prop_oneof![
            4 => quote().prop_map(Step::Quote),
            4 => (side(), price(), 1..12i64).prop_map(|(side, price, quantity)| Step::Print(side, price, quantity)),
            1 => Just(Step::Gap),
        ]
        .boxed(),
        Feed::Trades => (side(), price(), 1..12i64).prop_map(|(side, price, quantity)| Step::Print(side, price, quantity)).boxed(),
        Feed::Bars | Feed::Nothing | Feed::Orders => prop_oneof![bar().prop_map(Step::BarOpen), Just(Step::BarClose)].boxed(),
    };
    let change = |range: std::ops::Range<i64>| prop::option::of(range);
    let step = prop_oneof![
        10 => row,
        8 => draft().prop_map(Step::Open),
        2 => (0..40u32).prop_map(Step::Cancel),
        4 => (0..40u32, change(price()), change(0..12)).prop_map(|(number, price, quantity)| Step::Amend(number, price, quantity)),
        1 => (2..30i64).prop_map(Step::FeeQuote),
        2 => Just(Step::SameInstant),
    ];
    prop::collection::vec(step, 1..count)
}

/// A configuration with every rule varied.
pub fn execution(account: AccountKind) -> impl Strategy<Value = Execution> {
    let rate = prop_oneof![Just(0i64), Just(1), Just(25)];
    let fees = (
        prop_oneof![rate.clone(), Just(-1)],
        rate,
        prop_oneof![
            Just(FeeAsset::Quote),
            Just(FeeAsset::Received),
            Just(FeeAsset::Named("BNB".into())),
            Just(FeeAsset::Named("BTC".into()))
        ],
        prop_oneof![3 => Just(0i64), 1 => Just(7)],
        prop_oneof![3 => Just(0i64), 1 => Just(3)],
    );
    let depth = prop_oneof![
        3 => Just(Depth::Displayed),
        1 => Just(Depth::AllAtBest),
        1 => (1..3i64, 1..3u32).prop_map(|(ticks, levels)| Depth::Walk { ticks, share: Decimal::new(7, 1), levels }),
    ];
    let queue =
        prop_oneof![3 => Just(QueueModel::RiskAverse), 2 => (1..4u32).prop_map(QueueModel::Probabilistic), 1 => Just(QueueModel::None)];
    let slippage =
        prop_oneof![2 => Just(Slippage::Ticks(0)), 1 => Just(Slippage::Ticks(2)), 1 => Just(Slippage::Fraction(Decimal::new(1, 2)))];
    let own = prop_oneof![2 => Just(SelfTrade::ExpireMaker), 1 => Just(SelfTrade::ExpireTaker), 1 => Just(SelfTrade::None)];
    let bars = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let rest = (prop::bool::weighted(0.3), 0..4i64, prop::option::weighted(0.2, 2..20i64), 1..4i64);
    (fees, depth, queue, slippage, own, bars, rest).prop_map(
        move |((maker, taker, charged_in, per_order, per_contract), depth, queue, slippage, self_trade, bars, rest)| {
            let mut execution = Execution { account, leverage: Decimal::from(rest.3), ..Execution::default() };
            let fees = &mut execution.fees;
            (fees.maker, fees.taker, fees.charged_in) = (Decimal::new(maker, 3), Decimal::new(taker, 3), charged_in);
            (fees.per_order, fees.per_contract) = (Decimal::new(per_order, 1), Decimal::new(per_contract, 2));
            let rules = &mut execution.fills;
            (rules.depth, rules.queue, rules.slippage, rules.self_trade) = (depth, queue, slippage, self_trade);
            rules.bar = if bars.0 { BarFill::ThisClose } else { BarFill::NextOpen };
            rules.path = if bars.1 { BarPath::Nearest } else { BarPath::Worst };
            (rules.touch, rules.gap_at_open) = (bars.2, bars.3);
            rules.volume_share = if rest.0 { Decimal::new(5, 1) } else { Decimal::ONE };
            rules.spread = rest.1;
            rules.quote_age_max = rest.2;
            execution
        },
    )
}
