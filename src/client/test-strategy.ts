import { NativeStrategyTest, type NativeClient } from '#native'
import { invalid } from '../errors'
import { jsonText } from '../json'
import { call } from '../native/errors'
import { bagOf } from '../options'
import { checkRisk, isNative, madeBy } from '../run/arguments'
import { hookNames, Stage } from '../run/stage'
import type { NativeNames } from '../strategy/desk'
import { HEADER, MARKET, POSITION } from '../strategy/layout'
import type { LiveOrder } from '../strategy/live-order'
import type { StrategyTestOptions } from '../types/client'
import type { RiskLimits } from '../types/risk'
import type { Order } from '../types/orders'
import type { Name } from '../types/primitives'
import type { Fill } from '../types/results'
import type { Strategy } from '../types/strategy'
import { MockExecutionClient, partsOf } from './client'
import type { Agent } from './pace'

/** The id of a client's first account, and so of the strategy that trades for it. */
const STRATEGY = 'mock'

/**
 * Starts a strategy on a real engine against a mock exchange: push market data and force outcomes on `client`, then look at what the
 * strategy did. `onStart` is called at once, `onStop` by `close()`. A call of the client comes back when the strategy has answered all that
 * it led to; under latency, what is still under way moves with `client.advance()`.
 *
 * What a callback throws comes out of that call, as it is; by the time of day also out of a timer of Node's. The strategy is over then, and
 * the exchange goes on without it.
 *
 * With `risk` the strategy's orders are held against limits, as in a back-test. Of an order whose request was not answered the strategy is told
 * as well: its state is `OpenInFlight` with `unknown`.
 *
 * Orders that the test opens itself through `client` are not the strategy's, but change its balances; another `client.account()` does not.
 *
 * @example
 * import { testStrategy } from 'haggle'
 * const test = testStrategy(
 *   { onBook(ctx) { if (ctx.ask < 95_000 && !ctx.position) ctx.buy('0.1') } },
 *   { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } },
 * )
 * test.client.setTicker('BTC/USDT', { bid: 94_000, ask: 94_001 })
 * console.log(test.position(), test.fills[0]?.price, test.orders.length)   // 0.1 94001 1
 * await test.close()
 *
 * @throws HaggleError with the path of the field where strategy or options make no sense, and what the strategy's `onStart` throws.
 */
export function testStrategy(strategy: Strategy | (() => Strategy), options: StrategyTestOptions): StrategyTest {
  return new StrategyTest(strategy, options)
}

/**
 * A strategy under test: see {@link testStrategy}. What it sent and got can be read after its end, too.
 *
 * @example
 * import { testStrategy, type Strategy, type StrategyTest } from 'haggle'
 * const strategy: Strategy = { onStart(ctx) { ctx.buy('0.1', { price: 90_000, cid: 'first' }) } }
 * const test: StrategyTest = testStrategy(strategy, { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * test.client.fillOrder('first', { quantity: '0.04' })
 * console.log(test.orders[0]?.state.kind, test.position('BTC/USDT'))   // Open 0.04
 * await test.close()
 */
export class StrategyTest implements AsyncDisposable {
  /** The exchange; the strategy trades for its first account. */
  readonly client: MockExecutionClient
  readonly #seat: Seat

  /** @internal */
  constructor(given: Strategy | (() => Strategy), options: StrategyTestOptions) {
    const strategy = madeBy(given)
    if (isNative(strategy)) throw invalid('strategy', 'a native strategy runs without JavaScript: there is nothing of yours to test', 'give an object with callbacks')
    const { risk, ...spot } = bagOf(options, 'options') as unknown as StrategyTestOptions
    checkRisk(risk)
    this.client = MockExecutionClient.spot(spot)
    const { native, pace } = partsOf(this.client)
    this.#seat = new Seat(native, strategy, this.client.fetchBalances().map(({ asset }) => String(asset)), spot.seed, risk)
    pace.admit(this.#seat)
    try {
      pace.run(() => { this.#seat.start() })
    } catch (error) {
      pace.end()
      throw error
    }
  }

  /** The strategy's executions, oldest first, as far as it knows. */
  get fills(): readonly Fill[] {
    return [...this.#seat.journal.fills]
  }

  /** The strategy's orders, oldest first, as they stand as far as it knows. */
  get orders(): readonly Order[] {
    return this.#seat.journal.orders.map((order) => order.copy())
  }

  /**
   * The strategy's position, signed; exactly 0 when flat or dust. `of` may be left out where there is one instrument.
   *
   * @throws HaggleError `UNKNOWN_NAME`, and `INVALID_ARGUMENT` where nothing says which one.
   */
  position(of?: Name): number {
    return this.#seat.position(of)
  }

  /** Ends the strategy, and the client; twice is fine. @throws What the strategy's `onStop` throws. */
  async close(): Promise<void> {
    await this.client.close()
  }

  /** As {@link StrategyTest.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** The strategy's side: its engine, and what it is called by. */
class Seat implements Agent {
  readonly journal: { readonly orders: LiveOrder[], readonly fills: Fill[] } = { orders: [], fills: [] }
  readonly #native: NativeStrategyTest
  readonly #stage: Stage
  /** By place of the instrument, once the memory belongs to another one. */
  #positions: readonly number[] | undefined

  constructor(client: NativeClient, strategy: Strategy, assets: readonly string[], seed: number | undefined, risk: RiskLimits | undefined) {
    const { check: _, ...limits } = risk ?? {}
    this.#native = call(() => new NativeStrategyTest(client, hookNames(strategy), risk && jsonText(limits)))
    this.#stage = new Stage(this.#native, namesOf(client, assets), { id: STRATEGY, ...(seed !== undefined && { seed }), ...(risk && { risk }) }, strategy)
    const { desk } = this.#stage
    desk.journal = this.journal
    desk.showsFills = true
    desk.registry = {
      nameOrder: (number, cid) => { this.#native.nameOrder(number, cid) },
      nameTag: () => {},
      orderName: (number) => [STRATEGY, `${STRATEGY}-${number}`],
    }
  }

  get isRunning(): boolean { return this.#native.isRunning }
  get isInside(): boolean { return this.#stage.isInside }

  start(): void { this.#native.start(this.#stage.hooks) }
  catchUp(): void { this.#native.catchUp(this.#stage.hooks) }
  advance(by: bigint): void { this.#native.advance(this.#stage.hooks, by) }
  advanceTo(time: bigint): void { this.#native.advanceTo(this.#stage.hooks, time) }
  replay(...[data, until]: Parameters<Agent['replay']>): number { return this.#native.replay(this.#stage.hooks, data, until) }
  nextTime(): number { return this.#native.nextTime() }
  end(): void { this.call(() => { this.#native.stop(this.#stage.hooks) }) }

  call<T>(run: () => T): T {
    try {
      return this.#stage.call(run)
    } finally {
      if (!this.#native.isRunning) this.#leave()
    }
  }

  position(of: Name | undefined): number {
    const { desk } = this.#stage
    const { instruments } = desk.names
    if (of === undefined && instruments.length > 1) throw invalid('of', 'several instruments are traded', `name one: position('${instruments[0]!.symbol}')`)
    const place = of === undefined ? 0 : desk.place(of)
    return this.#positions ? this.#positions[place]! : desk.view[HEADER + place * MARKET + POSITION]!
  }

  /** The memory may be another run's from now on. */
  #leave(): void {
    const { instruments } = this.#stage.desk.names
    this.#positions ??= instruments.map((_, place) => this.#stage.desk.view[HEADER + place * MARKET + POSITION]!)
    this.#stage.desk.close()
  }
}

interface Row { symbol: string, nameExchange: string, exchange: string, tick: { mantissa: string, scale: number }, lot: { mantissa: string, scale: number } }

function namesOf(client: NativeClient, assets: readonly string[]): NativeNames {
  const increment = ({ mantissa, scale }: Row['tick']): { mantissa: bigint, scale: number } => ({ mantissa: BigInt(mantissa), scale })
  const rows = JSON.parse(call(() => client.names())) as Row[]
  const instruments = rows.map(({ tick, lot, ...names }) => ({ ...names, tick: increment(tick), lot: increment(lot) }))
  return { instruments, assets, assetExchanges: assets.map(() => instruments[0]!.exchange), strategies: [STRATEGY] }
}
