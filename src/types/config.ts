import type { Decimal, Duration } from './primitives'

/**
 * An instrument of a system. What is not given is taken from the market data, or, for limits, does not apply.
 *
 * @example
 * import { SystemConfig, type InstrumentInit } from 'haggle'
 * const instrument: InstrumentInit = { symbol: 'BTC/USDT', tickSize: '0.01', lotSize: '0.00001', minNotional: 5 }
 * console.log(new SystemConfig({ instruments: [instrument] }).instruments[0]?.tickSize)   // 0.01
 */
export interface InstrumentInit {
  /** `'BTC/USDT'`, as in ccxt. */
  symbol: string
  /** Where it trades; the system's lone exchange where there is one. */
  exchange?: string
  /** The venue's own name, `'BTCUSDT'` if not given. */
  nameExchange?: string
  /** Step of prices. */
  tickSize?: Decimal
  /** Step of quantities. */
  lotSize?: Decimal
  minPrice?: Decimal
  maxPrice?: Decimal
  minQuantity?: Decimal
  maxQuantity?: Decimal
  /** Least price x quantity of an order. */
  minNotional?: Decimal
  /** Largest price x quantity of an order. */
  maxNotional?: Decimal
}

/**
 * Fees. Rates are fractions: `'0.001'` is 0.1 %.
 *
 * @example
 * import { SystemConfig, type FeesInit } from 'haggle'
 * const fees: FeesInit = { maker: '-0.0001', taker: '0.001', chargedIn: 'received' }
 * console.log(new SystemConfig({ instruments: ['BTC/USDT'], fees }).fees?.taker)   // 0.001
 */
export interface FeesInit {
  /** For orders that rested; negative for a rebate. */
  maker: Decimal
  /** For orders that took. */
  taker: Decimal
  /** What they are paid in: quote (the default), what the fill brings, or a named asset. */
  chargedIn?: 'quote' | 'received' | { asset: string }
  /** Flat amount of quote, charged with an order's first fill. */
  perOrder?: Decimal
  /** Flat amount of quote per unit of quantity. */
  perContract?: Decimal
}

/**
 * How long messages travel: a round trip (half each way), each leg by itself with a seeded jitter on top, or a multiple
 * of the latency that the market data itself had.
 *
 * @example
 * import { SystemConfig, type LatencyInit } from 'haggle'
 * const settings: LatencyInit[] = ['250ms', { open: '5ms', cancel: '4ms', response: '5ms', jitter: '1ms' }, { feed: 2 }]
 * console.log(settings.map((latency) => new SystemConfig({ instruments: ['BTC/USDT'], latency })).length)   // 3
 */
export type LatencyInit = Duration | { open: Duration, cancel?: Duration, response?: Duration, jitter?: Duration } | { feed: number }

/**
 * Which fills the simulated exchange grants. Every default is the choice that flatters a strategy least.
 *
 * @example
 * import { SystemConfig, type FillsInit } from 'haggle'
 * const fills: FillsInit = { queue: { probabilistic: 2 }, volumeShare: 0.1, slippage: { ticks: 1 } }
 * console.log(new SystemConfig({ instruments: ['BTC/USDT'], fills }).fills?.volumeShare)   // 0.1
 */
export interface FillsInit {
  /** Best quotes: what a taking order finds. `displayed` and no more; all of it `allAtBest`; or assumed levels behind the best. */
  l1?: 'displayed' | 'allAtBest' | { walk: { ticks: number, share: Decimal, levels: number } }
  /** What shortens the queue before a resting order: prints alone, also decreases (of power 1, 2 or 3), or no queue at all. */
  queue?: 'risk-averse' | 'probabilistic' | 'none' | { probabilistic: 1 | 2 | 3 }
  /** Bars: when a market order fills. */
  bar?: 'next-open' | 'this-close'
  /** Bars: which of two orders is reached first, the worse for the account or by the way open - nearer extreme - other extreme. */
  path?: 'worst' | 'nearest'
  /** Bars: whether a touch of its price fills a limit order. */
  touch?: boolean
  /** Bars: whether a limit order that the open jumps over fills at its limit or at the open. */
  gapFill?: 'limit' | 'open'
  /** Quotes older than this are no book. */
  maxQuoteAge?: Duration
  /** Largest share of a displayed level, a print or a bar's volume that own orders get together. */
  volumeShare?: number
  /** How much worse a taker fills: a fraction of the price, or ticks. */
  slippage?: Decimal | { ticks: number }
  /** Prints without quotes: the assumed spread, in ticks. */
  spread?: number
  /** Which of two opposite orders of one account goes when they would meet. */
  selfTrade?: 'expireMaker' | 'expireTaker' | 'none'
}

/**
 * How an exchange treats orders.
 *
 * @example
 * import { SystemConfig, type ExecutionInit } from 'haggle'
 * const execution: ExecutionInit = { account: 'cash-settled', leverage: 3, latency: '5ms' }
 * console.log(new SystemConfig({ instruments: ['BTC/USDT'], ...execution }).leverage)   // 3
 */
export interface ExecutionInit {
  fees?: FeesInit
  latency?: LatencyInit
  fills?: FillsInit
  /** `spot` holds assets, none below zero; `cash-settled` holds one currency and signed positions. */
  account?: 'spot' | 'cash-settled'
  /** Cash-settled: buying power per unit of equity. */
  leverage?: number
}

/**
 * A system: instruments, and how their exchanges treat orders. A setting at the top counts for every exchange,
 * `executions` overrides it for one.
 *
 * @example
 * import { SystemConfig, type SystemConfigInit } from 'haggle'
 * const init: SystemConfigInit = {
 *   instruments: [{ symbol: 'BTC/USDT', exchange: 'okx' }, { symbol: 'BTC/USDT', exchange: 'kraken' }],
 *   latency: '5ms', executions: { kraken: { latency: '20ms' } },
 * }
 * console.log(new SystemConfig(init).executions?.['kraken']?.latency)   // 20ms
 *
 * @throws HaggleError where it is used: `INVALID_ARGUMENT` or `UNKNOWN_NAME`, with the path of the field (`fees.taker`).
 */
export interface SystemConfigInit extends ExecutionInit {
  /** The lone exchange's name; `'mock'` if it is not given. */
  exchange?: string
  instruments: readonly (string | InstrumentInit)[]
  /** By exchange. */
  executions?: Readonly<Record<string, ExecutionInit>>
}
