import { NativeClient } from '#native'
import { decimalText } from '../decimal'
import { HaggleError, invalid, show } from '../errors'
import { jsonText } from '../json'
import { Wake } from '../live/wake'
import { MarketData, nativeOf } from '../market-data'
import { call } from '../native/errors'
import { accountOf, snapshotOf, balanceOf, type AccountEvent, type AccountSnapshot, type AccountView, type AssetBalance, type SnapshotView } from '../orders/account'
import { orderOfView, OrderSnapshot, type EventView } from '../orders/event'
import { ExecutionInstrumentMap } from '../orders/instrument-map'
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
import { fillOf, type FillView } from './fill'
import { Markets } from './markets'
import { orderOfRow } from './order-row'
import { EventWaiters } from './waiters'

/** Longest that a poll by the time of day sleeps before it looks again. */
const NAP_MS = 50

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
  readonly #native: NativeClient
  readonly #markets: Markets
  readonly #wake: Wake | undefined
  readonly #waiters: EventWaiters
  #isClosed = false

  /**
   * A client of an `ExecutionInit`, or of barter's `MockExecutionConfig`; zero latency and fees unless told otherwise.
   *
   * @throws HaggleError with the path of the field, as `initial_state.balances[0].balance.free`.
   */
  constructor(config: ExecutionInit | MockExecutionConfig, instruments: ExecutionInstrumentMap, options?: MockOptions)
  /** @internal */
  constructor(config: NativeClient, instruments: MockExecutionClient)
  constructor(config: ExecutionInit | MockExecutionConfig | NativeClient, instruments: ExecutionInstrumentMap | MockExecutionClient, options: MockOptions = {}) {
    if (instruments instanceof MockExecutionClient) {
      const of = instruments
      this.#native = config as NativeClient
      this.#markets = of.#markets
      this.#wake = of.#wake
      this.#waiters = of.#waiters
      return
    }
    this.#native = config instanceof NativeClient ? config : call(() => nativeClient(config, instruments, options))
    this.#markets = new Markets(call(() => this.#native.names()))
    this.#waiters = new EventWaiters()
    if (options.clock === 'wall') {
      this.#wake = new Wake(() => { this.#run(() => {}) })
      this.#run(() => {})
    }
  }

  /**
   * A spot exchange of these symbols.
   *
   * @throws HaggleError with the path of the field, as `symbols[0]`.
   */
  static spot(options: SpotOptions): MockExecutionClient {
    if (typeof options !== 'object' || options === null) throw invalid('options', `expected an object, found ${show(options)}`, "for example { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } }")
    const { keys, clock, ...rest } = options
    const text = jsonText({ ...rest, ...wallStart(clock, rest) })
    const native = call(() => new NativeClient(text, undefined, undefined, isIndexed(keys)))
    return new MockExecutionClient(native as never, undefined as never, { ...(clock !== undefined && { clock }) })
  }

  /** Another account on the same exchange, with a stream of its own; closing one closes all. */
  account(name: string, balances: Balances): MockExecutionClient {
    const amounts = Object.entries(balances).map(([asset, amount]) => [asset, decimalText(amount as Decimal, `balances.${asset}`)])
    return new MockExecutionClient(this.#run(() => this.#native.openAccount(String(name), jsonText(amounts))) as never, this as never)
  }

  /** What time it is, in milliseconds. */
  get now(): number {
    return Number(this.#run(() => this.#native.now)) / 1e6
  }

  /** Balances of all assets and orders that work. */
  accountSnapshot(): AccountSnapshot {
    const [text, view] = this.#run(() => this.#native.accountSnapshot())
    return snapshotOf(JSON.parse(view!) as SnapshotView, () => text!)
  }

  /** Balances of all assets, or of these. @throws HaggleError `UNKNOWN_NAME` with the path `assets[0]`. */
  fetchBalances(assets?: readonly string[]): AssetBalance[] {
    const texts = this.#run(() => this.#native.fetchBalances(assets && jsonText(assets)))
    return Array.from({ length: texts.length / 2 }, (_, at) => balanceOf(JSON.parse(texts[2 * at + 1]!) as object, () => texts[2 * at]!))
  }

  /** Orders that work, oldest first. @throws HaggleError `UNKNOWN_NAME` with the path `names[0]`. */
  fetchOpenOrders(names?: readonly Name[]): OrderSnapshot[] {
    return ordersOf(this.#run(() => this.#native.fetchOpenOrders(names && jsonText(names))))
  }

  /** All orders, oldest first; of those that are over, the last 100,000. */
  fetchOrders(names?: readonly Name[]): OrderSnapshot[] {
    return ordersOf(this.#run(() => this.#native.fetchOrders(names && jsonText(names))))
  }

  /** An order by the exchange's id or the client's. @throws HaggleError `UNKNOWN_NAME`. */
  fetchOrder(id: string): OrderSnapshot {
    return orderOfRow(this.#run(() => this.#native.fetchOrder(idOf(id, 'id'))))
  }

  /** Own executions, oldest first; from `since` on, included. */
  fetchTrades(since?: Time): Fill[] {
    const from = since === undefined ? undefined : nanosOf(since, 'since')
    return (JSON.parse(this.#run(() => this.#native.fetchTrades(from))) as FillView[]).map((fill) => fillOf(fill, this.#markets))
  }

  /** Opens an order. @throws HaggleError with the path in the request's JSON, for one that no exchange would take. */
  openOrder(request: OrderRequestOpen): OrderSnapshot {
    if (!(request instanceof OrderRequestOpen)) throw invalid('request', `expected an OrderRequestOpen, found ${show(request)}`, 'new OrderRequestOpen({ ... })')
    return orderOfRow(this.#run(() => this.#native.openOrder(textOf(request))))
  }

  /** Opens a market order. */
  openMarketOrder(symbol: Name, side: Side, quantity: Decimal): OrderSnapshot {
    const { name, lot } = this.#markets.find(symbol)
    const lots = lot.text(BigInt(lot.down(quantity, 'quantity')))
    return orderOfRow(this.#run(() => this.#native.openMarketOrder(name, isBuy(side), lots)))
  }

  /** Opens a limit order. */
  openLimitOrder(symbol: Name, side: Side, quantity: Decimal, price: Decimal, options?: LimitOrderOptions): OrderSnapshot {
    const { name, exchange, tick, lot } = this.#markets.find(symbol)
    const lots = lot.text(BigInt(lot.down(quantity, 'quantity')))
    const ticks = tick.text(BigInt(tick.nearest(price, 'price')))
    if (options === undefined) return orderOfRow(this.#run(() => this.#native.openLimitOrder(name, isBuy(side), lots, ticks)))
    const { cid, ...terms } = options
    return this.openOrder(new OrderRequestOpen({ key: { exchange, instrument: name, ...(cid !== undefined && { cid }) }, side, quantity: lots, price: ticks, ...terms }))
  }

  /** Cancels an order; that it is over already is the exchange's answer, an event. @throws HaggleError `UNKNOWN_NAME`. */
  cancelOrder(order: Order | string): OrderSnapshot {
    return orderOfRow(this.#run(() => this.#native.cancelOrder(idOf(order, 'order'))))
  }

  /** Cancels all open orders, of one instrument or of all, oldest first. */
  cancelAll(symbol?: Name): OrderSnapshot[] {
    const name = symbol === undefined ? undefined : this.#markets.find(symbol).name
    return ordersOf(this.#run(() => this.#native.cancelAll(name)))
  }

  /** Changes an order in one step: its price, its total quantity, or both. */
  amendOrder(order: Order | string, change: Change): OrderSnapshot {
    const [price, quantity] = this.#change(order, change)
    return orderOfRow(this.#run(() => this.#native.amendOrder(idOf(order, 'order'), price, quantity)))
  }

  /** The order once the exchange has answered all that was asked of it. @throws HaggleError `CLOSED` where the client ends before. */
  async settled(order: Order | string): Promise<OrderSnapshot> {
    const id = idOf(order, 'order')
    for (;;) {
      const text = this.#run(() => this.#native.settled(id))
      if (text != null) return orderOfRow(text)
      if (!await this.#waiters.wait()) throw closed()
    }
  }

  /**
   * The next event of the account, if one is there. With a timeout it waits: a manual clock is moved, until one comes, by as much at most;
   * by the time of day the thread sleeps. The first call opens the stream, and gets the account as it is then.
   */
  pollEvent(timeout?: Duration): AccountEvent | undefined {
    let left = timeout === undefined ? 0n : nanosOfDuration(timeout, 'timeout')
    for (;;) {
      const event = this.#poll()
      if (event !== undefined || left <= 0n) return event
      const next = this.#native.nextTime()
      const wait = Number.isFinite(next) ? bigMin(left, bigMax(1n, BigInt(next) * 1_000_000n - this.#native.now)) : left
      left -= this.#wait(wait)
    }
  }

  /** All events that have arrived. */
  drainEvents(): AccountEvent[] {
    const events: AccountEvent[] = []
    for (let event = this.#poll(); event !== undefined; event = this.#poll()) events.push(event)
    return events
  }

  /** The account's events as they come, until the client is closed or the signal aborts. */
  async *events(signal?: AbortSignal): AsyncGenerator<AccountEvent, void, undefined> {
    while (!this.#isClosed && !signal?.aborted) {
      const event = this.#poll()
      if (event !== undefined) yield event
      else if (!await this.#waiters.wait(signal)) return
    }
  }

  /** Shows best prices, a last price, or both. */
  setTicker(symbol: Name, ticker: Ticker): void {
    const { name, tick, lot } = this.#markets.find(symbol)
    if (typeof ticker !== 'object' || ticker === null) throw invalid('ticker', `expected { bid, ask } or { last }, found ${show(ticker)}`)
    const fields = Object.entries(ticker).filter(([, value]) => value !== undefined).map(([field, value]) => {
      const path = `ticker.${field}`
      return [field, field.endsWith('Size') ? (value === 0 ? '0' : lot.text(BigInt(lot.down(value as Decimal, path)))) : tick.text(BigInt(tick.nearest(value as Decimal, path)))]
    })
    this.#run(() => { this.#native.setTicker(name, jsonText(Object.fromEntries(fields))) })
  }

  /** A print; ccxt's trades fit. */
  pushTrade(trade: TradeLike): void {
    if (typeof trade !== 'object' || trade === null) throw invalid('trade', `expected an object, found ${show(trade)}`)
    const { symbol, price, amount, side = 'buy' } = trade
    const { name, tick, lot } = this.#markets.find(symbol as Name, 'trade.symbol')
    if (!/^(buy|sell)$/i.test(side)) throw invalid('trade.side', `expected 'buy' or 'sell', found ${show(side)}`)
    const text = tick.text(BigInt(tick.nearest(price as Decimal, 'trade.price')))
    this.#run(() => { this.#native.pushTrade(name, side.toLowerCase() === 'buy', text, lot.text(BigInt(lot.down(amount as Decimal, 'trade.amount')))) })
  }

  /** A whole book; ccxt's order books fit. */
  pushBook(book: BookLike): void {
    if (typeof book !== 'object' || book === null) throw invalid('book', `expected { symbol, bids, asks }, found ${show(book)}`)
    const { name, tick, lot } = this.#markets.find(book.symbol as Name, 'book.symbol')
    const levels = (given: BookLike['bids'], path: string): string[][] => {
      if (!Array.isArray(given)) throw invalid(path, `expected a list of [price, size], found ${show(given)}`)
      return given.map((level: readonly (Decimal | undefined)[], at) => [
        tick.text(BigInt(tick.nearest(level[0]!, `${path}[${at}][0]`))), level[1] === 0 ? '0' : lot.text(BigInt(lot.down(level[1]!, `${path}[${at}][1]`))),
      ])
    }
    const text = jsonText({ bids: levels(book.bids, 'book.bids'), asks: levels(book.asks, 'book.asks') })
    this.#run(() => { this.#native.pushBook(name, text) })
  }

  /** Replays market data from now on, up to a time (included) or to the end; the clock goes along. Returns the number of rows. */
  replay(data: MarketData, until?: Time): number {
    if (!(data instanceof MarketData)) throw invalid('data', `expected MarketData, found ${show(data)}`)
    if (this.#wake) throw invalid('data', 'the time of day does not follow data', "give the client clock: 'manual'")
    const end = until === undefined ? undefined : nanosOf(until, 'until')
    return this.#run(() => this.#native.replay(nativeOf(data, 'data'), end))
  }

  /** Moves a manual clock: what is due on the way happens. */
  advance(by: Duration): void {
    const nanos = nanosOfDuration(by, 'by')
    this.#refuseWall('by')
    this.#run(() => { this.#native.advance(nanos) })
  }

  /** Moves a manual clock to a time. @throws HaggleError `INVALID_ARGUMENT` for one that is over. */
  advanceTo(time: Time): void {
    const nanos = nanosOf(time, 'time')
    this.#refuseWall('time')
    this.#run(() => { this.#native.advanceTo(nanos) })
  }

  /** Fills an order that works: what it has left, or a part; at its limit, or another price. The other side is the venue. */
  fillOrder(order: Order | string, part: Change = {}): Fill {
    const [price, quantity] = this.#change(order, part)
    return fillOf(JSON.parse(this.#run(() => this.#native.fillOrder(idOf(order, 'order'), quantity, price))) as FillView, this.#markets)
  }

  /** The next orders are refused with this code of the table of reasons. @throws HaggleError `UNKNOWN_NAME` for another code. */
  rejectNext(code: string, times = 1): void {
    this.#run(() => { this.#native.rejectNext(String(code), countOf(times, 'times')) })
  }

  /** The next requests fail. */
  failNext(failure: Failure, { times = 1, afterEffect = false }: FailureOptions = {}): void {
    this.#run(() => { this.#native.failNext(String(failure), countOf(times, 'options.times'), afterEffect) })
  }

  /** A share of all requests fails, drawn from the seed; 0 ends it. */
  failShare(failure: Failure, share: number, { afterEffect = false }: Omit<FailureOptions, 'times'> = {}): void {
    this.#run(() => { this.#native.failShare(String(failure), Number(share), afterEffect) })
  }

  /** The acknowledgements of the next orders arrive so much later; what comes after them does not wait. */
  delayNext(by: Duration, times = 1): void {
    const nanos = nanosOfDuration(by, 'by')
    this.#run(() => { this.#native.delayNext(nanos, countOf(times, 'times')) })
  }

  /** The acknowledgements of the next orders arrive twice. */
  duplicateNext(times = 1): void {
    this.#run(() => { this.#native.duplicateNext(countOf(times, 'times')) })
  }

  /** Breaks the connection: what is on its way to the client is lost, orders in flight are in doubt, requests fail. */
  disconnect(): void {
    this.#run(() => { this.#native.disconnect() })
  }

  /** Connects again; a snapshot settles what was in doubt. */
  reconnect(): void {
    this.#run(() => { this.#native.reconnect() })
  }

  /** Whether there is a connection. */
  get isConnected(): boolean {
    return this.#native.isConnected
  }

  /** Halts trading in an instrument: orders and amends are refused, cancels are not, nothing fills. */
  halt(symbol: Name): void {
    const { name } = this.#markets.find(symbol)
    this.#run(() => { this.#native.halt(name, true) })
  }

  /** Lets a halted instrument go on. */
  resume(symbol: Name): void {
    const { name } = this.#markets.find(symbol)
    this.#run(() => { this.#native.halt(name, false) })
  }

  /** The whole state of the exchange and its accounts, as bytes. */
  snapshot(): Uint8Array {
    return this.#run(() => this.#native.snapshot())
  }

  /** Puts a state back that a client of the same config has given; events that wait are lost. */
  restore(snapshot: Uint8Array): void {
    if (!(snapshot instanceof Uint8Array)) throw invalid('snapshot', `expected what snapshot() gave, found ${show(snapshot)}`)
    this.#run(() => { this.#native.restore(snapshot) })
  }

  /** Hash of the state: the same for the same calls. */
  stateHash(): string {
    return this.#run(() => this.#native.stateHash())
  }

  /** Holds the account against itself: free + locked = total, locked = what open orders reserve, nothing came from nowhere. @throws HaggleError `BUG`. */
  invariants(): void {
    this.#run(() => { this.#native.invariants() })
  }

  /** Ends the client; twice is fine. Iterators over its events end. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#wake?.clear()
    this.#native.close()
    this.#waiters.end()
  }

  /** As {@link MockExecutionClient.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #poll(): AccountEvent | undefined {
    const [text, view] = this.#run(() => this.#native.pollEvent(), false)
    return text === undefined ? undefined : accountOf(JSON.parse(view!) as AccountView, () => text)
  }

  /** Lets up to so much time pass; how much it was. */
  #wait(nanos: bigint): bigint {
    if (!this.#wake) {
      this.#run(() => { this.#native.advance(nanos) })
      return nanos
    }
    const millis = Math.min(NAP_MS, Math.max(1, Math.ceil(Number(nanos) / 1e6)))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis)
    return BigInt(millis) * 1_000_000n
  }

  /** Asks the core; by the time of day, what is due comes before. Whoever waits for events looks again then. */
  #run<T>(work: () => T, isNews = true): T {
    const result = call(() => {
      if (this.#wake) {
        const now = BigInt(Date.now()) * 1_000_000n
        if (now > this.#native.now) this.#native.advanceTo(now)
      }
      return work()
    })
    this.#wake?.at(this.#native.nextTime())
    if (isNews) this.#waiters.tell()
    return result
  }

  #change(order: Order | string, change: Change): [price: string | undefined, quantity: string | undefined] {
    if (typeof change !== 'object' || change === null) throw invalid('change', `expected { price } or { quantity }, found ${show(change)}`)
    const unknown = Object.keys(change).find((key) => key !== 'price' && key !== 'quantity')
    if (unknown !== undefined) throw new HaggleError('UNKNOWN_NAME', `unknown field '${unknown}'`, { path: `change.${unknown}`, hint: 'known: price, quantity' })
    const { price, quantity } = change
    const { symbol } = typeof order === 'string' ? this.fetchOrder(order) : order
    const { tick, lot } = this.#markets.find(symbol)
    return [
      price === undefined ? undefined : tick.text(BigInt(tick.nearest(price, 'change.price'))),
      quantity === undefined ? undefined : lot.text(BigInt(lot.down(quantity, 'change.quantity'))),
    ]
  }

  #refuseWall(path: string): void {
    if (this.#wake) throw invalid(path, 'the time of day moves by itself', "give the client clock: 'manual', or move the runner's fake timers")
  }
}

function nativeClient(config: unknown, instruments: unknown, options: MockOptions): NativeClient {
  if (!(instruments instanceof ExecutionInstrumentMap)) throw invalid('instruments', `expected an ExecutionInstrumentMap, found ${show(instruments)}`, "new ExecutionInstrumentMap('mock', ['BTC/USDT'])")
  if (typeof config !== 'object' || config === null) throw invalid('config', `expected an ExecutionInit or a MockExecutionConfig, found ${show(config)}`)
  const { keys, clock, ...rest } = options
  const { exchange, instruments: list } = instruments
  const map = jsonText({ exchange: exchange ?? list[0]?.exchange, instruments: list })
  return new NativeClient(jsonText(config), map, jsonText({ ...rest, ...wallStart(clock, rest) }), isIndexed(keys))
}

function wallStart(clock: unknown, { start }: MockOptions): { start?: Time } {
  if (clock === undefined || clock === 'manual') return {}
  if (clock !== 'wall') throw invalid('clock', `expected 'manual' or 'wall', found ${show(clock)}`)
  if (start !== undefined) throw invalid('start', 'the time of day starts by itself', "leave it out, or set clock: 'manual'")
  return { start: Date.now() }
}

function isIndexed(keys: unknown): boolean {
  if (keys === undefined || keys === 'named' || keys === 'indexed') return keys === 'indexed'
  throw invalid('keys', `expected 'named' or 'indexed', found ${show(keys)}`)
}

function ordersOf(views: string): OrderSnapshot[] {
  return (JSON.parse(views) as EventView[]).map(orderOfView)
}

function idOf(order: unknown, path: string): string {
  if (typeof order === 'string') return order
  if (order instanceof OrderSnapshot) return order.id ?? order.cid
  const { id, cid } = (order ?? {}) as { id?: unknown, cid?: unknown }
  const known = id ?? cid
  if (typeof known === 'string') return known
  throw invalid(path, `expected an order or its id, found ${show(order)}`)
}

function isBuy(side: unknown): boolean {
  if (side === 'Buy' || side === 'Sell') return side === 'Buy'
  throw invalid('side', `expected 'Buy' or 'Sell', found ${show(side)}`)
}

function countOf(times: unknown, path: string): number {
  if (Number.isInteger(times) && (times as number) > 0 && (times as number) < 2 ** 32) return times as number
  throw invalid(path, `expected a number above zero, found ${show(times)}`)
}

function closed(): HaggleError {
  return new HaggleError('CLOSED', 'the client was closed')
}

const bigMin = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const bigMax = (a: bigint, b: bigint): bigint => (a > b ? a : b)
