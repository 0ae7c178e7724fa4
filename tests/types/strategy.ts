// What the published declarations promise to those who write strategies and run them. Nothing here runs.
import {
  backtest, backtestSync, sampleData,
  type BacktestArgsConstant, type BacktestArgsDynamic, type BacktestRun, type Bar, type Book, type Context, type Fill, type Market, type NativeStrategy, type Order, type PublicTrade, type RunOptions,
  type Side, type Signals, type Strategy, type StrategyInput,
} from 'haggle'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
declare function same<A, B>(equal: Equal<A, B>): void
declare const ctx: Context
declare const order: Order

// callbacks
export const every: Required<Strategy> = {
  onStart(ctx) { same<typeof ctx, Context>(true) },
  onTrade(_, trade) { same<typeof trade, PublicTrade>(true) },
  onBook(_, book) { same<typeof book, Book>(true) },
  onBar(_, bar) { same<typeof bar, Bar>(true) },
  onFill(_, fill) { same<typeof fill, Fill>(true) },
  onOrder(_, order) { same<typeof order, Order>(true) },
  onTimer(_, tag) { same<typeof tag, string>(true) },
  onStop() {},
}
export class Crossing implements Strategy {
  onTrade(ctx: Context, trade: PublicTrade): void {
    if (trade.side === 'Buy') ctx.buy(1)
  }
}
// @ts-expect-error there is no such callback
export const misspelt: Strategy = { onTick() {} }
// @ts-expect-error a callback's arguments are given
export const wrong: Strategy = { onTrade(ctx: Context, bar: Bar) { ctx.buy(bar.close) } }

// what it sees
same<Context['position'], number>(true)
same<Context['nowNs'], bigint>(true)
same<PublicTrade['side'], Side>(true)
same<ReturnType<Context['of']>, Market>(true)
same<ReturnType<Context['closePosition']>, Order | undefined>(true)
export const { free, locked, total }: Readonly<Record<'free' | 'locked' | 'total', number>> = ctx.balance('USDT', 'binance_spot')
// @ts-expect-error a market has no clock
ctx.of('BTC/USDT').now
// @ts-expect-error prices cannot be set
ctx.bid = 1
// @ts-expect-error the list of open orders is the engine's
ctx.openOrders.push(order)

// orders
export const orders: Order[] = [
  ctx.buy(1), ctx.sell('0.5', { price: 100 }), ctx.buy({ quote: 100 }), ctx.sell({ equity: '0.5' }, { timeInForce: 'FillOrKill' }),
  ctx.of(0).buy(1n, { price: '100.5', postOnly: true, timeInForce: { goodUntil: new Date() }, cid: 'mine', reduceOnly: true }),
]
// @ts-expect-error a size is needed
ctx.buy()
// @ts-expect-error either an amount of quote or a share of equity
ctx.buy({ base: 1 })
// @ts-expect-error no such time in force
ctx.buy(1, { price: 1, timeInForce: 'GTC' })
// @ts-expect-error a market order cannot rest
ctx.buy(1, { timeInForce: 'GoodUntilCancelled' })
// @ts-expect-error no such option
ctx.buy(1, { prize: 1 })
// @ts-expect-error one condition at the most
ctx.sell(1, { stop: 1, trail: 2 })
ctx.cancel(order)
ctx.cancel('mine')
ctx.amend(order, { price: 1, quantity: '2' })
// @ts-expect-error an id is a text
ctx.cancel(7)
// @ts-expect-error nothing else can be changed
ctx.amend(order, { side: 'Sell' })
ctx.timer('5s')
ctx.timer(5, 'tag')
// @ts-expect-error a unit is needed
ctx.timer('5')
// @ts-expect-error states change by themselves
order.state = { kind: 'FullyFilled' }
export const id: string | undefined = order.id
// @ts-expect-error an order may have no price
export const price: string = order.price
if (order.state.kind === 'OpenFailed') same<typeof order.state.reason.details, Readonly<Record<string, string>>>(true)
// @ts-expect-error only a refused order has a reason
export const reason = order.state.reason

// strategies as arguments
export const inputs: StrategyInput[] = [every, new Crossing(), () => every, () => ({ native: 'buyAndHold' }), { native: 'emaCross', fast: 5, slow: 10 }, new URL('file:///strategy.mjs')]
// @ts-expect-error a cross has two periods
export const native: NativeStrategy = { native: 'smaCross', fast: 5 }
// @ts-expect-error there is no such strategy
export const native2: NativeStrategy = { native: 'macd' }
// @ts-expect-error a factory is synchronous
export const factory: StrategyInput = async () => every

// runs
export const constant: BacktestArgsConstant = { ...sampleData.binanceSpot(), balances: { USDT: 10_000 }, summaryInterval: '7d', sampleInterval: 1_000, reportingAsset: 'USDT', closeAtEnd: true }
export const dynamic: BacktestArgsDynamic = { id: 'a', strategy: every, riskFreeReturn: '0.05', seed: 1 }
export const options: RunOptions = { signal: AbortSignal.timeout(1_000), onProgress: (done, total) => { same<typeof done | typeof total, number>(true) }, threads: 2, verify: true }
same<ReturnType<typeof backtest>, Promise<BacktestRun>>(true)
same<ReturnType<typeof backtestSync>, BacktestRun>(true)
export const run = backtest(constant, dynamic, options)
// @ts-expect-error market data is needed
backtestSync({ system: { instruments: ['A/B'] } })
// @ts-expect-error there is no such interval
backtestSync({ ...constant, summaryInterval: 'Weekly' })
// @ts-expect-error a synchronous run cannot be aborted
backtestSync(constant, dynamic, options)
// @ts-expect-error there is no such field
backtestSync(constant, { strategies: [every] })

// results
export async function read(): Promise<void> {
  const run = await backtest(constant)
  for (const fill of run.fills) same<typeof fill, Fill>(true)
  same<ReturnType<typeof run.orders.at>, Order | undefined>(true)
  export_(run.equity.column('value'), run.closedTrades.exact('pnl').values, run.resultHash, run.tradingSummary.portfolio.sharpeRatio)
  // @ts-expect-error a table is not written to
  run.fills.length = 0
  // @ts-expect-error there is no such column
  run.equity.column('pnl')
}
declare function export_(values: Float64Array, exact: BigInt64Array, hash: string, ratio: number | null): void

// signals
export const signals: Signals[] = [
  { native: 'signals', entries: [true, false], exits: Uint8Array.of(0, 1), size: { quote: 100 }, exclusive: false },
  { native: 'signals', symbol: 'A/B', shortEntries: new Float32Array(2), shortExits: [0, 1], size: '2' },
  { native: 'signals', targets: new Float64Array(2), targetsIn: 'equity' },
  { native: 'signals', instruments: { 'A/B': { entries: [1, 0] }, 'C/B': { targets: [1, 2] } } },
]
export const signalInputs: StrategyInput[] = [...signals, () => signals[0]!]
// @ts-expect-error entries and targets exclude each other
export const mixed: NativeStrategy = { native: 'signals', entries: [1], targets: [1] }
// @ts-expect-error a target has its own size
export const sized: NativeStrategy = { native: 'signals', targets: [1], size: 1 }
// @ts-expect-error one or several instruments
export const twice: NativeStrategy = { native: 'signals', symbol: 'A/B', instruments: { 'A/B': { entries: [1] } } }
// @ts-expect-error no such unit
export const unit: NativeStrategy = { native: 'signals', targets: [1], targetsIn: 'lots' }
// @ts-expect-error texts are no signals
export const texts: NativeStrategy = { native: 'signals', entries: ['yes'] }
