import { NativeOrderKey } from '#native'
import { jsonText } from '../json'
import type { KeyInit } from '../types/events'
import type { Json, Name } from '../types/primitives'
import { keyJson } from './fields'
import { blank, settle, shapesOf, shapesOfFields, WireValue } from './wire'

/**
 * What names an order everywhere: exchange, instrument, strategy, and the client's id. Names are what people should use; an
 * index counts as in barter, see {@link ExecutionInstrumentMap}.
 *
 * @example
 * import { OrderKey } from 'haggle'
 * const key = new OrderKey({ exchange: 'binance_spot', instrument: 'BTC/USDT', strategy: 'mm', cid: 'a-1' })
 * console.log(JSON.stringify(key))   // {"exchange":"binance_spot","instrument":"BTC/USDT","strategy":"mm","cid":"a-1"}
 * console.log(key.equals(OrderKey.fromJSON({ ...key })))   // true
 */
export class OrderKey extends WireValue {
  declare readonly exchange: Name
  declare readonly instrument: Name
  declare readonly strategy: string
  declare readonly cid: string

  /** @throws HaggleError with the path of the field. */
  constructor(key: KeyInit) {
    super()
    const [text, view] = shapesOfFields<KeyView>(NativeOrderKey, jsonText(keyJson(key, '')))
    settle(this, view, text)
  }

  /** Reads barter's JSON. @throws HaggleError with the path of the field. */
  static fromJSON(json: Json): OrderKey {
    const [text, view] = shapesOf<KeyView>(NativeOrderKey, typeof json === 'string' ? json : jsonText(json))
    return keyOf(view, text)
  }
}

/** @internal */
export interface KeyView { exchange: Name, instrument: Name, strategy: string, cid: string }

/** A key from its fields. @internal */
export function keyOf(view: KeyView, text: () => string): OrderKey {
  return settle(blank(OrderKey.prototype), view, text)
}
