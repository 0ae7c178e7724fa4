import { NativeExecutionInstrumentMap } from '#native'
import { invalid, isRevoked, show } from '../errors'
import { EngineEvent, engineEventOf, type EngineView } from '../events/engine-event'
import { jsonText } from '../json'
import { call } from '../native/errors'
import { isOf, textOf as textOfName } from '../options'
import { SystemConfig } from '../system-config'
import type { InstrumentInit } from '../types/config'
import { assignFrozen, Value } from '../value'
import { AccountEvent, accountOf, AccountSnapshot, AssetBalance, balanceOf, snapshotOf, type AccountView, type SnapshotView } from './account'
import { OrderEvent, eventOf, orderOf, OrderSnapshot, type EventView } from './event'
import { keyOf, OrderKey, type KeyView } from './key'
import { cancelOf, openOf, OrderRequestCancel, OrderRequestOpen } from './request'
import { textOf, WireValue } from './wire'

/**
 * Translates the keys of orders and events between names, which people should use, and indices, which barter uses.
 *
 * Made of a list of instruments, 0, 1, 2 are their places in that list. Made {@link ExecutionInstrumentMap.from} a config,
 * it was not said what an index counts: barter sorts instruments, a config does not. An index is then taken, and written, only
 * where both orders agree on it; elsewhere `AMBIGUOUS_NAME` is thrown.
 *
 * @example
 * import { ExecutionInstrumentMap, OrderKey } from 'haggle'
 * const map = new ExecutionInstrumentMap('binance_spot', ['ETH/USDT', 'BTC/USDT'])
 * const key = new OrderKey({ exchange: 'binance_spot', instrument: 'BTC/USDT', strategy: 'mm', cid: 'a-1' })
 * console.log(map.indexed(key).instrument)               // 1
 * console.log(map.named(map.indexed(key)).equals(key))   // true
 */
export class ExecutionInstrumentMap extends Value {
  /** The only exchange it knows, where there is one. */
  declare readonly exchange?: string
  declare readonly instruments: readonly Readonly<InstrumentInit>[]
  /** What an index counts: places in the list, or what both orders agree on. */
  declare readonly numbering: 'listed' | 'agreed'
  readonly #native: NativeExecutionInstrumentMap

  /** Indices count the instruments as they are listed. @throws HaggleError with the path of the field. */
  constructor(exchange: string, instruments: readonly (string | InstrumentInit)[])
  /** @internal */
  constructor(exchange: string | undefined, instruments: readonly (string | InstrumentInit)[], config?: SystemConfig)
  constructor(exchange: string | undefined, instruments: readonly (string | InstrumentInit)[], config?: SystemConfig) {
    super()
    if (config === undefined && typeof exchange !== 'string') throw invalid('exchange', `expected the name of an exchange, found ${show(exchange)}`)
    const system = config ?? new SystemConfig({ exchange: exchange!, instruments })
    const numbering = config === undefined ? 'listed' : 'agreed'
    this.#native = call(() => new NativeExecutionInstrumentMap(jsonText({ ...system }), exchange, numbering === 'listed'))
    const known = system.instruments.filter((instrument) => exchange === undefined || instrument.exchange === exchange)
    assignFrozen(this, { exchange, instruments: known, numbering })
    Object.freeze(this)
  }

  /** For the instruments of a config, or of one of its exchanges. @throws HaggleError `UNKNOWN_NAME` for another exchange. */
  static from(config: SystemConfig, exchange?: string): ExecutionInstrumentMap {
    if (!isOf(config, SystemConfig)) throw invalid('config', `expected a SystemConfig, found ${show(config)}`)
    return new ExecutionInstrumentMap(exchange === undefined ? undefined : textOfName(exchange, 'exchange', 'the name of an exchange'), [], config)
  }

  /**
   * The value with indices in the place of names.
   *
   * @throws HaggleError with the path in the value's JSON: `UNKNOWN_NAME`, `AMBIGUOUS_NAME`.
   */
  indexed<T extends WireValue>(value: T): T {
    return this.#translate(value, 'indexed')
  }

  /** The value with names in the place of indices. @throws as {@link ExecutionInstrumentMap.indexed}. */
  named<T extends WireValue>(value: T): T {
    return this.#translate(value, 'named')
  }

  #translate<T extends WireValue>(value: T, direction: 'indexed' | 'named'): T {
    const { name, restore } = classOf(value)
    const [text, view] = call(() => this.#native[direction](name, textOf(value)))
    return restore(JSON.parse(view!) as never, () => text!) as WireValue as T
  }
}

type Restore = (view: never, text: () => string) => WireValue

const CLASSES: readonly (readonly [type: { prototype: WireValue }, name: string, restore: Restore])[] = [
  [OrderKey, 'OrderKey', (view: KeyView, text) => keyOf(view, text)],
  [OrderRequestOpen, 'OrderRequestOpen', (view: { key: KeyView }, text) => openOf(view, text)],
  [OrderRequestCancel, 'OrderRequestCancel', (view: { key: KeyView }, text) => cancelOf(view, text)],
  [OrderSnapshot, 'Order', (view: EventView, text) => orderOf(view, text)],
  [OrderEvent, 'OrderEvent', (view: EventView, text) => eventOf(view, text)],
  [AssetBalance, 'AssetBalance', (view: object, text) => balanceOf(view, text)],
  [AccountSnapshot, 'AccountSnapshot', (view: SnapshotView, text) => snapshotOf(view, text)],
  [AccountEvent as unknown as { prototype: WireValue }, 'AccountEvent', (view: AccountView, text) => accountOf(view, text)],
  [EngineEvent as unknown as { prototype: WireValue }, 'EngineEvent', (view: EngineView, text) => engineEventOf(view, text)],
]

function classOf(value: WireValue): { name: string, restore: Restore } {
  const prototype: unknown = typeof value === 'object' && value !== null && !isRevoked(value) ? Object.getPrototypeOf(value) : undefined
  const found = CLASSES.find(([type]) => type.prototype === prototype)
  if (found === undefined) throw invalid('value', `expected a key, request, order, balance or event, found ${show(value)}`)
  const [, name, restore] = found
  // The answer to a cancel shows as an order event, and is a shape of its own in JSON.
  const isResponse = name === 'OrderEvent' && /^\{"key":.*"state":\{"(Ok|Err)":/s.test(textOf(value))
  return { name: isResponse ? 'CancelResponse' : name, restore }
}
