import type { TimeInForce } from './orders'
import type { Decimal, Duration, Side, Texts } from './primitives'
import type { Context } from './strategy'

/**
 * What the orders of one instrument are held against. Quantities in base, values in quote; what is not given is not limited.
 *
 * @example
 * import { startSystem, type InstrumentRiskLimits } from 'haggle'
 * const limits: InstrumentRiskLimits = { maxPosition: '0.1', maxOpenOrders: 2 }
 * const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1_000 }, risk: { instruments: { 'BTC/USDT': limits } } })
 * console.log(system.isRunning)   // true
 * await system.shutdown()
 */
export interface InstrumentRiskLimits {
  /** Largest quantity of an order. */
  maxQuantity?: Decimal
  /** Largest value of an order: quantity x the worst price that it accepts; of a market order, x the best opposite quote. */
  maxNotional?: Decimal
  /** Largest position, long or short, that could come of the order and all that work on its side. Reduce-only orders pass. */
  maxPosition?: Decimal
  /** Most orders that work or are in flight. */
  maxOpenOrders?: number
  /** How much worse than the mark a price may be, a fraction of the mark: `'0.01'` is 1 %. Of a market order, the best opposite quote. */
  priceCollar?: Decimal
}

/**
 * What every order of a strategy is held against before it leaves. An order is judged by what the engine knows then:
 * fills and quotes that are still under way do not count. A refused order ends `OpenFailed` with a reason (`RiskQuantityExceeded`,
 * `RiskNotionalExceeded`, `RiskPositionExceeded`, `RiskOpenOrdersExceeded`, `RiskOrderRateExceeded`, `RiskPriceOutOfCollar`,
 * `RiskPriceMissing`, `RiskCheckRefused`), of which `onOrder` is told as soon as the callback that sent it has returned.
 * Amends are held against the same limits, but not given to `check`.
 *
 * @example
 * import { backtest, sampleData, type RiskLimits } from 'haggle'
 * const risk: RiskLimits = { maxNotional: 50, maxPosition: '0.1', maxOrderRate: { orders: 10, per: '1s' }, maxDrawdown: 0.05 }
 * const { system, marketData } = sampleData.binanceSpot()
 * const run = await backtest(
 *   { system, marketData: marketData.select({ symbols: ['BTC/USDT'] }), balances: { USDT: 10_000 } },
 *   { risk, strategy: { onTrade(ctx) { ctx.buy({ quote: 100 }) } } },
 * )
 * const { state } = run.orders.at(0)!
 * console.log(state.kind === 'OpenFailed' && state.reason.code)   // RiskNotionalExceeded
 *
 * @throws HaggleError where it is used: `INVALID_ARGUMENT` or `UNKNOWN_NAME`, with the path of the field (`risk.maxNotional`).
 */
export interface RiskLimits extends InstrumentRiskLimits {
  /** Most orders of all instruments together that work or are in flight. */
  maxOpenOrders?: number
  /** Most orders and amends in any time of this length. */
  maxOrderRate?: { orders: number, per: Duration }
  /** What becomes of an order beyond `maxQuantity`, `maxNotional` or `maxPosition`: refused (the default), or cut to what they leave. */
  excess?: 'refuse' | 'shrink'
  /**
   * Largest loss since the highest equity, a fraction: beyond it open orders are cancelled and trading is disabled, once and for all.
   * The engine looks at its equity on account events, on timers, and every `drawdownInterval`.
   */
  maxDrawdown?: Decimal
  /** Beyond `maxDrawdown`: positions stay (`'cancel'`, the default), or are closed, too. */
  onDrawdown?: 'cancel' | 'close'
  /** How often the engine looks at the drawdown by itself; `'1m'` if not given. */
  drawdownInterval?: Duration
  /** Limits of single instruments, in place of those above. */
  instruments?: Readonly<Record<string, InstrumentRiskLimits>>
  /** A check of your own, asked before the limits are. The strategy has to be an object or a function: then both run on one thread. */
  check?: RiskCheck
}

/**
 * Judges an order: true lets it go, false or a reason refuses it, `{ quantity }` cuts it (an order sized by an amount gets the
 * quantity instead). It is synchronous, sends nothing itself, and should depend on nothing but its arguments.
 *
 * @example
 * import { backtest, sampleData, type RiskCheck } from 'haggle'
 * const check: RiskCheck = (order, ctx) => order.side === 'Sell' || ctx.equity > 20_000 || 'too poor to buy'
 * const run = await backtest(
 *   { ...sampleData.binanceSpot(), balances: { USDT: 10_000 } },
 *   { risk: { check }, strategy: { onTrade(ctx) { ctx.buy({ quote: 100 }) } } },
 * )
 * console.log(run.fills.length)   // 0
 */
export type RiskCheck = (order: OrderToCheck, ctx: Context) => boolean | string | { quantity: Decimal }

/**
 * An order that is about to leave: one of `quantity`, `quote` and `equity` is there, as it was sized, and `price` of a limit order.
 *
 * @example
 * import { backtest, sampleData, type OrderToCheck } from 'haggle'
 * const seen: OrderToCheck[] = []
 * await backtest(
 *   { ...sampleData.binanceSpot(), balances: { USDT: 10_000 } },
 *   { risk: { check: (order) => seen.push({ ...order }) < 0 }, strategy: { onTrade(ctx) { ctx.buy({ quote: 100 }) } } },
 * )
 * console.log(seen[0]?.kind, seen[0]?.quote, seen[0]?.price)   // Market 100 undefined
 */
export interface OrderToCheck extends Texts<'symbol' | 'exchange' | 'strategy' | 'cid'> {
  readonly side: Side
  readonly kind: 'Market' | 'Limit'
  readonly price?: string
  readonly quantity?: string
  /** An amount of quote to spend. */
  readonly quote?: string
  /** A share of equity. */
  readonly equity?: string
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  readonly reduceOnly: boolean
}
