import { NativeOrderRequestCancel, NativeOrderRequestOpen } from '#native'
import { jsonText } from '../json'
import { optionsOf } from '../options'
import type { KeyInit, OrderKind, OrderTermsInit } from '../types/events'
import type { TimeInForce } from '../types/orders'
import type { Json, Side } from '../types/primitives'
import { keyJson, TERMS, termsJson } from './fields'
import { keyOf, type KeyView, type OrderKey } from './key'
import { below, blank, settle, shapesOf, shapesOfFields, WireValue } from './wire'

/**
 * A request to open an order. The prices given decide its kind, as with `ctx.buy`.
 *
 * @example
 * import { OrderRequestOpen } from 'haggle'
 * const key = { exchange: 'binance_spot', instrument: 'BTC/USDT', strategy: 'mm', cid: 'a-1' }
 * const request = new OrderRequestOpen({ key, side: 'Buy', quantity: '2', price: 100.5, postOnly: true })
 * console.log(request.kind, request.price, request.timeInForce)   // Limit 100.5 GoodUntilCancelled
 */
export class OrderRequestOpen extends WireValue {
  declare readonly key: OrderKey
  declare readonly side: Side
  declare readonly kind: OrderKind
  declare readonly quantity: string
  /** Missing where the kind has none. */
  declare readonly price?: string
  /** What triggers it: one of the three, or none. */
  declare readonly stop?: string
  declare readonly takeProfit?: string
  declare readonly trail?: string
  declare readonly timeInForce: TimeInForce
  declare readonly postOnly: boolean
  declare readonly reduceOnly: boolean

  /** @throws HaggleError with the path of the field: no quantity above zero, a post-only order that is to take at once, ... */
  constructor(request: OrderTermsInit & { key: KeyInit }) {
    super()
    const { key, ...terms } = optionsOf(request, '', ['key', ...TERMS])
    const [text, view] = shapesOfFields<{ key: KeyView }>(NativeOrderRequestOpen, jsonText({ key: keyJson(key, 'key'), state: termsJson(terms) }))
    settle(this, { ...view, key: keyOf(view.key, below(text, 'key')) }, text)
  }

  /**
   * Reads barter's JSON. Unknown fields are refused: a misspelt `reduce_only` would change what is traded.
   *
   * @throws HaggleError with the path of the field, as `state.quantity`.
   */
  static fromJSON(json: Json): OrderRequestOpen {
    const [text, view] = shapesOf<{ key: KeyView }>(NativeOrderRequestOpen, typeof json === 'string' ? json : jsonText(json))
    return openOf(view, text)
  }
}

/**
 * A request to cancel an order, by its key and, where it is known, the exchange's id.
 *
 * @example
 * import { OrderRequestCancel } from 'haggle'
 * const key = { exchange: 'binance_spot', instrument: 'BTC/USDT', strategy: 'mm', cid: 'a-1' }
 * console.log(JSON.stringify(new OrderRequestCancel({ key, id: '7' })).endsWith('"state":{"id":"7"}}'))   // true
 */
export class OrderRequestCancel extends WireValue {
  declare readonly key: OrderKey
  declare readonly id?: string

  /** @throws HaggleError with the path of the field. */
  constructor(request: { key: KeyInit, id?: string }) {
    super()
    const { key, id = null } = optionsOf(request, '', ['key', 'id'])
    const [text, view] = shapesOfFields<{ key: KeyView }>(NativeOrderRequestCancel, jsonText({ key: keyJson(key, 'key'), state: { id } }))
    settle(this, { ...view, key: keyOf(view.key, below(text, 'key')) }, text)
  }

  /** Reads barter's JSON. @throws HaggleError with the path of the field. */
  static fromJSON(json: Json): OrderRequestCancel {
    const [text, view] = shapesOf<{ key: KeyView }>(NativeOrderRequestCancel, typeof json === 'string' ? json : jsonText(json))
    return cancelOf(view, text)
  }
}

/** A request from its fields. @internal */
export function openOf(view: { key: KeyView }, text: () => string): OrderRequestOpen {
  return settle(blank(OrderRequestOpen.prototype), { ...view, key: keyOf(view.key, below(text, 'key')) }, text)
}

/** A request from its fields. @internal */
export function cancelOf(view: { key: KeyView }, text: () => string): OrderRequestCancel {
  return settle(blank(OrderRequestCancel.prototype), { ...view, key: keyOf(view.key, below(text, 'key')) }, text)
}
