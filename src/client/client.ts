import { types } from 'node:util'
import { NativeClient } from '#native'
import { decimalText } from '../decimal'
import { HaggleError, invalid, isRevoked, show } from '../errors'
import { jsonText } from '../json'
import { MarketData, nativeOf } from '../market-data'
import { call } from '../native/errors'
import { bagOf, booleanOf, isOf, listOf, optionsOf, signalOf, textOf as textArgument } from '../options'
import { balanceOf, snapshotOf, type AccountEvent, type AccountSnapshot, type AssetBalance, type SnapshotView } from '../orders/account'
import { orderOfView, type EventView, type OrderSnapshot } from '../orders/event'
import type { ExecutionInstrumentMap } from '../orders/instrument-map'
import { OrderRequestOpen } from '../orders/request'
import { textOf } from '../orders/wire'
import { nanosOf, nanosOfDuration } from '../time'
import type { Failure, FailureOptions, LimitOrderOptions, MockExecutionConfig, MockOptions, SpotOptions, Ticker } from '../types/client'
import type { ExecutionInit } from '../types/config'
import type { BookLike, TradeLike } from '../types/market-data'
import type { Order } from '../types/orders'
import type { Balances, Decimal, Duration, Name, Side, Time } from '../types/primitives'
import type { Fill } from '../types/results'
import type { Change } from '../types/strategy'
import { changeOf, changePath, countOf, failurePath, idOf, isBuy, limitPath, relocated } from './arguments'
import { nativeOfMap, nativeOfSpot } from './create'
import { fillOf, type FillView } from './fill'
import { bookText, printOf, tickerText } from './market-input'
import { Markets, type Market } from './markets'
import { orderOfRow } from './order-row'
import { Pace } from './pace'
import { EventStream } from './stream'
import { turnAfterClose } from './turn'

/** What a client is made of, for what stands beside it. @internal */
export let partsOf: (client: MockExecutionClient) => { readonly native: NativeClient, readonly markets: Markets, readonly pace: Pace }

/**
 * A mock exchange for unit tests: calls are answered at once from the exchange's state, market data and failures come from the test.
 * It has one account; {@link MockExecutionClient.account} opens others on the same exchange, and where no market data was shown, their
 * orders are the market.
 *
 * @example
 * import { MockExecutionClient } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * client.setTicker('BTC/USDT', { bid: 94_000, ask: 94_001 })
 * const order = client.openMarketOrder('BTC/USDT', 'Buy', '0.1')
 * console.log(order.state.kind, order.averagePrice)          // FullyFilled 94001
 * console.log(client.fetchBalances(['BTC'])[0].free)         // 0.1
 * await client.close()
 */
export class MockExecutionClient implements AsyncDisposable {
  static {
    partsOf = (client) => ({ native: client.#native, markets: client.#markets, pace: client.#pace })
  }

  readonly #native: NativeClient
  readonly #markets: Markets
  readonly #pace: Pace
  readonly #stream: EventStream

  /**
   * A client of an `ExecutionInit`, or of barter's `MockExecutionConfig`; zero latency and fees unless told otherwise.
   *
   * @throws HaggleError `INVALID_ARGUMENT`, `UNKNOWN_NAME` or `OVERFLOW` with the path of the field, as `initial_state.balances[0].balance.free`.
   */
  constructor(config: ExecutionInit | MockExecutionConfig, instruments: ExecutionInstrumentMap, options?: MockOptions)
  /** @internal */
  constructor(config: NativeClient, instruments: MockExecutionClient)
  constructor(config: ExecutionInit | MockExecutionConfig | NativeClient, instruments: ExecutionInstrumentMap | MockExecutionClient, options: MockOptions = {}) {
    const of = isOf(instruments, MockExecutionClient) ? instruments : undefined
    this.#native = isOf(config, NativeClient) ? config : nativeOfMap(config, instruments as ExecutionInstrumentMap, options)
    this.#markets = of ? of.#markets : new Markets(call(() => this.#native.names()))
    this.#pace = of ? of.#pace : new Pace(this.#native, options.clock === 'wall')
    this.#stream = new EventStream(this.#native, this.#pace)
  }

  /**
   * A spot exchange of these symbols.
   *
   * @throws HaggleError `INVALID_ARGUMENT`, `UNKNOWN_NAME` or `OVERFLOW` with the path of the field, as `symbols[0]`.
   */
  static spot(options: SpotOptions): MockExecutionClient {
    const native = nativeOfSpot(options)
    const { clock } = options
    return new MockExecutionClient(native as never, undefined as never, { ...(clock !== undefined && { clock }) })
  }

  /**
   * Another account on the same exchange, with a stream of its own; closing one closes all.
   *
   * @throws HaggleError `AMBIGUOUS_NAME` for a name that is taken, `UNKNOWN_NAME` or `INVALID_ARGUMENT` with the path, as `balances.USDT`.
   */
  account(name: string, balances: Balances): MockExecutionClient {
    const given = bagOf(balances, 'balances', 'amounts by asset')
    const assets = Object.keys(given)
    const amounts = Object.entries(given).map(([asset, amount]) => [asset, decimalText(amount as Decimal, `balances.${asset}`)])
    const open = (): NativeClient => this.#run(() => this.#native.openAccount(textArgument(name, 'name'), jsonText(amounts)))
    const native = relocated(open, (path) => path.replace(/^balances\[(\d+)\]/, (_, at: string) => `balances.${assets[Number(at)]}`))
    return new MockExecutionClient(native as never, this as never)
  }

  /** What time it is, in milliseconds. @throws HaggleError `CLOSED` after close(). */
  get now(): number {
    return Number(this.#run(() => this.#native.now)) / 1e6
  }

  /** Balances of all assets and orders that work. @throws HaggleError `CLOSED` after close(). */
  accountSnapshot(): AccountSnapshot {
    const [text, view] = this.#run(() => this.#native.accountSnapshot())
    return snapshotOf(JSON.parse(view!) as SnapshotView, () => text!)
  }

  /** Balances of all assets, or of these. @throws HaggleError `UNKNOWN_NAME` with the path `assets[0]`. */
  fetchBalances(assets?: readonly string[]): AssetBalance[] {
    const texts = this.#run(() => this.#native.fetchBalances(namesText(assets, 'assets')))
    return Array.from({ length: texts.length / 2 }, (_, at) => balanceOf(JSON.parse(texts[2 * at + 1]!) as object, () => texts[2 * at]!))
  }

  /** Orders that work, oldest first. @throws HaggleError `UNKNOWN_NAME` with the path `names[0]`. */
  fetchOpenOrders(names?: readonly Name[]): OrderSnapshot[] {
    return ordersOf(this.#run(() => this.#native.fetchOpenOrders(namesText(names, 'names'))))
  }

  /** All orders, oldest first; of those that are over, the last 100,000. @throws HaggleError `UNKNOWN_NAME` with the path `names[0]`. */
  fetchOrders(names?: readonly Name[]): OrderSnapshot[] {
    return ordersOf(this.#run(() => this.#native.fetchOrders(namesText(names, 'names'))))
  }

  /** An order by the exchange's id or the client's. @throws HaggleError `UNKNOWN_NAME`, or `AMBIGUOUS_NAME` where two are called so. */
  fetchOrder(id: string): OrderSnapshot {
    return orderOfRow(this.#run(() => this.#native.fetchOrder(idOf(id, 'id'))))
  }

  /** Own executions, oldest first; from `since` on, included. @throws HaggleError `INVALID_ARGUMENT` with the path `since`. */
  fetchTrades(since?: Time): Fill[] {
    const from = since === undefined ? undefined : nanosOf(since, 'since')
    return (JSON.parse(this.#run(() => this.#native.fetchTrades(from))) as FillView[]).map((fill) => fillOf(fill, this.#markets))
  }

  /**
   * Opens an order.
   *
   * @throws HaggleError with the path in the request's JSON for one that no exchange would take: `UNKNOWN_NAME` for `key.exchange` and
   * `key.instrument`, `INVALID_ARGUMENT` for an amount off the grid and a client id that was used.
   */
  openOrder(request: OrderRequestOpen): OrderSnapshot {
    if (!isOf(request, OrderRequestOpen)) throw invalid('request', `expected an OrderRequestOpen, found ${show(request)}`, 'new OrderRequestOpen({ ... })')
    return orderOfRow(this.#run(() => this.#native.openOrder(textOf(request))))
  }

  /** Opens a market order. @throws HaggleError `UNKNOWN_NAME` for the symbol, `INVALID_ARGUMENT` for side or quantity. */
  openMarketOrder(symbol: Name, side: Side, quantity: Decimal): OrderSnapshot {
    const { name, lot } = this.#markets.find(symbol)
    const lots = lot.text(BigInt(lot.down(quantity, 'quantity')))
    return orderOfRow(this.#run(() => this.#native.openMarketOrder(name, isBuy(side), lots)))
  }

  /** Opens a limit order. @throws HaggleError `UNKNOWN_NAME` for the symbol, `INVALID_ARGUMENT` for what else is given, with its path. */
  openLimitOrder(symbol: Name, side: Side, quantity: Decimal, price: Decimal, options?: LimitOrderOptions): OrderSnapshot {
    const { name, exchange, tick, lot } = this.#markets.find(symbol)
    const lots = lot.text(BigInt(lot.down(quantity, 'quantity')))
    const ticks = tick.text(BigInt(tick.nearest(price, 'price')))
    if (options === undefined) return orderOfRow(this.#run(() => this.#native.openLimitOrder(name, isBuy(side), lots, ticks)))
    const { cid, ...terms } = optionsOf(options, 'options', ['cid', 'postOnly', 'timeInForce']) as LimitOrderOptions
    const key = { exchange, instrument: name, ...(cid !== undefined && { cid }) }
    return relocated(() => this.openOrder(new OrderRequestOpen({ key, side, quantity: lots, price: ticks, ...terms })), limitPath)
  }

  /** Cancels an order; that it is over already is the exchange's answer, an event. @throws HaggleError `UNKNOWN_NAME` with the path `order`. */
  cancelOrder(order: Order | string): OrderSnapshot {
    return orderOfRow(this.#run(() => this.#native.cancelOrder(idOf(order, 'order'))))
  }

  /** Cancels all open orders, of one instrument or of all, oldest first. @throws HaggleError `UNKNOWN_NAME` with the path `symbol`. */
  cancelAll(symbol?: Name): OrderSnapshot[] {
    const name = symbol === undefined ? undefined : this.#markets.find(symbol).name
    return ordersOf(this.#run(() => this.#native.cancelAll(name)))
  }

  /**
   * Changes an order in one step: its price, its total quantity, or both. That it cannot be is the exchange's answer, an event.
   *
   * @throws HaggleError `UNKNOWN_NAME` for the order, `INVALID_ARGUMENT` with the path `change`, `change.price` or `change.quantity`.
   */
  amendOrder(order: Order | string, change: Change): OrderSnapshot {
    const [price, quantity] = this.#change(order, change)
    return relocated(() => orderOfRow(this.#run(() => this.#native.amendOrder(idOf(order, 'order'), price, quantity))), changePath)
  }

  /** The order once the exchange has answered all that was asked of it. @throws HaggleError `CLOSED` where the client ends before. */
  async settled(order: Order | string): Promise<OrderSnapshot> {
    const id = idOf(order, 'order')
    for (;;) {
      const text = this.#run(() => this.#native.settled(id))
      if (text != null) return orderOfRow(text)
      if (!await this.#pace.waiters.wait()) throw new HaggleError('CLOSED', 'the client was closed')
    }
  }

  /**
   * The next event of the account, if one is there. With a timeout it waits: a manual clock is moved, until one comes, by as much at most;
   * by the time of day the thread sleeps. The first call opens the stream, and gets the account as it is then.
   */
  pollEvent(timeout?: Duration): AccountEvent | undefined {
    return this.#stream.poll(timeout)
  }

  /** All events that have arrived. The first call opens the stream. @throws HaggleError `CLOSED` after close(). */
  drainEvents(): AccountEvent[] {
    return this.#stream.drain()
  }

  /** The account's events as they come, until the client is closed or the signal aborts. The first step opens the stream. */
  events(signal?: AbortSignal): AsyncGenerator<AccountEvent, void, undefined> {
    return this.#stream.iterate(signalOf(signal, 'signal'))
  }

  /** Shows best prices, a last price, or both. @throws HaggleError `UNKNOWN_NAME` for the symbol, `INVALID_ARGUMENT` with the path, as `ticker.bid`. */
  setTicker(symbol: Name, ticker: Ticker): void {
    const market = this.#markets.find(symbol)
    const text = tickerText(market, ticker)
    this.#run(() => { this.#native.setTicker(market.name, text) })
  }

  /** A print; ccxt's trades fit. @throws HaggleError `UNKNOWN_NAME` or `INVALID_ARGUMENT` with the path, as `trade.price`. */
  pushTrade(trade: TradeLike): void {
    const [name, isBuyer, price, amount] = printOf(this.#markets, trade)
    this.#run(() => { this.#native.pushTrade(name, isBuyer, price, amount) })
  }

  /** A whole book; ccxt's order books fit. @throws HaggleError `UNKNOWN_NAME` or `INVALID_ARGUMENT` with the path, as `book.bids[0][1]`. */
  pushBook(book: BookLike): void {
    const [name, levels] = bookText(this.#markets, book)
    relocated(() => { this.#run(() => { this.#native.pushBook(name, levels) }) }, (path) => `book.${path}`)
  }

  /**
   * Replays market data from now on, up to a time (included) or to the end; the clock goes along. Returns the number of rows.
   *
   * @throws HaggleError `UNKNOWN_NAME` for an instrument that the client does not have, `INVALID_DATA` for data off its grid,
   * `INVALID_ARGUMENT` with the path `until` or `data` for what is over, and by the time of day.
   */
  replay(data: MarketData, until?: Time): number {
    if (!isOf(data, MarketData)) throw invalid('data', `expected MarketData, found ${show(data)}`)
    if (this.#pace.isWall) throw invalid('data', 'the time of day does not follow data', "give the client clock: 'manual'")
    const end = until === undefined ? undefined : nanosOf(until, 'until')
    return this.#run(() => this.#pace.replay(nativeOf(data, 'data'), end))
  }

  /** Moves a manual clock: what is due on the way happens. @throws HaggleError `INVALID_ARGUMENT` for a duration below zero, and by the time of day. */
  advance(by: Duration): void {
    const nanos = nanosOfDuration(by, 'by')
    this.#refuseWall('by')
    this.#run(() => { this.#pace.advance(nanos) })
  }

  /** Moves a manual clock to a time. @throws HaggleError `INVALID_ARGUMENT` for one that is over, and by the time of day. */
  advanceTo(time: Time): void {
    const nanos = nanosOf(time, 'time')
    this.#refuseWall('time')
    this.#run(() => { this.#pace.advanceTo(nanos) })
  }

  /**
   * Fills an order that works: what it has left, or a part; at its limit, or another price. The other side is the venue.
   *
   * @throws HaggleError `UNKNOWN_NAME` for the order, `INVALID_ARGUMENT` for one that does not work and for more than it has left.
   */
  fillOrder(order: Order | string, part: Change = {}): Fill {
    const [price, quantity] = this.#change(order, part)
    const text = relocated(() => this.#run(() => this.#native.fillOrder(idOf(order, 'order'), quantity, price)), changePath)
    return fillOf(JSON.parse(text) as FillView, this.#markets)
  }

  /** The next orders are refused with this code of the table of reasons. @throws HaggleError `UNKNOWN_NAME` for another code. */
  rejectNext(code: string, times = 1): void {
    this.#run(() => { this.#native.rejectNext(textArgument(code, 'code'), countOf(times, 'times')) })
  }

  /** The next requests fail. @throws HaggleError `UNKNOWN_NAME` with the path `failure`, `INVALID_ARGUMENT` with the path `options.times`. */
  failNext(failure: Failure, options: FailureOptions = {}): void {
    const { times = 1, afterEffect = false } = optionsOf(options, 'options', ['times', 'afterEffect']) as FailureOptions
    relocated(() => { this.#run(() => { this.#native.failNext(textArgument(failure, 'failure'), countOf(times, 'options.times'), booleanOf(afterEffect, 'options.afterEffect', false)) }) }, failurePath)
  }

  /** A share of all requests fails, drawn from the seed; 0 ends it. @throws HaggleError `UNKNOWN_NAME` with the path `failure`, `INVALID_ARGUMENT` with the path `share`. */
  failShare(failure: Failure, share: number, options: Omit<FailureOptions, 'times'> = {}): void {
    const { afterEffect = false } = optionsOf(options, 'options', ['afterEffect']) as FailureOptions
    if (typeof share !== 'number') throw invalid('share', `expected a number from 0 to 1, found ${show(share)}`)
    relocated(() => { this.#run(() => { this.#native.failShare(textArgument(failure, 'failure'), share, booleanOf(afterEffect, 'options.afterEffect', false)) }) }, failurePath)
  }

  /** The acknowledgements of the next orders arrive so much later; what comes after them does not wait. @throws HaggleError `INVALID_ARGUMENT` with the path `by` or `times`. */
  delayNext(by: Duration, times = 1): void {
    const nanos = nanosOfDuration(by, 'by')
    this.#run(() => { this.#native.delayNext(nanos, countOf(times, 'times')) })
  }

  /** The acknowledgements of the next orders arrive twice. @throws HaggleError `INVALID_ARGUMENT` with the path `times`. */
  duplicateNext(times = 1): void {
    this.#run(() => { this.#native.duplicateNext(countOf(times, 'times')) })
  }

  /** Breaks the connection: what is on its way to the client is lost, orders in flight are in doubt, requests fail. @throws HaggleError `CLOSED` after close(). */
  disconnect(): void {
    this.#run(() => { this.#native.disconnect() })
  }

  /** Connects again; a snapshot settles what was in doubt. @throws HaggleError `CLOSED` after close(). */
  reconnect(): void {
    this.#run(() => { this.#native.reconnect() })
  }

  /** Whether there is a connection. @throws HaggleError `CLOSED` after close(). */
  get isConnected(): boolean {
    return this.#run(() => this.#native.isConnected)
  }

  /** Halts trading in an instrument: orders and amends are refused, cancels are not, nothing fills. @throws HaggleError `UNKNOWN_NAME`. */
  halt(symbol: Name): void {
    const { name } = this.#markets.find(symbol)
    this.#run(() => { this.#native.halt(name, true) })
  }

  /** Lets a halted instrument go on. @throws HaggleError `UNKNOWN_NAME`. */
  resume(symbol: Name): void {
    const { name } = this.#markets.find(symbol)
    this.#run(() => { this.#native.halt(name, false) })
  }

  /** The whole state of the exchange and its accounts, as bytes. @throws HaggleError `CLOSED` after close(). */
  snapshot(): Uint8Array {
    return this.#run(() => this.#native.snapshot())
  }

  /** Puts a state back that a client of the same config has given; events that wait are lost. @throws HaggleError `INVALID_ARGUMENT` with the path `snapshot`. */
  restore(snapshot: Uint8Array): void {
    if (!types.isUint8Array(snapshot)) throw invalid('snapshot', `expected what snapshot() gave, found ${show(snapshot)}`)
    this.#run(() => { this.#native.restore(snapshot) })
  }

  /** Hash of the state: the same for the same calls. @throws HaggleError `CLOSED` after close(). */
  stateHash(): string {
    return this.#run(() => this.#native.stateHash())
  }

  /** Holds the account against itself: free + locked = total, locked = what open orders reserve, nothing came from nowhere. @throws HaggleError `BUG`. */
  invariants(): void {
    this.#run(() => { this.#native.invariants() })
  }

  /** Ends the client; twice is fine. Iterators over its events end. */
  async close(): Promise<void> {
    try {
      this.#pace.end()
    } finally {
      await turnAfterClose()
    }
  }

  /** As {@link MockExecutionClient.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Asks the core. */
  #run<T>(work: () => T): T {
    return this.#pace.run(work)
  }

  #change(order: Order | string, change: Change): [price: string | undefined, quantity: string | undefined] {
    return changeOf(change, (): Market => this.#markets.find(symbolOf(order) ?? this.fetchOrder(idOf(order, 'order')).symbol))
  }

  #refuseWall(path: string): void {
    if (this.#pace.isWall) throw invalid(path, 'the time of day moves by itself', "give the client clock: 'manual', or move the runner's fake timers")
  }
}

/** Names as JSON; all where none are given. */
function namesText(names: readonly Name[] | undefined, path: string): string | undefined {
  return names === undefined ? undefined : jsonText(listOf(names, path, 'names', typeof names === 'string' ? `write ['${String(names)}']` : undefined))
}

function symbolOf(order: Order | string): Name | undefined {
  return typeof order === 'object' && order !== null && !isRevoked(order) ? order.symbol : undefined
}

function ordersOf(views: string): OrderSnapshot[] {
  return (JSON.parse(views) as EventView[]).map(orderOfView)
}
