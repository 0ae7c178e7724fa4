import { types } from 'node:util'
import { NativeSystem } from '#native'
import { decimalText } from '../decimal'
import { HaggleError, invalid, isRevoked, show } from '../errors'
import { filterText, requestsText } from '../events/commands'
import { EngineEvent } from '../events/engine-event'
import { jsonText } from '../json'
import { MarketData, nativeOf } from '../market-data'
import { call, fromNative, isError } from '../native/errors'
import { booleanOf, isOf, meantBy, optionsOf, wordOf } from '../options'
import { OrderRequestCancel, OrderRequestOpen } from '../orders/request'
import { moved, textOf } from '../orders/wire'
import { BacktestRun, type RunOutcome } from '../results/run'
import type { NativeNames } from '../strategy/desk'
import { SystemConfig } from '../system-config'
import { nanosOf, nanosOfDuration } from '../time'
import { camelCase } from '../value'
import type { SystemConfigInit } from '../types/config'
import type { InstrumentFilter } from '../types/events'
import type { FeedOptions, SystemOptions, SystemState } from '../types/live'
import type { Decimal, Duration } from '../types/primitives'
import type { NativeStrategy, Strategy } from '../types/strategy'
import { checkDynamic, isNative, nativeArguments, scriptArguments, strategyOf } from '../run/arguments'
import { hookNames, Stage } from '../run/stage'
import { AuditUpdates } from './audit'
import { nameOrders, type LiveOutcome } from './outcome'
import { eventOfRow, type Feedable } from './rows'
import { stateOf } from './state'
import { Wake } from './wake'

const OPTIONS = ['id', 'strategy', 'risk', 'seed', 'balances', 'summaryInterval', 'sampleInterval', 'returnsPerYear', 'drawdownOn', 'reportingAsset', 'clock', 'start', 'tradingEnabled']
const NO_HOOKS = Object.freeze({})
/** Ticks that wait for a reader of the audit, at most. */
const AUDIT_CAPACITY = 65_536

/**
 * Starts a system: engine, strategy and simulated exchange, in wall-clock time or by a clock that you move. It trades on what it is
 * fed. A native strategy runs on a thread, one in JavaScript on the calling thread, inside of the calls that feed it.
 *
 * @example
 * import { startSystem } from 'haggle'
 * const system = startSystem(
 *   { instruments: ['BTC/USDT'], latency: 0 },
 *   { clock: 'manual', start: 0, balances: { USDT: 1_000 }, strategy: { onTrade(ctx) { if (!ctx.position) ctx.buy(1) } } },
 * )
 * system.feedEvents([
 *   { symbol: 'BTC/USDT', timestamp: 1, price: 100, amount: 1, side: 'buy' },
 *   { symbol: 'BTC/USDT', timestamp: 2, price: 100, amount: 5, side: 'buy' },
 * ])
 * system.advance('1s')
 * console.log(system.state().positions)   // { 'BTC/USDT': '1' }
 * await system.shutdown()
 *
 * @throws HaggleError with the path of the field, where config or options make no sense.
 */
export function startSystem(config: SystemConfig | SystemConfigInit, options: SystemOptions = {}): SystemHandle {
  return new SystemHandle(isOf(config, SystemConfig) ? config : new SystemConfig(config), options)
}

/**
 * A running system. Sends are synchronous and return nothing: their outcome is in {@link SystemHandle.state} and in the audit.
 * What could never be carried out throws instead. After the end every call throws `CLOSED`; dropping the handle aborts the system.
 *
 * What a JavaScript strategy throws comes out of the call that fed it, as it is, and ends the system; where a timer called it, the
 * end is told by a warning of the process, and thrown by `shutdown()`.
 *
 * @example
 * import { OrderRequestOpen, startSystem, type SystemHandle } from 'haggle'
 * const system: SystemHandle = startSystem({ instruments: ['BTC/USDT'], latency: 0 }, { clock: 'manual', balances: { USDT: 1_000 } })
 * system.feedEvents({ symbol: 'BTC/USDT', timestamp: 0, price: 100, amount: 1, side: 'buy' })
 * system.advance('1s')
 * system.sendOpenRequests(new OrderRequestOpen({ key: { exchange: 'mock', instrument: 'BTC/USDT', cid: 'a-1' }, side: 'Buy', quantity: 1, price: 90 }))
 * system.advance('1s')
 * console.log(system.state().orders.map(({ key, state }) => `${key.cid} ${state.kind}`).join())   // a-1 Open
 * const run = await system.shutdownWithSummary()
 * console.log(run.orders.at(0)?.state.kind)   // Expired
 */
export class SystemHandle implements AsyncDisposable {
  readonly #config: SystemConfig
  readonly #native: NativeSystem
  readonly #stage: Stage | undefined
  readonly #isWall: boolean
  readonly #wake: Wake | undefined
  /** Whether it is known what time it is. */
  #hasTime: boolean
  #failure: { error: unknown } | undefined
  #isOver = false

  /** @internal */
  constructor(config: SystemConfig, options: SystemOptions) {
    const { clock: wanted, start, tradingEnabled: enabled, id = 'system', strategy: given, risk, seed, ...constant } = optionsOf(options, 'options', OPTIONS) as SystemOptions
    const clock = wordOf(wanted, 'options.clock', ['wall', 'manual'], 'wall')
    const tradingEnabled = booleanOf(enabled, 'options.tradingEnabled', true)
    if (clock === 'wall' && start !== undefined) throw invalid('options.start', 'the time of day starts by itself', "leave it out, or set clock: 'manual'")
    const dynamic = { id, ...(given !== undefined && { strategy: given }), ...(risk !== undefined && { risk }), ...(seed !== undefined && { seed }) }
    checkDynamic(dynamic)
    const strategy = strategyOf(dynamic)
    const script = strategy === undefined || isNative(strategy) ? undefined : strategy as Strategy
    this.#config = config
    this.#isWall = clock === 'wall'
    this.#hasTime = this.#isWall || start !== undefined
    const system = jsonText({ system: { ...config }, ...constant })
    const arguments_ = script ? scriptArguments(dynamic) : nativeArguments(dynamic, liveStrategy(strategy as NativeStrategy | undefined))[0]
    const begin = start === undefined ? undefined : nanosOf(start, 'options.start')
    this.#native = call(() => new NativeSystem(system, arguments_, script && hookNames(script), clock === 'manual', begin, tradingEnabled))
    if (script) {
      this.#stage = new Stage(this.#native, call(() => this.#native.names()) as NativeNames, dynamic, script)
      this.#stage.desk.registry = this.#native
      if (this.#isWall) this.#wake = new Wake(() => { this.#wakeUp() })
    }
    if (this.#wake) this.#run(() => {})
  }

  /** Whether it goes on: false after its end, and after an error of its strategy. */
  get isRunning(): boolean {
    return !this.#isOver && this.#native.isRunning
  }

  /** What the engine knows once everything that was sent before has been handled. @throws HaggleError `CLOSED` */
  state(): SystemState {
    this.#checkOpen()
    return stateOf(this.#run(() => this.#native.state()))
  }

  /** The steps of the engine from now on. Taking it again takes it away from the reader before. @throws HaggleError `CLOSED` */
  takeAudit(): AuditUpdates {
    this.#checkOpen()
    return new AuditUpdates(this.#run(() => this.#native.takeAudit(AUDIT_CAPACITY)), () => this.#failure)
  }

  /** Moves a manual clock. @throws HaggleError `INVALID_ARGUMENT` where the clock is the time of day. */
  advance(by: Duration): void {
    this.#checkOpen()
    const nanos = nanosOfDuration(by, 'by')
    if (this.#isWall) throw invalid('by', 'the time of day moves by itself', "start the system with clock: 'manual'")
    this.#checkTime()
    this.#run(() => { this.#native.advance(this.#hooks, nanos) })
  }

  /** Turns trading on or off. Off, the strategy is informed and its requests are refused; commands work all the same. @throws HaggleError as {@link SystemHandle.sendEvent}. */
  setTradingEnabled(on: boolean): void {
    if (typeof on !== 'boolean') throw invalid('on', `expected true or false, found ${show(on)}`)
    this.sendEvent(EngineEvent.tradingState(on))
  }

  /**
   * Sends one event. `Shutdown` begins the end: await {@link SystemHandle.shutdown} for it.
   *
   * @throws HaggleError where nothing says what time it is, for a name that the system does not have, and `CLOSED`.
   */
  sendEvent(event: EngineEvent): void {
    if (!isOf(event, EngineEvent)) throw invalid('event', `expected an EngineEvent, found ${show(event)}`, 'EngineEvent.trade({ ... })')
    this.#checkOpen()
    if (event.kind === 'Shutdown') return void this.shutdown().catch(() => {})
    if (event.kind !== 'Market') this.#checkTime()
    this.#send([textOf(event)])
    this.#hasTime = true
  }

  /**
   * Feeds market rows: market data as a whole, or one or many events or rows of ccxt's. Those of a time that is gone by come now; by
   * a manual clock, nothing comes before the clock is moved. Returns how many rows there were.
   *
   * @throws HaggleError with the path of the row's field; then none is fed.
   */
  feedEvents(events: MarketData | Feedable | Iterable<Feedable>, options: FeedOptions = {}): number {
    this.#checkOpen()
    const count = isOf(events, MarketData) ? this.#run(() => this.#native.feed(this.#hooks, nativeOf(events, 'events'))) : this.#feedRows(events, options)
    this.#hasTime ||= count > 0
    return count
  }

  #feedRows(events: Feedable | Iterable<Feedable>, options: FeedOptions): number {
    const given = optionsOf(options, 'options', ['symbol', 'timeframe', 'exchange', 'received']) as FeedOptions
    const texts = Array.from(isSingle(events) ? [events] : events, (row, at) => textOf(eventOfRow(row, `events[${at}]`, given, this.#config)))
    return this.#send(texts)
  }

  /** Sends orders; neither strategy nor risk are asked. @throws HaggleError for one that could never be sent; then none is. */
  sendOpenRequests(...requests: readonly OrderRequestOpen[]): void {
    if (requests.length > 0) this.#command(requestsText('SendOpenRequests', requests, OrderRequestOpen))
  }

  /** Asks for cancels. @throws HaggleError as {@link SystemHandle.sendEvent}. */
  sendCancelRequests(...requests: readonly OrderRequestCancel[]): void {
    if (requests.length > 0) this.#command(requestsText('SendCancelRequests', requests, OrderRequestCancel))
  }

  /** Closes the positions in these instruments, or in all; their orders are cancelled before. @throws HaggleError as {@link SystemHandle.sendEvent}. */
  closePositions(filter?: InstrumentFilter): void {
    this.#command(filterText('ClosePositions', filter))
  }

  /** Cancels the orders in these instruments, or in all. @throws HaggleError as {@link SystemHandle.sendEvent}. */
  cancelOrders(filter?: InstrumentFilter): void {
    this.#command(filterText('CancelOrders', filter))
  }

  /**
   * Ends gracefully: the strategy can ask for nothing more, rows whose time has not come are dropped, open orders are cancelled or
   * kept, and what is under way arrives.
   *
   * @throws What a strategy threw, where that had ended the system already.
   */
  async shutdown(options: { openOrders?: 'cancel' | 'keep' } = {}): Promise<void> {
    const { openOrders } = optionsOf(options, 'options', ['openOrders'])
    await this.#end(wordOf(openOrders, 'options.openOrders', ['cancel', 'keep'], 'cancel'))
  }

  /**
   * Ends as a back-test does with its data: rows that were fed still come, orders that work expire. What it leaves.
   *
   * @throws As {@link SystemHandle.shutdown}, and HaggleError for a rate that is no number.
   */
  async shutdownWithSummary(riskFreeReturn?: Decimal): Promise<BacktestRun> {
    const rate = riskFreeReturn === undefined ? undefined : decimalText(riskFreeReturn, 'riskFreeReturn')
    return BacktestRun.of(await this.#end('finish', rate))
  }

  /** Ends without a word to its strategy; what was sent and not handled yet is lost. Twice is fine. */
  async abort(): Promise<void> {
    if (this.#isOver) return
    this.#over()
    // In a callback of its own strategy the system cannot end yet.
    if (this.#stage?.isInside) await new Promise(setImmediate)
    this.#stage?.desk.close()
    call(() => { this.#native.abort() })
  }

  /** {@link SystemHandle.shutdown} where it still runs, so that `await using` ends a system. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) await this.shutdown()
    else await this.abort()
  }

  get #hooks(): object {
    return this.#stage?.hooks ?? NO_HOOKS
  }

  /** A command of which errors name the caller's argument, and not its place in the event's JSON. */
  #command(text: string): void {
    this.#checkOpen()
    this.#checkTime()
    try {
      this.#send([text])
    } catch (error) {
      throw error instanceof HaggleError && error.path !== undefined && this.#native.isRunning ? moved(error, '', commandPath(error.path)) : error
    }
  }

  #checkTime(): void {
    if (!this.#hasTime) throw invalid('options.start', 'nothing says what time it is: no row was fed yet', "start the system with start: '2025-01-01T00:00:00Z', or feed a row before")
  }

  #send(texts: string[]): number {
    return this.#run(() => this.#native.send(this.#hooks, texts))
  }

  /** Runs the core's part; by the time of day, what is due comes before, and what will be is waited for after. */
  #run<T>(work: () => T): T {
    const stage = this.#stage
    if (stage === undefined) return call(work)
    try {
      return stage.call(() => {
        if (this.#wake) this.#native.keepTime(this.#hooks, BigInt(Date.now()) * 1_000_000n)
        const result = work()
        this.#wake?.at(this.#native.nextTime())
        return result
      })
    } catch (error) {
      if (!this.#native.isRunning) this.#fail(error)
      throw error
    }
  }

  #wakeUp(): void {
    try {
      this.#run(() => {})
    } catch (error) {
      // There is no caller that could catch it.
      process.emitWarning(`a system was ended by an error: ${show(error instanceof Error ? error.message : error)}; shutdown() throws it`, 'HaggleWarning')
    }
  }

  async #end(how: 'finish' | 'cancel' | 'keep', riskFreeReturn?: string): Promise<RunOutcome> {
    if (this.#failure !== undefined) {
      this.#over()
      throw this.#failure.error
    }
    this.#checkOpen()
    const end = (): LiveOutcome | Error | Promise<LiveOutcome | Error> => this.#native.end(this.#hooks, how, riskFreeReturn) as LiveOutcome | Promise<LiveOutcome | Error>
    if (this.#stage?.isInside) await new Promise(setImmediate)
    let outcome: LiveOutcome | Error
    try {
      const pending = this.#stage ? this.#run(end) : call(end)
      this.#over()
      outcome = await pending
    } catch (error) {
      this.#over()
      throw error
    }
    if (isError(outcome)) throw fromNative(outcome)
    nameOrders(outcome)
    this.#stage?.desk.leave(outcome.orders)
    return outcome
  }

  #over(): void {
    this.#isOver = true
    this.#wake?.clear()
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake?.clear()
    this.#stage?.desk.close()
  }

  #checkOpen(): void {
    if (this.#isOver) throw new HaggleError('CLOSED', 'the system has ended')
    if (this.#failure !== undefined) throw new HaggleError('CLOSED', 'the system was ended by an error', { cause: this.#failure.error })
  }
}

function liveStrategy(strategy: NativeStrategy | undefined): NativeStrategy | undefined {
  if (strategy?.native === 'signals') {
    throw new HaggleError('UNSUPPORTED', 'signals belong to rows that are known before', { path: 'options.strategy', hint: 'write a strategy with onBar' })
  }
  return strategy
}

/** `Command.SendOpenRequests.Many[1].state.price` is `requests[1].price`, `Command.CancelOrders.Instruments.One` is `filter.instruments[0]`. */
function commandPath(path: string): string {
  const [, kind, which, rest = ''] = /^Command\.(\w+)\.(.*?)(?:\.?One|\.?Many(?=\[))(.*)$/.exec(path) ?? []
  if (kind === undefined) return path
  const inner = rest.startsWith('[') ? rest : `[0]${rest}`
  if (which !== '') return `filter.${which!.toLowerCase()}${inner}`
  const [, at, field = ''] = /^(\[\d+\])(?:\.(?:state\.)?(.*))?$/.exec(inner) ?? []
  return field === '' ? `requests${at}` : `requests${at}.${field.split('.').map((part) => camelCase(part)).join('.')}`
}

/** Whether it is one row: an OHLCV row is a list of numbers. */
function isSingle(events: Feedable | Iterable<Feedable>): events is Feedable {
  if (typeof events !== 'object' || events === null || isRevoked(events) || types.isPromise(events)) {
    throw invalid('events', `expected MarketData, an event or rows, found ${show(events)}`, types.isPromise(events) ? meantBy(events) : undefined)
  }
  if (ArrayBuffer.isView(events)) throw invalid('events', 'expected MarketData, an event or rows, found a typed array', 'MarketData.fromColumns reads columns')
  return Array.isArray(events) ? typeof events[0] === 'number' : typeof (events as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function'
}
