import type { Numbers, Side, Texts } from './primitives'

/** What every fill, order and closed trade says about itself. @inline */
export type Of = Texts<'symbol' | 'exchange' | 'strategy'> & { readonly side: Side }

/**
 * An own execution. (A *trade* is a print in the market; a *closed trade* a round trip.)
 *
 * `filledQuantity` is what the order had filled with this execution; `time` is in milliseconds, `timeExchange` the same
 * instant to the nanosecond; `fee` is in `feeAsset`, negative for a rebate.
 *
 * @example
 * import { backtest, sampleData, type Fill } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
 * const notional = (fill: Fill): number => Number(fill.price) * Number(fill.quantity)
 * console.log(run.fills.toArray().map(notional).every((value) => value > 3_000))   // true
 */
export type Fill = Of
  & Texts<'id' | 'orderId' | 'cid' | 'price' | 'quantity' | 'filledQuantity' | 'fee' | 'feeAsset' | 'timeExchange'>
  & { readonly time: number, readonly liquidity: 'Maker' | 'Taker' }

/**
 * A round trip from flat to flat, or to a flip: `side` is that of the entry, `quantity` the largest held, `pnl` what it
 * made after all its `fees`, in quote; `pnlReturn` is `pnl / (entryPrice x quantity)`. Times are in milliseconds.
 * `closedByEnd` says that the end of the run closed it, and not the strategy.
 *
 * @example
 * import { backtest, sampleData, type ClosedTrade } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 }, closeAtEnd: true }, { strategy: { native: 'buyAndHold' } })
 * const trades: ClosedTrade[] = run.closedTrades.toArray()
 * console.log(trades.map(({ side }) => side).join())   // Buy,Buy,Buy
 */
export type ClosedTrade = Of
  & Texts<'entryPrice' | 'exitPrice' | 'quantity' | 'pnl' | 'fees'>
  & Numbers<'entryTime' | 'exitTime' | 'pnlReturn'>
  & { readonly closedByEnd: boolean }

/**
 * Equity in the reporting asset at a moment (ms), and how far it was below its highest (0, or a negative fraction).
 *
 * @example
 * import { backtest, sampleData, type EquityPoint } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
 * const first: EquityPoint | undefined = run.equity.at(0)
 * console.log(first?.value, first?.drawdown)   // 10000 0
 */
export type EquityPoint = Numbers<'time' | 'value' | 'drawdown'>
