import type { Order, TimeInForce } from './orders'
import type { Decimal, Duration, Name, Numbers, Side } from './primitives'
import type { Fill } from './results'
import type { Signals } from './signals'

/**
 * A print in the market. `side` is the aggressor's, `time` in milliseconds.
 *
 * @example
 * import { backtest, sampleData, type PublicTrade } from 'haggle'
 * let bought = 0
 * const count = (trade: PublicTrade): void => { if (trade.side === 'Buy') bought += 1 }
 * await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { onTrade(_, trade) { count(trade) } } })
 * console.log(bought > 1_000)   // true
 */
export type PublicTrade = Numbers<'time' | 'price' | 'quantity'> & { readonly side: Side }

/**
 * A bar; times in milliseconds. It reaches a strategy at its close.
 *
 * @example
 * import { backtest, MarketData, type Bar } from 'haggle'
 * const marketData = MarketData.fromOhlcv([[0, 100, 104, 99, 103, 12.5]], { symbol: 'BTC/USDT', timeframe: '1d' })
 * const range = (bar: Bar): number => bar.high - bar.low
 * await backtest({ system: { instruments: ['BTC/USDT'] }, marketData, balances: { USDT: 1_000 } }, {
 *   strategy: { onBar(_, bar) { console.log(range(bar)) } },   // logs 5
 * })
 */
export type Bar = Numbers<'time' | 'closeTime' | 'open' | 'high' | 'low' | 'close' | 'volume'>

/**
 * The best quotes, and the levels behind them where the data has them; NaN where there is none. Level 0 is the best.
 *
 * @example
 * import { backtest, sampleData, type Book } from 'haggle'
 * const spread = (book: Book): number => book.price('Sell', 0) - book.price('Buy', 0)
 * let widest = 0
 * await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, {
 *   strategy: { onBook(_, book) { widest = Math.max(widest, spread(book)) } },
 * })
 * console.log(widest > 0)   // true
 */
export interface Book extends Numbers<'bid' | 'bidSize' | 'ask' | 'askSize'> {
  /** The price of a level; NaN beyond the last. */
  price(side: Side, level: number): number
  /** What is offered at a level; NaN beyond the last. */
  size(side: Side, level: number): number
}

/**
 * What trades. Callbacks are synchronous and return nothing: a returned promise fails the run, because it would go on
 * at a place that the clock decides. Only the callbacks that exist when the run starts are called. `ctx` and the views
 * it gives are used again for the next event: read them now, keep copies.
 *
 * @example
 * import { backtest, sampleData, type Strategy } from 'haggle'
 * const strategy: Strategy = {
 *   onTrade(ctx, trade) {
 *     if (ctx.symbol === 'BTC/USDT' && !ctx.position && !ctx.openOrders.length && trade.price < 90_000) ctx.buy({ quote: 100 })
 *   },
 * }
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy })
 * console.log(run.fills.length)   // 1
 */
export interface Strategy {
  /** The run starts: nothing of the market has been seen. */
  onStart?(ctx: Context): void
  /** A print in the market. */
  onTrade?(ctx: Context, trade: PublicTrade): void
  /** The best quotes, or levels behind them, changed. */
  onBook?(ctx: Context, book: Book): void
  /** A bar closed. */
  onBar?(ctx: Context, bar: Bar): void
  /** An own execution; `onOrder` for the same order follows. */
  onFill?(ctx: Context, fill: Fill): void
  /** An own order changed its state. */
  onOrder?(ctx: Context, order: Order): void
  /** The time of a timer has come. */
  onTimer?(ctx: Context, tag: string): void
  /** The run ends. */
  onStop?(ctx: Context): void
}

/**
 * What an amend changes; `quantity` is the order's new total.
 *
 * @example
 * import { backtest, sampleData, type Change } from 'haggle'
 * const change: Change = { quantity: '0.002' }
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: {
 *   onTrade(ctx) {
 *     if (ctx.symbol !== 'BTC/USDT') return
 *     const [order] = ctx.openOrders
 *     if (!order) ctx.buy('0.001', { price: 50_000 })
 *     else if (order.state.kind === 'Open' && order.quantity === '0.001') ctx.amend(order, change)
 *   },
 * } })
 * console.log(run.orders.at(0)?.quantity)   // 0.002
 */
export type Change = { price?: Decimal, quantity?: Decimal }

/**
 * A quantity of the base asset, an amount of quote to spend, or a share of equity, the last two computed at the fill.
 *
 * @example
 * import { backtest, sampleData, type Size } from 'haggle'
 * const sizes: Size[] = ['0.001', { quote: 100 }, { equity: 0.1 }]
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: {
 *   onTrade(ctx) { const size = sizes.pop(); if (size !== undefined) ctx.buy(size) },
 * } })
 * console.log(run.orders.length)   // 3
 */
export type Size = Decimal | { quote: Decimal } | { equity: Decimal }

/**
 * The prices given decide the kind of an order: none = market, price = limit, stop / takeProfit / trail (with or without price) = conditional.
 *
 * @example
 * import { backtest, sampleData, type OrderOptions } from 'haggle'
 * const options: OrderOptions = { price: 50_000, postOnly: true, cid: 'mine' }
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: {
 *   onTrade(ctx) { if (ctx.symbol === 'BTC/USDT' && !ctx.openOrders.length) ctx.buy('0.001', options) },
 * } })
 * console.log(run.orders.at(0)?.cid, run.orders.at(0)?.price)   // mine 50000
 */
export type OrderOptions = { cid?: string, reduceOnly?: boolean }
  & ({ price?: undefined, postOnly?: undefined, timeInForce?: 'ImmediateOrCancel' | 'FillOrKill' }
    | { price: Decimal, timeInForce?: TimeInForce, postOnly?: boolean })
  & ({ stop?: undefined, takeProfit?: undefined, trail?: undefined } | { stop: Decimal } | { takeProfit: Decimal } | { trail: Decimal | `${number}%` })

/**
 * One instrument as the engine sees it. Prices are NaN until first seen; `position` is signed and exactly 0 when flat
 * or dust; orders are live views, so `order.state` changes.
 *
 * @example
 * import { backtest, sampleData, type Market } from 'haggle'
 * const isFlat = (market: Market): boolean => market.position === 0 && market.openOrders.length === 0
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: {
 *   onTrade(ctx) { const ether = ctx.of('ETH/USDT'); if (isFlat(ether) && ether.bid > 0) ether.buy({ quote: 100 }) },
 * } })
 * console.log(run.orders.at(0)?.symbol)   // ETH/USDT
 */
export interface Market extends Numbers<'bid' | 'ask' | 'mid' | 'last' | 'position' | 'entryPrice' | 'pnl'> {
  readonly symbol: string
  readonly exchange: string
  /** With those in flight. */
  readonly openOrders: readonly Order[]
  /** The price of a level of the book, counted from the best, which is 0; NaN where there is none. Without depth there is the best alone. */
  price(side: Side, level: number): number
  /** What is offered at a level; NaN where there is none. */
  size(side: Side, level: number): number
  /** Sends an order to buy. @throws HaggleError where size or options make no sense; what the exchange refuses ends `OpenFailed`. */
  buy(size: Size, options?: OrderOptions): Order
  /** Sends an order to sell. @throws HaggleError as {@link Market.buy}. */
  sell(size: Size, options?: OrderOptions): Order
  /** A market order over the whole position, rounded down to the lot; undefined when flat. */
  closePosition(): Order | undefined
  /** Asks for the cancel of all open orders of the instrument. */
  cancelAll(): void
}

/**
 * The market of the current event, and the account. onStart, onTimer, onStop have a current market only in a one-instrument system.
 *
 * @example
 * import { backtest, sampleData, type Context } from 'haggle'
 * const look = (ctx: Context): void => { console.log(ctx.balance('USDT').free, ctx.equity) }
 * await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: {
 *   onStart(ctx) { ctx.timer('1m', 'look') },
 *   onTimer(ctx) { look(ctx) },   // logs 10000 10000
 * } })
 */
export interface Context extends Market, Numbers<'now' | 'equity'> {
  /** The virtual clock in nanoseconds; `now` is the same in milliseconds. */
  readonly nowNs: bigint
  /** Another market. @throws HaggleError `UNKNOWN_NAME` with the nearest name, `AMBIGUOUS_NAME`. */
  of(name: Name): Market
  /** What the account holds of an asset. @throws HaggleError `UNKNOWN_NAME`; `AMBIGUOUS_NAME` where several exchanges have it. */
  balance(asset: string, exchange?: string): Numbers<'free' | 'locked' | 'total'>
  /** Asks for a change of an order, given by itself, its `cid` or its id. @throws HaggleError `UNKNOWN_NAME`, or where the change makes no sense. */
  amend(order: Order | string, change: Change): void
  /** Asks for the cancel of an order, given by itself, its `cid` or its id. @throws HaggleError `UNKNOWN_NAME` */
  cancel(order: Order | string): void
  /** Calls `onTimer` with the tag after this much virtual time. */
  timer(after: Duration, tag?: string): void
  /** Between 0 and 1, from the run's seed; unlike Math.random it gives a run again. */
  random(): number
}

/**
 * A strategy that the core runs by itself: its own, as baselines, or {@link Signals} that were computed beforehand.
 *
 * @example
 * import { backtest, sampleData, type NativeStrategy } from 'haggle'
 * const strategy: NativeStrategy = { native: 'smaCross', fast: 50, slow: 200 }
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy })
 * console.log(run.fills.length > 0)   // true
 */
export type NativeStrategy = { native: 'buyAndHold' } | { native: 'smaCross' | 'emaCross', fast: number, slow: number } | Signals

/**
 * Object or factory: this thread. URL (a module whose default export is the factory): worker threads. Native: Rust threads.
 *
 * @example
 * import { runBacktests, sampleData, type StrategyInput } from 'haggle'
 * const inputs: StrategyInput[] = [{ native: 'buyAndHold' }, { onTrade() {} }, () => ({ onStop() {} })]
 * const constant = { ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }
 * console.log((await runBacktests(constant, inputs.map((strategy) => ({ strategy })))).numBacktests)   // 3
 */
export type StrategyInput<P = void> = Strategy | NativeStrategy | URL | ((params: P) => Strategy | NativeStrategy)
