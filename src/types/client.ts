import type { RiskLimits } from './risk'
import type { ExecutionInit, InstrumentInit } from './config'
import type { Balances, Decimal, Name, Side, Time } from './primitives'
import type { TimeInForce } from './orders'

/**
 * How a mock client runs.
 *
 * @example
 * import { ExecutionInstrumentMap, MockExecutionClient, type MockOptions } from 'haggle'
 * const options: MockOptions = { balances: { USDT: 10_000 }, start: '2025-01-01T00:00:00Z' }
 * const client = new MockExecutionClient({ latency: '5ms' }, new ExecutionInstrumentMap('mock', ['BTC/USDT']), options)
 * console.log(client.now)   // 1735689600000
 * await client.close()
 */
export interface MockOptions {
  /** What the account holds at the start; it replaces a config's `initial_state`. */
  balances?: Balances
  /** One that moves only when it is told to (the default), or the time of day: `Date.now` and `setTimeout`, which a test runner can fake. */
  clock?: 'manual' | 'wall'
  /** What time it is at the start by a manual clock; the epoch if not given. */
  start?: Time
  /** Of the latency's jitter and of random failures. */
  seed?: number
  /** Keys of events and snapshots: names (the default), or places in the instrument map, as in barter. */
  keys?: 'named' | 'indexed'
}

/**
 * A spot exchange: zero latency and fees unless told otherwise.
 *
 * @example
 * import { MockExecutionClient, type SpotOptions } from 'haggle'
 * const options: SpotOptions = { exchange: 'okx', symbols: ['BTC/USDT'], balances: { USDT: 10_000 }, fees: { maker: 0, taker: '0.001' } }
 * const client = MockExecutionClient.spot(options)
 * console.log(client.accountSnapshot().exchange)   // okx
 * await client.close()
 */
export interface SpotOptions extends ExecutionInit, MockOptions {
  /** What it is called; `'mock'` if not given. */
  exchange?: string
  symbols: readonly (string | InstrumentInit)[]
}

/**
 * What a strategy under test trades on, and what its orders are held against before they leave.
 *
 * @example
 * import { testStrategy, type StrategyTestOptions } from 'haggle'
 * const options: StrategyTestOptions = { symbols: ['BTC/USDT'], balances: { USDT: 10_000 }, risk: { maxQuantity: 1 } }
 * const test = testStrategy({ onStart(ctx) { ctx.buy(2, { price: 100 }) } }, options)
 * console.log(test.orders[0]?.state.kind)   // OpenFailed
 * await test.close()
 */
export interface StrategyTestOptions extends SpotOptions {
  /** Limits for the strategy's orders, and a check of your own. */
  risk?: RiskLimits
}

/**
 * Barter's `MockExecutionConfig`.
 *
 * @example
 * import { ExecutionInstrumentMap, MockExecutionClient, type MockExecutionConfig } from 'haggle'
 * const config: MockExecutionConfig = { mocked_exchange: 'mock', latency_ms: 5, fees_percent: '0.001' }
 * const client = new MockExecutionClient(config, new ExecutionInstrumentMap('mock', ['BTC/USDT']), { balances: { USDT: 10_000 } })
 * console.log(client.fetchBalances(['USDT'])[0]?.free)   // 10000
 * await client.close()
 */
export interface MockExecutionConfig {
  mocked_exchange: string
  initial_state?: object
  /** A round trip, half each way. */
  latency_ms?: number
  /** A fraction, in spite of its name: `'0.001'` is 0.1 %. */
  fees_percent?: Decimal
}

/**
 * Best prices; one without a size has no end there. A last price alone stands for both sides.
 *
 * @example
 * import { MockExecutionClient, type Ticker } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * const ticker: Ticker = { bid: 94_000, ask: 94_001, askSize: '0.5' }
 * client.setTicker('BTC/USDT', ticker)
 * console.log(client.openMarketOrder('BTC/USDT', 'Buy', '0.1').averagePrice)   // 94001
 * await client.close()
 */
export interface Ticker {
  last?: Decimal
  bid?: Decimal
  ask?: Decimal
  bidSize?: Decimal
  askSize?: Decimal
}

/**
 * What a limit order may say beside its price.
 *
 * @example
 * import { MockExecutionClient, type LimitOrderOptions } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * const options: LimitOrderOptions = { postOnly: true, cid: 'mine' }
 * console.log(client.openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000, options).cid)   // mine
 * await client.close()
 */
export interface LimitOrderOptions {
  postOnly?: boolean
  timeInForce?: TimeInForce
  cid?: string
}

/**
 * How a request fails: no answer comes, the connection breaks, too many requests, the exchange is away. After the first two it is not known
 * whether it arrived, and the order is `unknown`.
 *
 * @example
 * import { MockExecutionClient, type Failure } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * const failure: Failure = 'rateLimit'
 * client.failNext(failure)
 * console.log(client.openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000).state.kind)   // OpenFailed
 * await client.close()
 */
export type Failure = 'timeout' | 'disconnect' | 'rateLimit' | 'exchangeOffline'

/**
 * How often a request fails.
 *
 * @example
 * import { MockExecutionClient, type FailureOptions } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * const options: FailureOptions = { afterEffect: true }
 * client.failNext('timeout', options)
 * const order = client.openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000)
 * console.log(order.state.kind === 'OpenInFlight' && order.state.unknown)   // true
 * await client.close()
 */
export interface FailureOptions {
  /** Default: once. */
  times?: number
  /** The request has its effect, and only the answer is lost. */
  afterEffect?: boolean
}

/**
 * An execution to look for; what is left out may be anything.
 *
 * @example
 * import { hasFilled, MockExecutionClient, type FillToHave } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * const fill: FillToHave = { symbol: 'BTC/USDT', side: 'Buy' }
 * console.log(hasFilled(client, fill).message)   // expected to have filled Buy BTC/USDT, found no fills
 * await client.close()
 */
export interface FillToHave {
  symbol?: Name
  side?: Side
  /** What the executions that fit come to in all. */
  quantity?: Decimal
  price?: Decimal
}

/**
 * An order to look for; what is left out may be anything.
 *
 * @example
 * import { hasOpenOrder, MockExecutionClient, type OrderToHave } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * const order: OrderToHave = { cid: 'mine' }
 * client.openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000, order as { cid: string })
 * console.log(hasOpenOrder(client, order).pass)   // true
 * await client.close()
 */
export interface OrderToHave extends FillToHave {
  /** Of the order in all. */
  quantity?: Decimal
  cid?: string
}

/**
 * What of a balance to look at.
 *
 * @example
 * import { hasBalance, MockExecutionClient, type BalanceToHave } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * const expected: BalanceToHave = { free: 9_000 }
 * console.log(hasBalance(client, 'USDT', expected).message)   // expected to have USDT free 9000, found free 10000, locked 0, total 10000
 * await client.close()
 */
export interface BalanceToHave {
  free?: Decimal
  locked?: Decimal
  total?: Decimal
}

/**
 * Whether something holds; where it does not, the message says what was found, and where it does, what would deny it.
 *
 * @example
 * import { hasPosition, MockExecutionClient, type Verdict } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * const verdict: Verdict = hasPosition(client, 0)
 * console.log(verdict.pass, verdict.message)   // true expected not to have a position of 0 BTC/USDT, found 0
 * await client.close()
 */
export interface Verdict {
  readonly pass: boolean
  readonly message: string
}
