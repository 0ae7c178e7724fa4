import { formatScaled, wideMantissa } from '../decimal'
import { HaggleError, invalid, show } from '../errors'
import { isBag, isOf, optionsOf, textOf } from '../options'
import { ABSENT } from '../table/column'
import { STATES, TIMES_IN_FORCE, type OrderColumns, type RunNames } from '../results/columns'
import { FillRow } from '../results/rows'
import { millisOf, NANOS_MAX, nanosOfDuration, timeText } from '../time'
import type { Reason } from '../types/orders'
import type { Decimal, Duration, Name } from '../types/primitives'
import type { Fill } from '../types/results'
import type { RiskCheck } from '../types/risk'
import type { Change, Context, OrderOptions, Size } from '../types/strategy'
import { assignFrozen } from '../value'
import { Grid } from './grid'
import * as at from './layout'
import { LiveOrder, type Sent } from './live-order'
import { readAmount, readOrderOptions } from './order-options'
import { Checker, type ReadSize } from './risk-check'

/** What the core says of instruments and assets. @internal */
export interface NativeNames extends RunNames {
  readonly instruments: readonly (RunNames['instruments'][number] & { readonly nameExchange: string })[]
  readonly assetExchanges: readonly string[]
}

/** Where others look up what a strategy calls its orders and timers, and it what they call theirs. @internal */
export interface Registry {
  nameOrder(number: number, cid: string): void
  nameTag(tag: number, text: string): void
  /** Strategy and client id. */
  orderName(number: number): string[]
}

const NONE: readonly LiveOrder[] = Object.freeze([])

/**
 * Where a running strategy's orders are written and their fates come in: everything of a run that is JavaScript's.
 * Commands go into the shared memory, checked so that a bad one is thrown at the line that sent it.
 * @internal
 */
export class Desk {
  readonly view: Float64Array
  readonly ints: BigInt64Array
  readonly names: NativeNames
  /** Client ids that were given, by order number. */
  readonly cids: Record<number, string> = {}
  /** Whether fills are looked at: a row of text is not made without a reader. */
  showsFills = false
  /** Fills of the bundle that is arriving. */
  fills: Fill[] = []
  /** Orders of that bundle. */
  touched: LiveOrder[] = []
  /** Of a live system, where others send orders, too. */
  registry: Registry | undefined
  /** All orders and fills so far, where they are kept; fills if they are shown. */
  journal: { readonly orders: LiveOrder[], readonly fills: Fill[] } | undefined
  readonly #strategy: string
  readonly #text: Uint8Array
  readonly #ticks: readonly Grid[]
  readonly #lots: readonly Grid[]
  readonly #open: (readonly LiveOrder[])[]
  readonly #orders = new Map<number, LiveOrder>()
  readonly #byCid = new Map<string, LiveOrder>()
  readonly #usedCids = new Set<string>()
  readonly #tags: string[] = []
  readonly #tagIndex = new Map<string, number>()
  readonly #places = new Map<Name, number>()
  readonly #commands: number
  readonly #reasons: ReadonlyMap<number, Reason>
  #isClosed = false
  #checker: Checker | undefined

  constructor(buffer: ArrayBuffer, names: NativeNames, strategy: string, reasons: ReadonlyMap<number, Reason>) {
    this.view = new Float64Array(buffer)
    this.ints = new BigInt64Array(buffer)
    this.names = names
    this.#strategy = strategy
    this.#reasons = reasons
    this.#ticks = names.instruments.map(({ tick }) => new Grid(tick, 'tick'))
    this.#lots = names.instruments.map(({ lot }) => new Grid(lot, 'lot'))
    this.#open = names.instruments.map(() => NONE)
    this.#commands = at.HEADER + names.instruments.length * at.MARKET + names.assets.length * at.ASSET
    this.#text = new Uint8Array(buffer, (this.#commands + at.COMMANDS_MAX * at.COMMAND) * 8)
  }

  /** From now on every order is given to this check before it leaves. */
  checkBy(check: RiskCheck, ctx: Context): void {
    this.#checker = new Checker(check, ctx, this.#reasons.values())
  }

  /** The run is over: its rows get what only this side knows, and orders that it leaves take their last state from them. */
  leave(orders: OrderColumns): void {
    Object.assign(orders.cids, this.cids)
    this.#checker?.explain(orders)
    this.close(orders)
  }

  /** Working orders of an instrument, oldest first, with those in flight. */
  openOrders(instrument: number): readonly LiveOrder[] {
    return this.#open[instrument]!
  }

  /** Place of an instrument by its name. */
  place(name: Name): number {
    const known = this.#places.get(name)
    if (known !== undefined) return known
    const { instruments } = this.names
    let found: number[]
    if (typeof name === 'number') {
      found = instruments[name] ? [name] : []
    } else {
      const upper = typeof name === 'string' ? name.toUpperCase() : undefined
      const fits = ({ symbol, exchange, nameExchange }: NativeNames['instruments'][number]): boolean =>
        symbol === upper || nameExchange === name || `${exchange.toUpperCase()}:${symbol}` === upper
      found = instruments.flatMap((instrument, index) => (fits(instrument) ? [index] : []))
    }
    if (found.length > 1) {
      const one = instruments[found[0]!]!
      throw new HaggleError('AMBIGUOUS_NAME', `two instruments are called ${show(name)}`, { path: 'name', hint: `write '${one.exchange}:${one.symbol}'` })
    }
    const [place] = found
    if (place === undefined) {
      throw new HaggleError('UNKNOWN_NAME', `unknown instrument ${show(name)}`, { path: 'name', hint: `known: ${instruments.map(({ symbol }) => symbol).join(', ')}` })
    }
    this.#places.set(name, place)
    return place
  }

  /** First slot of an asset. */
  assetSlot(asset: string, exchange?: string): number {
    const { assets, assetExchanges, instruments } = this.names
    const upper = typeof asset === 'string' ? asset.toUpperCase() : undefined
    const found = assets.flatMap((name, index) => (name === upper && (exchange === undefined || assetExchanges[index] === exchange) ? [index] : []))
    if (found.length > 1) {
      throw new HaggleError('AMBIGUOUS_NAME', `more than one exchange has the asset '${upper}'`, { path: 'exchange', hint: `say which: balance('${upper}', '${assetExchanges[found[0]!]}')` })
    }
    if (found.length === 0) {
      throw new HaggleError('UNKNOWN_NAME', `unknown asset ${show(upper ?? asset)}`, { path: 'asset', hint: `known: ${[...new Set(assets)].join(', ')}` })
    }
    return at.HEADER + instruments.length * at.MARKET + found[0]! * at.ASSET
  }

  /** Refuses requests outside of a callback of this very run: the memory may be another run's by now. */
  refuseOutside(): void {
    if (this.#checker?.isAsking) throw new HaggleError('REENTRANT', 'a risk check sends nothing itself', { path: 'risk.check' })
    if (this.view[at.COUNT]! < at.FULL && !this.#isClosed) return
    throw new HaggleError('REENTRANT', 'orders can be sent only inside a callback of the strategy', {
      hint: 'not after await, in a timer of Node\'s, or through a context that was kept: use ctx.timer',
    })
  }

  /** Takes the next free command slot. */
  #command(operation: number): number {
    const count = this.view[at.COUNT]!
    if (count >= at.COMMANDS_MAX) {
      throw invalid('', `a callback can send at most ${at.COMMANDS_MAX} requests`, 'spread them over events or timers; cancelAll is one request')
    }
    this.view[at.COUNT] = count + 1
    const base = this.#commands + count * at.COMMAND
    this.view[base + at.OP] = operation
    return base
  }

  /** Sends an order; `side` is one of {@link at.SIDE}. */
  send(instrument: number, side: 0 | 1, size: Size, options: OrderOptions | undefined): LiveOrder {
    this.refuseOutside()
    const { cid, reduceOnly, price, postOnly, force } = readOrderOptions(options)
    const ticks = price === undefined ? undefined : this.#ticks[instrument]!.nearest(price, 'options.price')
    const wanted = this.#readSize(instrument, size)
    const name = this.#checkCid(cid)
    const { view } = this
    const number = view[at.NEXT_ORDER]!
    const { symbol, exchange } = this.names.instruments[instrument]!
    // Made once: an object spread over another would cost as much as the rest of the order.
    const order: Sent = {
      number, instrument, symbol, exchange, timeInForce: force.value, price: ticks, quantity: wanted[0] === at.SIZE.lots ? wanted[1] : 0, strategy: this.#strategy,
      cid: name ?? `${this.#strategy}-${number}`, side: side === at.SIDE.Buy ? 'Buy' : 'Sell', tick: this.#ticks[instrument]!, lot: this.#lots[instrument]!,
    }
    let read = wanted
    let refusal: Reason | undefined
    // While orders are refused anyway, there is nothing to check.
    if (this.#checker !== undefined && view[at.REFUSES] === 0) {
      const verdict = this.#checker.judge({ ...order, size: wanted, postOnly, reduceOnly })
      if ('code' in verdict) refusal = verdict
      else read = verdict
    }
    const [sizeKind, amount, scale] = read
    const base = this.#command(refusal === undefined ? at.OPERATION.open : at.OPERATION.openRefused)
    view[at.NEXT_ORDER] = number + 1
    view[base + at.OPEN_INSTRUMENT] = instrument
    view[base + at.OPEN_FLAGS] = (side === at.SIDE.Sell ? at.FLAG_SELL : 0) | (ticks === undefined ? 0 : at.FLAG_LIMIT) | (postOnly ? at.FLAG_POST_ONLY : 0)
      | (reduceOnly ? at.FLAG_REDUCE_ONLY : 0) | (force.code << at.FORCE_SHIFT) | (sizeKind << at.SIZE_SHIFT)
    view[base + at.OPEN_AMOUNT] = amount
    view[base + at.OPEN_SCALE] = scale
    view[base + at.OPEN_PRICE] = ticks ?? 0
    view[base + at.OPEN_NUMBER] = number
    if (force.until !== undefined) this.ints[base + at.OPEN_UNTIL] = force.until
    return this.#add(read === wanted ? order : { ...order, quantity: sizeKind === at.SIZE.lots ? amount : 0 }, name, refusal)
  }

  #add(sent: Sent, cid: string | undefined, refused: Reason | undefined): LiveOrder {
    const order = new LiveOrder(sent)
    this.journal?.orders.push(order)
    if (cid !== undefined) {
      this.cids[sent.number] = cid
      this.#usedCids.add(cid)
      this.registry?.nameOrder(sent.number, cid)
    }
    const refusal = this.view[at.REFUSES]!
    if (refusal > 0) {
      order.reach('OpenFailed', undefined, this.#reasons.get(refusal)!)
      return order
    }
    if (refused !== undefined) {
      // Its event, which the core answers with, is for onOrder.
      this.#orders.set(sent.number, order)
      order.reach('OpenFailed', undefined, refused)
      return order
    }
    this.#work(order)
    return order
  }

  #checkCid(given: unknown): string | undefined {
    if (given === undefined) return undefined
    const cid = textOf(given, 'options.cid')
    if (cid === '') throw invalid('options.cid', "expected a text, found ''")
    if (!cid.isWellFormed()) throw invalid('options.cid', 'the text has half of a surrogate pair: it is no Unicode')
    if (this.#generated(cid) !== undefined) throw invalid('options.cid', `${show(cid)} has the form of the ids that orders without one get`, 'add a letter')
    if (this.#usedCids.has(cid)) throw invalid('options.cid', `the client order id ${show(cid)} was used before`, 'they are unique for the whole run')
    return cid
  }

  /** A size as its kind, whole number and scale. */
  #readSize(instrument: number, size: Size): ReadSize {
    if (isBag(size) && !('toFixed' in (size as object))) {
      const keys = Object.keys(size as object)
      const { quote, equity } = size as { quote?: Decimal, equity?: Decimal }
      if (keys.length === 1 && 'quote' in (size as object)) return [at.SIZE.quote, ...readAmount(quote!, 'size.quote')]
      if (keys.length === 1 && 'equity' in (size as object)) return [at.SIZE.equity, ...readAmount(equity!, 'size.equity')]
      throw invalid('size', `expected a quantity, { quote } or { equity }, found an object with ${keys.join(', ') || 'no fields'}`)
    }
    return [at.SIZE.lots, this.#lots[instrument]!.down(size as Decimal, 'size'), 0]
  }

  /** The working order that is meant; undefined where it is over. */
  #find(order: unknown, path: string): LiveOrder | undefined {
    if (isOf(order, LiveOrder)) return this.#orders.get(order.number) === order ? order : undefined
    if (typeof order !== 'string') throw invalid(path, `expected an order or its client id, found ${show(order)}`)
    const byCid = this.#byCid.get(order)
    if (byCid || this.#usedCids.has(order)) return byCid
    const number = this.#generated(order) ?? (/^\d+$/.test(order) ? Number(order) : Number.NaN)
    if (number < this.view[at.NEXT_ORDER]!) return this.#orders.get(number)
    throw new HaggleError('UNKNOWN_NAME', `unknown order ${show(order)}`, { path, hint: 'an order, its client id, or its id' })
  }

  /** The number of the order that gets this client id where the strategy gives it none. */
  #generated(cid: string): number | undefined {
    const prefix = `${this.#strategy}-`
    const digits = cid.startsWith(prefix) ? cid.slice(prefix.length) : ''
    return /^\d+$/.test(digits) ? Number(digits) : undefined
  }

  /** Asks for a cancel; nothing happens for an order that is over, or whose cancel is under way. */
  cancel(order: unknown): void {
    this.refuseOutside()
    const found = this.#find(order, 'order')
    if (!found || found.isCancelling) return
    this.view[this.#command(at.OPERATION.cancel) + at.CANCEL_ORDER] = found.number
    // While requests are refused, this one goes nowhere.
    found.isCancelling = this.view[at.REFUSES] === 0
  }

  /** Asks for a cancel of every working order of an instrument: one request for any number of them. */
  cancelAll(instrument: number): void {
    this.refuseOutside()
    const open = this.#open[instrument]!
    if (open.every((order) => order.isCancelling)) return
    this.view[this.#command(at.OPERATION.cancelAll) + at.CANCEL_ALL_INSTRUMENT] = instrument
    const isSent = this.view[at.REFUSES] === 0
    for (const order of open) order.isCancelling = isSent
  }

  /** Asks for another price or total quantity; nothing happens for an order that is over. */
  amend(order: unknown, change: Change): void {
    this.refuseOutside()
    const { price, quantity } = optionsOf(change, 'change', ['price', 'quantity']) as Change
    const found = this.#find(order, 'order')
    if (!found) return
    if (price === undefined && quantity === undefined) throw invalid('change', 'expected { price }, { quantity } or both, found neither')
    const ticks = price === undefined ? Number.NaN : this.#ticks[found.instrument]!.nearest(price, 'change.price')
    const lots = quantity === undefined ? Number.NaN : this.#lots[found.instrument]!.down(quantity, 'change.quantity')
    const base = this.#command(at.OPERATION.amend)
    this.view[base + at.AMEND_ORDER] = found.number
    this.view[base + at.AMEND_PRICE] = ticks
    this.view[base + at.AMEND_QUANTITY] = lots
  }

  /** Asks for a call of `onTimer`. */
  timer(after: Duration, tag: string): void {
    this.refuseOutside()
    const nanos = nanosOfDuration(after, 'after')
    if (this.ints[at.NOW_NS]! + nanos >= NANOS_MAX) {
      throw invalid('after', `${show(after)} from now is beyond the calendar, which ends in 2262`)
    }
    if (typeof tag !== 'string') throw invalid('tag', `expected a text, found ${show(tag)}`)
    if (!tag.isWellFormed()) throw invalid('tag', 'the text has half of a surrogate pair: it is no Unicode')
    const index = this.#tagIndex.get(tag) ?? this.#nameTag(tag)
    const base = this.#command(at.OPERATION.timer)
    this.ints[base + at.TIMER_AFTER] = nanos
    this.view[base + at.TIMER_TAG] = index
  }

  #nameTag(tag: string): number {
    const index = this.#tags.length
    this.registry?.nameTag(index, tag)
    this.#tags.push(tag)
    this.#tagIndex.set(tag, index)
    return index
  }

  /** The text of a timer's tag. */
  tag(): string {
    return this.#tags[this.view[at.TIMER_EVENT_TAG]!]!
  }

  /** Takes in one event of an own order. */
  apply(): void {
    const { view, ints } = this
    const order = this.#orders.get(view[at.ORDER_NUMBER]!)
    const event = view[at.ORDER_EVENT_KIND]!
    if (event === at.ORDER_EVENT.Sent) this.#announce()
    if (!order) return
    const time = ints[at.ORDER_TIME]!
    switch (event) {
      case at.ORDER_EVENT.Opened: order.reach('Open', time); break
      case at.ORDER_EVENT.Filled: this.#fill(order, time); break
      case at.ORDER_EVENT.Cancelled: order.reach('Cancelled', time); break
      case at.ORDER_EVENT.Expired: order.reach('Expired', time); break
      case at.ORDER_EVENT.Rejected: order.reach('OpenFailed', time, this.#reason()); break
      case at.ORDER_EVENT.CancelRejected: order.isCancelling = false; break
      case at.ORDER_EVENT.InDoubt: order.isInDoubt = true; break
      case at.ORDER_EVENT.Cancelling: order.isCancelling = true; return
      case at.ORDER_EVENT.Amended: order.amend(ints[at.AMENDED_PRICE]!, ints[at.AMENDED_QUANTITY]!, time); break
    }
    if (!this.touched.includes(order)) this.touched.push(order)
    if (order.isActive) return
    this.#orders.delete(order.number)
    this.#byCid.delete(order.cid)
    this.#open[order.instrument] = Object.freeze(this.#open[order.instrument]!.filter((other) => other !== order))
  }

  /** An order that the engine sent by itself: on a command, or beyond a limit of risk. */
  #announce(): void {
    const { view, names } = this
    const [number, instrument, flags] = [view[at.ORDER_NUMBER]!, view[at.SENT_INSTRUMENT]!, view[at.SENT_FLAGS]!]
    const { symbol, exchange } = names.instruments[instrument]!
    const [strategy, cid] = this.registry?.orderName(number) ?? [this.#strategy, `${this.#strategy}-${number}`]
    const force = TIMES_IN_FORCE[(flags >> at.FORCE_SHIFT) & at.FORCE_MASK]
    this.#usedCids.add(cid!)
    this.#work(new LiveOrder({
      number, instrument, symbol, exchange, strategy: strategy!, cid: cid!, side: (flags & at.FLAG_SELL) === 0 ? 'Buy' : 'Sell',
      price: (flags & at.FLAG_LIMIT) === 0 ? undefined : view[at.SENT_PRICE]!, quantity: view[at.SENT_QUANTITY]!,
      timeInForce: force ?? { goodUntil: timeText(this.ints[at.SENT_UNTIL]!) }, tick: this.#ticks[instrument]!, lot: this.#lots[instrument]!,
    }))
  }

  /** An order is among those that work from now on. */
  #work(order: LiveOrder): void {
    this.#orders.set(order.number, order)
    this.#byCid.set(order.cid, order)
    this.#open[order.instrument] = Object.freeze([...this.#open[order.instrument]!, order])
  }

  #fill(order: LiveOrder, time: bigint): void {
    const { view, ints, names } = this
    const [price, quantity, filled] = [ints[at.FILL_PRICE]!, ints[at.FILL_QUANTITY]!, ints[at.FILL_FILLED]!]
    order.fill(price, quantity, filled, ints[at.FILL_ORDER_QUANTITY]!, time)
    if (!this.showsFills) return
    const fill = new FillRow()
    assignFrozen(fill, {
      id: String(ints[at.FILL_ID]!), orderId: String(order.number), cid: order.cid, symbol: order.symbol, exchange: order.exchange,
      strategy: order.strategy, side: order.side, time: millisOf(time), timeExchange: timeText(time),
      price: this.#ticks[order.instrument]!.text(price), quantity: this.#lots[order.instrument]!.text(quantity),
      filledQuantity: this.#lots[order.instrument]!.text(filled),
      fee: formatScaled(wideMantissa(ints[at.FILL_FEE_LOW]!, ints[at.FILL_FEE_HIGH]!), view[at.FILL_FEE_SCALE]!),
      feeAsset: names.assets[view[at.FILL_FEE_ASSET]!]!, liquidity: view[at.FILL_LIQUIDITY] === at.LIQUIDITY.Maker ? 'Maker' : 'Taker',
    })
    this.fills.push(Object.freeze(fill))
    this.journal?.fills.push(fill)
  }

  /** Orders that are left take their last state from these rows, and none is sent any more. */
  close(rows?: OrderColumns): void {
    this.#isClosed = true
    if (rows) for (const order of this.#orders.values()) settle(order, rows)
    this.#orders.clear()
    this.#byCid.clear()
    this.#open.fill(NONE)
  }

  #reason(): Reason {
    const text = new TextDecoder().decode(this.#text.subarray(0, this.view[at.TEXT_LENGTH]!))
    const { code, message, details } = JSON.parse(text) as Reason
    return Object.freeze({ code, message, details: Object.freeze(details) })
  }
}

/** Brings an order to the state that its row has. */
function settle(order: LiveOrder, rows: OrderColumns): void {
  const { number } = order
  const time = rows.time[number]!
  order.reach(STATES[rows.state[number]!]!, time === ABSENT ? undefined : time, rows.reasons[rows.reason[number]!])
}
