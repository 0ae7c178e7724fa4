import { printable } from '../print/printable'
import { OrderRow } from '../results/rows'
import { timeText } from '../time'
import type { Order, OrderState, Reason, TimeInForce } from '../types/orders'
import type { Side } from '../types/primitives'
import type { Grid } from './grid'

/** What an order is sent with. @internal */
export interface Sent {
  readonly number: number
  readonly instrument: number
  readonly symbol: string
  readonly exchange: string
  readonly strategy: string
  readonly cid: string
  readonly side: Side
  /** Ticks; undefined for a market order. */
  readonly price: number | undefined
  /** Lots; 0 where the size is an amount that becomes a quantity at the fill. */
  readonly quantity: number
  readonly timeInForce: TimeInForce
  readonly tick: Grid
  readonly lot: Grid
}

/** Kinds of states, as the core numbers the ends of an order. */
type Kind = OrderState['kind']

/**
 * An order of a running strategy: a live view, whose state changes as events arrive. Amounts are canonical text.
 * @internal
 */
export class LiveOrder implements Order {
  readonly #sent: Sent
  #kind: Kind = 'OpenInFlight'
  #isCancelling = false
  #isInDoubt = false
  #price: bigint | undefined
  #quantity: bigint
  #filled = 0n
  /** Sum of ticks x lots over the fills. */
  #value = 0n
  /** When the exchange last said something of it; undefined before its first word. */
  #time: bigint | undefined
  #reason: Reason | undefined
  #state: OrderState | undefined

  constructor(sent: Sent) {
    this.#sent = sent
    this.#price = sent.price === undefined ? undefined : BigInt(sent.price)
    this.#quantity = BigInt(sent.quantity)
  }

  /** The order's number in its run. @internal */
  get number(): number { return this.#sent.number }
  /** Place of its instrument. @internal */
  get instrument(): number { return this.#sent.instrument }

  get symbol(): string { return this.#sent.symbol }
  get exchange(): string { return this.#sent.exchange }
  get strategy(): string { return this.#sent.strategy }
  get cid(): string { return this.#sent.cid }
  get side(): Side { return this.#sent.side }
  get kind(): string { return this.#price === undefined ? 'Market' : 'Limit' }
  get timeInForce(): TimeInForce { return this.#sent.timeInForce }
  get price(): string { return (this.#price === undefined ? undefined : this.#sent.tick.text(this.#price)) as string }
  get quantity(): string { return this.#sent.lot.text(this.#quantity) }
  get filledQuantity(): string { return this.#sent.lot.text(this.#filled) }
  get id(): string { return (this.#isPlaced ? String(this.#sent.number) : undefined) as string }
  get isActive(): boolean { return this.#kind === 'OpenInFlight' || this.#kind === 'Open' }

  get averagePrice(): string {
    if (this.#filled === 0n) return undefined as unknown as string
    return this.#sent.tick.average(this.#value, this.#filled)
  }

  get state(): OrderState {
    return (this.#state ??= Object.freeze(this.#makeState()))
  }

  get #isPlaced(): boolean {
    return this.#time !== undefined && this.#kind !== 'OpenFailed'
  }

  #makeState(): OrderState {
    const placed = { id: String(this.#sent.number), timeExchange: timeText(this.#time ?? 0n), filledQuantity: this.filledQuantity }
    if (this.#isCancelling && this.isActive) return { kind: 'CancelInFlight', order: this.#isPlaced ? Object.freeze(placed) : null }
    switch (this.#kind) {
      case 'Open': return { kind: 'Open', ...placed }
      case 'Cancelled': return { kind: 'Cancelled', id: placed.id, timeExchange: placed.timeExchange }
      case 'OpenFailed': return { kind: 'OpenFailed', reason: this.#reason! }
      case 'OpenInFlight': return this.#isInDoubt ? { kind: 'OpenInFlight', unknown: true } : { kind: 'OpenInFlight' }
      default: return { kind: this.#kind } as OrderState
    }
  }

  /** Another state was reached; a reason that was known before stays. @internal */
  reach(kind: Kind, time: bigint | undefined, reason?: Reason): void {
    this.#kind = kind
    this.#isInDoubt = false
    this.#time = time
    this.#reason ??= reason
    this.#state = undefined
  }

  /** An execution arrived. @internal */
  fill(price: bigint, quantity: bigint, filled: bigint, total: bigint, time: bigint): void {
    this.#value += price * quantity
    this.#filled = filled
    this.#quantity = total
    this.reach(filled === total ? 'FullyFilled' : 'Open', time)
  }

  /** No answer came to the request that opens it. @internal */
  set isInDoubt(is: boolean) {
    this.#isInDoubt = is
    this.#state = undefined
  }

  /** Whether a cancel is on its way. @internal */
  get isCancelling(): boolean { return this.#isCancelling }

  /** A cancel left, or was refused. @internal */
  set isCancelling(is: boolean) {
    this.#isCancelling = is
    this.#state = undefined
  }

  /** An amend arrived. @internal */
  amend(price: bigint, quantity: bigint, time: bigint): void {
    if (this.#price !== undefined) this.#price = price
    this.#quantity = quantity
    // A risk limit cuts an order before it is anywhere.
    if (this.#isPlaced) this.#time = time
    this.#state = undefined
  }

  /** A frozen copy of how it stands now. @internal */
  copy(): OrderRow {
    const { symbol, exchange, strategy, cid, side, kind, quantity, filledQuantity, timeInForce, state, isActive, price, id, averagePrice } = this
    const optional = Object.entries({ id, price, averagePrice }).filter(([, value]) => value !== undefined)
    return Object.freeze(Object.assign(new OrderRow(), {
      symbol, exchange, strategy, cid, side, kind, quantity, filledQuantity, timeInForce, state, isActive, ...Object.fromEntries(optional),
    }))
  }

  toJSON(): object {
    return this.copy().toJSON()
  }

  static {
    printable(this.prototype, function (this: LiveOrder, depth, options, inspect) {
      return depth !== null && depth < 0 ? options.stylize(`[Order ${this.cid}]`, 'special') : inspect(this.copy(), { ...options, depth })
    })
  }
}
