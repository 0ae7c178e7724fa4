// What the published declarations promise: names, shapes, and what they refuse. Nothing here runs.
import {
  BacktestRun, BacktestSummary, HaggleError, Value, errorTable,
  type Balances, type Decimal, type Duration, type ErrorCode, type Fill, type Order, type OrderOptions, type OrderState, type Size, type Strategy,
  type SystemConfigInit, type Table, type TearSheet, type Time,
} from 'haggle'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
declare function same<A, B>(equal: Equal<A, B>): void
declare const run: BacktestRun

// money, time
export const decimals: Decimal[] = [1, '0.1', 10n, { toFixed: () => '1' }]
export const times: Time[] = [0, '2025-03-25', 0n, new Date()]
export const durations: Duration[] = [250, '250ms', '1.5h']
export const balances: Balances[] = [{ USDT: 10_000, BTC: '0.5' }, { binance_spot: { USDT: 1n } }]
// @ts-expect-error a unit is needed
export const unitless: Duration = '250'
// @ts-expect-error an object has to be a decimal
export const notDecimal: Decimal = { value: 1 }

// orders
export const market: OrderOptions[] = [{}, { timeInForce: 'FillOrKill' }, { reduceOnly: true }]
export const limit: OrderOptions[] = [{ price: 1, postOnly: true }, { price: '1', timeInForce: { goodUntil: 0n } }]
export const conditional: OrderOptions[] = [{ stop: 1 }, { price: 1, stop: 1 }, { trail: '1.5%' }, { takeProfit: 2 }]
// @ts-expect-error a market order has nothing to post
export const postedMarket: OrderOptions = { postOnly: true }
// @ts-expect-error a market order cannot rest
export const restingMarket: OrderOptions = { timeInForce: 'GoodUntilCancelled' }
export const sizes: Size[] = [1, '0.1', { quote: 100 }, { equity: 0.5 }]
export function describe(state: OrderState): string {
  switch (state.kind) {
    case 'Open': return state.filledQuantity
    case 'Cancelled': return state.timeExchange
    case 'OpenFailed': return state.reason.code
    case 'CancelInFlight': return state.order?.id ?? ''
    default: return state.kind
  }
}

// configuration
export const config: SystemConfigInit = {
  instruments: ['BTC/USDT', { symbol: 'ETH/USDT', tickSize: '0.01' }],
  fees: { maker: '-0.0001', taker: 0.001, chargedIn: { asset: 'BNB' } },
  latency: { open: '20ms' },
  fills: { l1: { walk: { ticks: 1, share: 1, levels: 5 } }, slippage: { ticks: 1 } },
  executions: { okx: { latency: 5, account: 'cash-settled', leverage: 3 } },
}
// @ts-expect-error there is no such queue model
export const config2: SystemConfigInit = { instruments: [], fills: { queue: 'psychic' } }

// strategies
export const strategy: Strategy = {
  onTrade(ctx, trade) {
    if (!ctx.position && !ctx.openOrders.length && trade.price > ctx.bid) ctx.buy({ quote: 100 })
    ctx.of('ETH/USDT').sell(1, { price: ctx.ask })
    // @ts-expect-error views are read-only
    ctx.position = 1
  },
  onFill(ctx, fill) {
    same<typeof fill, Fill>(true)
    ctx.timer('5s', fill.orderId)
  },
}

// results
same<typeof run.fills, Table<Fill>>(true)
same<typeof run.orders, Table<Order>>(true)
same<ReturnType<typeof run.fills.at>, Fill | undefined>(true)
same<Fill['price'], string>(true)
same<Fill['time'], number>(true)
same<TearSheet['sharpeRatio'], number | null>(true)
same<TearSheet['closedTrades'], number>(true)
same<TearSheet['pnl'], string>(true)
export const prices: Float64Array = run.fills.column('price')
export const exact: { readonly values: BigInt64Array, readonly scale: number } = run.fills.exact('price')
// @ts-expect-error no such column
run.fills.column('prise')
// @ts-expect-error results are frozen
run.id = 'x'
// @ts-expect-error runs come from backtest()
export const made = new BacktestRun()
// @ts-expect-error summaries come from fromJSON()
export const made2 = new BacktestSummary({})
// @ts-expect-error what a row source is stays inside
import type { RunOutcome } from 'haggle'
export const value: Value = BacktestSummary.fromJSON('{}')

// errors
export const codes: ErrorCode[] = Object.keys(errorTable) as ErrorCode[]
export function path(error: unknown): string | undefined {
  return error instanceof HaggleError && error.code === 'INVALID_ARGUMENT' ? error.path : undefined
}
export const user = new HaggleError('CLOSED', 'closed')
