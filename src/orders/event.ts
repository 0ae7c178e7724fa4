import { NativeOrder, NativeOrderEvent } from '#native'
import { jsonText } from '../json'
import { optionsOf } from '../options'
import type { CancelState, KeyInit, OrderKind, OrderTermsInit } from '../types/events'
import type { Order, OrderState, TimeInForce } from '../types/orders'
import type { Decimal, Json, Side } from '../types/primitives'
import { decimalJson, keyJson, stateJson, TERMS, termsJson } from './fields'
import { keyOf, type KeyView, type OrderKey } from './key'
import { below, blank, settle, shapesOf, shapesOfFields, WireValue } from './wire'

/** Refusals after which an order is over already. */
const OVER: ReadonlySet<string> = new Set(['OrderAlreadyCancelled', 'OrderAlreadyFullyFilled', 'OrderUnknown'])

/**
 * An order reached a state. `filledQuantity` stands beside the state, since in barter's JSON an order that is over has no
 * place for it.
 *
 * @example
 * import { OrderEvent } from 'haggle'
 * const event = OrderEvent.fromJSON('{"key":{"exchange":0,"instrument":1,"strategy":"mm","cid":"a-1"},"state":{"Inactive":"FullyFilled"}}')
 * console.log(event.state.kind, event.isActive)   // FullyFilled false
 */
export class OrderEvent<S extends OrderState | CancelState = OrderState> extends WireValue {
  declare readonly key: OrderKey
  declare readonly state: S
  declare readonly filledQuantity?: string

  /** @throws HaggleError with the path of the field. */
  constructor(event: { key: KeyInit, state: OrderState, filledQuantity?: Decimal }) {
    super()
    // A whole order fills in its own fields.
    if (new.target === OrderSnapshot as unknown) return
    const { key, state, filledQuantity } = optionsOf(event, '', ['key', 'state', 'filledQuantity'])
    const [text, view] = shapesOfFields<EventView>(NativeOrderEvent, jsonText(eventJson(key, state, filledQuantity)))
    settle(this as WireValue, { ...view, key: keyOf(view.key, below(text, 'key')) }, text)
  }

  /** Reads barter's JSON. @throws HaggleError with the path of the field, as `state.Active.Open.id`. */
  static fromJSON(json: Json): OrderEvent {
    const [text, view] = shapesOf<EventView>(NativeOrderEvent, typeof json === 'string' ? json : jsonText(json))
    return eventOf(view, text)
  }

  /** Whether the order may still be filled. */
  get isActive(): boolean {
    switch (this.state.kind) {
      case 'OpenInFlight': case 'Open': case 'CancelInFlight': return true
      case 'CancelRejected': return !OVER.has(this.state.reason.code)
      default: return false
    }
  }
}

/**
 * An order as it stands: its terms and its state. This is barter's `Order`.
 *
 * @example
 * import { OrderSnapshot } from 'haggle'
 * const order = new OrderSnapshot({
 *   key: { exchange: 'binance_spot', instrument: 'BTC/USDT', strategy: 'mm', cid: 'a-1' },
 *   side: 'Sell', quantity: '0.5', price: '87000', state: { kind: 'OpenInFlight' },
 * })
 * console.log(order.kind, order.isActive)   // Limit true
 */
export class OrderSnapshot extends OrderEvent implements Order {
  declare readonly filledQuantity: string
  declare readonly side: Side
  declare readonly kind: OrderKind
  declare readonly quantity: string
  declare readonly price?: string
  declare readonly stop?: string
  declare readonly takeProfit?: string
  declare readonly trail?: string
  declare readonly timeInForce: TimeInForce
  declare readonly postOnly: boolean
  declare readonly reduceOnly: boolean
  /** Of its fills. */
  declare readonly averagePrice?: string

  /** @throws HaggleError with the path of the field. */
  constructor(order: OrderTermsInit & { key: KeyInit, state: OrderState, filledQuantity?: Decimal, averagePrice?: Decimal, id?: string }) {
    super(order)
    const { key, state, filledQuantity, averagePrice, id, ...terms } = optionsOf(order, '', ['key', 'state', 'filledQuantity', 'averagePrice', 'id', ...TERMS])
    const json = { ...eventJson(key, state, filledQuantity), ...termsJson(terms), average_price: decimalJson(averagePrice, 'averagePrice'), id }
    const [text, view] = shapesOfFields<EventView>(NativeOrder, jsonText(json))
    settle(this as WireValue, { ...view, key: keyOf(view.key, below(text, 'key')) }, text)
  }

  /** The key's instrument, as text. */
  get symbol(): string { return String(this.key.instrument) }
  /** The key's, as text. */
  get exchange(): string { return String(this.key.exchange) }
  /** The key's. */
  get strategy(): string { return this.key.strategy }
  /** The key's. */
  get cid(): string { return this.key.cid }

  /** The exchange's id, where the state has one; an order that was filled or expired has it as a field of its own. */
  get id(): string {
    const { state } = this
    const id = state.kind === 'CancelInFlight' ? state.order?.id : 'id' in state ? state.id : undefined
    return id as string
  }

  /** Reads barter's JSON. @throws HaggleError with the path of the field. */
  static override fromJSON(json: Json): OrderSnapshot {
    const [text, view] = shapesOf<EventView>(NativeOrder, typeof json === 'string' ? json : jsonText(json))
    return orderOf(view, text)
  }
}

function eventJson(key: unknown, state: unknown, filledQuantity: unknown): object {
  return {
    key: keyJson(key, 'key'), state: stateJson(state as OrderState, 'state'), filled_quantity: decimalJson(filledQuantity, 'filledQuantity'),
    unknown: (state as { unknown?: unknown }).unknown,
  }
}

/** @internal */
export interface EventView { key: KeyView, state: OrderState | CancelState, filledQuantity?: string }

/** An event from its fields. @internal */
export function eventOf<S extends OrderState | CancelState = OrderState>(view: EventView, text: () => string): OrderEvent<S> {
  return settle(blank(OrderEvent.prototype as unknown as OrderEvent<S>), { ...view, key: keyOf(view.key, below(text, 'key')) }, text)
}

/** The same where its text was not made yet: it is made when it is asked for. @internal */
export function orderOfView(view: EventView): OrderSnapshot {
  return orderOf(view, () => textOfView(view))
}

/** The canonical JSON text of an order's fields. @internal */
export function textOfView(view: object): string {
  const { key, state, filledQuantity, averagePrice, id, ...terms } = view as EventView & { averagePrice?: string, id?: string }
  const json = { ...eventJson(key, state, filledQuantity), ...termsJson(terms), average_price: averagePrice, id }
  return shapesOf(NativeOrder, jsonText(json))[0]()
}

/** An order from its fields. @internal */
export function orderOf(view: EventView, text: () => string): OrderSnapshot {
  return settle(blank(OrderSnapshot.prototype), { ...view, key: keyOf(view.key, below(text, 'key')) }, text)
}
