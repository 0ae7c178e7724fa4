import { readFileSync } from 'node:fs'
import { checkSystem, systemFromBarter, systemToBarter } from '#native'
import { pathOf } from './data/options'
import { HaggleError, invalid, show } from './errors'
import { jsonText, readJson } from './json'
import { call } from './native/errors'
import { isBag, isOf, meantBy } from './options'
import type { ExecutionInit, FeesInit, FillsInit, InstrumentInit, LatencyInit, SystemConfigInit } from './types/config'
import type { Balances, Json } from './types/primitives'
import { assignFrozen, camelCase, snakeCase, Value } from './value'

/**
 * A system: instruments, and how their exchanges treat orders. Its fields are those that it was made of, with the
 * instruments in full, so `{ ...config, latency: '5ms' }` makes another one.
 *
 * @example
 * import { SystemConfig } from 'haggle'
 * const config = new SystemConfig({ exchange: 'binance_spot', instruments: ['BTC/USDT'], fees: { maker: 0, taker: '0.001' } })
 * console.log(config.instruments[0].nameExchange)                    // BTCUSDT
 * console.log(SystemConfig.fromJSON(config.toJSON()).equals(config)) // true
 */
export class SystemConfig extends Value {
  /** The instruments, in the order of the config, with the exchange and the venue's name of each; decimals as text. */
  declare readonly instruments: readonly Readonly<InstrumentInit>[]
  /** As given; what was not given is left to the defaults, which a result names. */
  declare readonly fees?: Readonly<FeesInit>
  declare readonly latency?: Readonly<LatencyInit>
  declare readonly fills?: Readonly<FillsInit>
  declare readonly account?: 'spot' | 'cash-settled'
  declare readonly leverage?: number
  /** What differs, by exchange. */
  declare readonly executions?: Readonly<Record<string, ExecutionInit>>
  /** What the accounts of barter's JSON hold at the start; the `balances` of a back-test replace them. */
  declare readonly balances?: Balances

  /**
   * @throws HaggleError with the path of the field: `INVALID_ARGUMENT`, or `UNKNOWN_NAME` with the nearest name, of a
   *   field or of an exchange.
   */
  constructor(init: SystemConfigInit) {
    super()
    const text = jsonText(systemInit(init, ''))
    const instruments: unknown = JSON.parse(call(() => checkSystem(text)))
    // Every instrument names its exchange now.
    const { exchange: _, instruments: __, ...settings } = JSON.parse(text) as Record<string, unknown>
    const given = Object.entries(settings).filter(([, value]) => value !== null && !isEmpty(value))
    assignFrozen(this, { instruments, ...Object.fromEntries(given) })
    Object.freeze(this)
  }

  /**
   * Reads barter's JSON, and what {@link SystemConfig.toJSON} writes; a `risk_free_return` beside `system` is passed over.
   *
   * @throws HaggleError with the path of the field, as `executions[0].latency_ms`.
   */
  static fromJSON(json: Json): SystemConfig {
    const { barter, own } = parted(typeof json === 'string' ? json : jsonText(json))
    const shared = new SystemConfig(barterInit(barter))
    if (own === undefined) return shared
    const config = new SystemConfig(renamed(own, camelCase) as SystemConfigInit)
    if (!shared.equals(new SystemConfig(barterInit(barterText(config))))) {
      throw invalid('haggle', 'says something else than the fields beside it', "change both, or leave out 'haggle'")
    }
    return config
  }

  /** {@link SystemConfig.fromJSON} of a file. @throws HaggleError as that, and `INVALID_ARGUMENT` where it cannot be read. */
  static fromFile(path: string | URL): SystemConfig {
    const file = pathOf(path, 'path')
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch (cause) {
      throw new HaggleError('INVALID_ARGUMENT', `cannot read ${file}: ${(cause as Error).message}`, { path: 'path', cause })
    }
    return SystemConfig.fromJSON(text)
  }

  /**
   * Barter's JSON. What barter has no words for (fill rules, a maker's own fee, ...) stands in one more field, `haggle`,
   * which barter passes over; it is written only where it is needed.
   */
  override toJSON(): object {
    const text = barterText(this)
    const json = JSON.parse(text) as object
    return new SystemConfig(barterInit(text)).equals(this) ? json : { ...json, haggle: renamed({ ...this }, snakeCase) }
  }
}

/**
 * What goes into the one JSON text of a run: a config in camelCase, not in its own (barter's) JSON.
 *
 * @param path Where it stands among the caller's arguments.
 * @throws HaggleError `INVALID_ARGUMENT` where it is no object.
 * @internal
 */
export function systemInit(system: unknown, path = 'system'): object {
  if (!isBag(system)) {
    throw invalid(path, `expected a SystemConfig, or what one is made of, found ${show(system)}`, meantBy(system) ?? "for example { instruments: ['BTC/USDT'] }")
  }
  return isOf(system, SystemConfig) ? { ...system } : system as object
}

function barterText(config: SystemConfig): string {
  return call(() => systemToBarter(jsonText({ ...config })))
}

/** Barter's JSON as an init; accounts without balances are left out. */
function barterInit(text: string): SystemConfigInit {
  const { balances, ...init } = JSON.parse(call(() => systemFromBarter(text))) as SystemConfigInit & { balances: Record<string, object> }
  return { ...init, balances: Object.fromEntries(Object.entries(balances).filter(([, account]) => !isEmpty(account))) } as SystemConfigInit
}

/** A config's JSON without its field `haggle`, and that field. */
function parted(text: string): { barter: string, own?: unknown } {
  const json = readJson(text)
  const config = isObject(json) && isObject(json['system']) ? json['system'] : json
  if (!isObject(config) || !Object.hasOwn(config, 'haggle')) return { barter: text }
  const { haggle: own, ...barter } = config
  return { barter: JSON.stringify(barter), own }
}

/** The same with other field names; names of exchanges and assets are none. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => {
    if (key === 'balances') return [key, inner]
    if (key !== 'executions' || !isObject(inner)) return [rename(key), renamed(inner, rename)]
    return [key, Object.fromEntries(Object.entries(inner).map(([exchange, execution]) => [exchange, renamed(execution, rename)]))]
  }))
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
