import { bookLevel } from '#native'
import { invalid, show } from '../errors'
import type { Order } from '../types/orders'
import type { Duration, Name, Numbers, Side } from '../types/primitives'
import type { Bar, Book, Change, Context, Market, OrderOptions, PublicTrade, Size } from '../types/strategy'
import { formatScaled as scaledText } from '../decimal'
import type { Desk } from './desk'
import * as at from './layout'
import { RandomNumbers } from './random'

/*
 * The views read straight from the memory that the core writes: classes with private fields, because these cost the
 * least per read, measured against closures, proxies and object literals.
 */

/** One instrument of a running strategy. @internal */
export class MarketView implements Market {
  readonly #view: Float64Array
  readonly #base: number
  readonly #desk: Desk
  readonly #place: number

  constructor(desk: Desk, place: number) {
    this.#view = desk.view
    this.#base = at.HEADER + place * at.MARKET
    this.#desk = desk
    this.#place = place
  }

  get symbol(): string { return this.#desk.names.instruments[this.#place]!.symbol }
  get exchange(): string { return this.#desk.names.instruments[this.#place]!.exchange }
  get bid(): number { return this.#view[this.#base + at.BID]! }
  get ask(): number { return this.#view[this.#base + at.ASK]! }
  get mid(): number { return (this.#view[this.#base + at.BID]! + this.#view[this.#base + at.ASK]!) / 2 }
  get last(): number { return this.#view[this.#base + at.LAST]! }
  get position(): number { return this.#view[this.#base + at.POSITION]! }
  get entryPrice(): number { return this.#view[this.#base + at.ENTRY_PRICE]! }
  get pnl(): number { return pnlAt(this.#view, this.#base) }
  get openOrders(): readonly Order[] { return this.#desk.openOrders(this.#place) }

  price(side: Side, level: number): number { return levelAt(this.#place, side, level, false) }
  size(side: Side, level: number): number { return levelAt(this.#place, side, level, true) }
  buy(size: Size, options?: OrderOptions): Order { return this.#desk.send(this.#place, at.SIDE.Buy, size, options) }
  sell(size: Size, options?: OrderOptions): Order { return this.#desk.send(this.#place, at.SIDE.Sell, size, options) }
  closePosition(): Order | undefined { return close(this.#desk, this.#place) }
  cancelAll(): void { this.#desk.cancelAll(this.#place) }
}

function levelAt(place: number, side: Side, level: number, isSize: boolean): number {
  if (side !== 'Buy' && side !== 'Sell') throw invalid('side', `expected 'Buy' or 'Sell', found ${show(side)}`)
  if (!Number.isInteger(level) || level < 0) throw invalid('level', `expected 0 for the best, 1 for the next and so on, found ${show(level)}`)
  return bookLevel(place, side === 'Buy', level, isSize)
}

function pnlAt(view: Float64Array, base: number): number {
  const position = view[base + at.POSITION]!
  return position === 0 ? 0 : position * (view[base + at.MARK]! - view[base + at.ENTRY_PRICE]!)
}

function close(desk: Desk, place: number): Order | undefined {
  desk.refuseOutside()
  const base = at.HEADER + place * at.MARKET
  const lots = desk.view[base + at.POSITION_LOTS]!
  if (lots === 0) return undefined
  const { lot } = desk.names.instruments[place]!
  const size = { toFixed: () => scaledText(BigInt(Math.abs(lots)), lot.scale, lot.mantissa) }
  return desk.send(place, lots > 0 ? at.SIDE.Sell : at.SIDE.Buy, size, { reduceOnly: true })
}

/** The market of the current event, and the account. @internal */
export class ContextView implements Context {
  readonly #view: Float64Array
  readonly #ints: BigInt64Array
  readonly #desk: Desk
  readonly #markets: readonly MarketView[]
  readonly #seed: number
  /** Made for a strategy that asks: each waits for a finalizer, of which none runs in a synchronous loop of runs. */
  #random: RandomNumbers | undefined

  constructor(desk: Desk, seed: number) {
    this.#view = desk.view
    this.#ints = desk.ints
    this.#desk = desk
    this.#seed = seed
    this.#markets = desk.names.instruments.map((_, place) => new MarketView(desk, place))
  }

  get #place(): number {
    const place = this.#view[at.INSTRUMENT]!
    if (place !== place) throw invalid('', 'this callback has no current market: several instruments are traded', "name one: ctx.of('BTC/USDT')")
    return place
  }

  get symbol(): string { return this.#markets[this.#place]!.symbol }
  get exchange(): string { return this.#markets[this.#place]!.exchange }
  get bid(): number { return this.#view[at.CURRENT + at.BID]! }
  get ask(): number { return this.#view[at.CURRENT + at.ASK]! }
  get mid(): number { return (this.#view[at.CURRENT + at.BID]! + this.#view[at.CURRENT + at.ASK]!) / 2 }
  get last(): number { return this.#view[at.CURRENT + at.LAST]! }
  get position(): number { return this.#view[at.CURRENT + at.POSITION]! }
  get entryPrice(): number { return this.#view[at.CURRENT + at.ENTRY_PRICE]! }
  get pnl(): number { return pnlAt(this.#view, at.CURRENT) }
  get openOrders(): readonly Order[] { return this.#desk.openOrders(this.#place) }
  price(side: Side, level: number): number { return levelAt(this.#place, side, level, false) }
  size(side: Side, level: number): number { return levelAt(this.#place, side, level, true) }
  get now(): number { return this.#view[at.NOW]! }
  get nowNs(): bigint { return this.#ints[at.NOW_NS]! }
  get equity(): number { return this.#view[at.EQUITY]! }

  buy(size: Size, options?: OrderOptions): Order { return this.#desk.send(this.#place, at.SIDE.Buy, size, options) }
  sell(size: Size, options?: OrderOptions): Order { return this.#desk.send(this.#place, at.SIDE.Sell, size, options) }
  closePosition(): Order | undefined { return close(this.#desk, this.#place) }
  cancelAll(): void { this.#desk.cancelAll(this.#place) }
  of(name: Name): Market { return this.#markets[this.#desk.place(name)]! }
  amend(order: Order | string, change: Change): void { this.#desk.amend(order, change) }
  cancel(order: Order | string): void { this.#desk.cancel(order) }
  timer(after: Duration, tag = ''): void { this.#desk.timer(after, tag) }

  balance(asset: string, exchange?: string): Numbers<'free' | 'locked' | 'total'> {
    const slot = this.#desk.assetSlot(asset, exchange)
    return Object.freeze({ free: this.#view[slot + at.FREE]!, locked: this.#view[slot + at.LOCKED]!, total: this.#view[slot + at.TOTAL]! })
  }

  random(): number {
    this.#random ??= new RandomNumbers(this.#seed)
    return this.#random.next()
  }
}

/** The print of the current event. @internal */
export class TradeView implements PublicTrade {
  readonly #view: Float64Array
  constructor(view: Float64Array) { this.#view = view }
  get time(): number { return this.#view[at.TRADE_TIME]! }
  get price(): number { return this.#view[at.TRADE_PRICE]! }
  get quantity(): number { return this.#view[at.TRADE_QUANTITY]! }
  get side(): Side { return this.#view[at.TRADE_SIDE] === at.SIDE.Buy ? 'Buy' : 'Sell' }
}

/** The bar of the current event. @internal */
export class BarView implements Bar {
  readonly #view: Float64Array
  constructor(view: Float64Array) { this.#view = view }
  get time(): number { return this.#view[at.BAR_TIME]! }
  get closeTime(): number { return this.#view[at.BAR_CLOSE_TIME]! }
  get open(): number { return this.#view[at.BAR_OPEN]! }
  get high(): number { return this.#view[at.BAR_HIGH]! }
  get low(): number { return this.#view[at.BAR_LOW]! }
  get close(): number { return this.#view[at.BAR_CLOSE]! }
  get volume(): number { return this.#view[at.BAR_VOLUME]! }
}

/** The best quotes of the current event's market. @internal */
export class BookView implements Book {
  readonly #view: Float64Array
  constructor(view: Float64Array) { this.#view = view }
  get bid(): number { return this.#view[at.CURRENT + at.BID]! }
  get bidSize(): number { return this.#view[at.CURRENT + at.BID_SIZE]! }
  get ask(): number { return this.#view[at.CURRENT + at.ASK]! }
  get askSize(): number { return this.#view[at.CURRENT + at.ASK_SIZE]! }
  price(side: Side, level: number): number { return levelAt(this.#view[at.INSTRUMENT]!, side, level, false) }
  size(side: Side, level: number): number { return levelAt(this.#view[at.INSTRUMENT]!, side, level, true) }
}
