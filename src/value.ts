import { isDeepStrictEqual } from 'node:util'
import { invalid, isRevoked, type HaggleError } from './errors'
import { printable } from './print/printable'

/**
 * What every result, order, event and config of haggle is: own enumerable frozen fields in camelCase, so that
 * `toEqual`, `console.log`, spreading and `structuredClone` see all of it, and nothing but it.
 *
 * @example
 * import { BacktestSummary } from 'haggle'
 * const json = { id: 'a', risk_free_return: '0', result_hash: '00', seed: 0, events: 3, duration_ms: 1,
 *   trading_summary: { time_engine_start: '2025-03-25T23:07:00Z', time_engine_end: '2025-03-25T23:10:05Z',
 *     portfolio: { pnl: '1.5', fees: '0.1', closed_trades: 1 }, instruments: {}, assets: {} } }
 * const summary = BacktestSummary.fromJSON(json)
 * console.log(summary.tradingSummary.portfolio.pnl)              // 1.5
 * console.log(summary.equals(BacktestSummary.fromJSON(json)))    // true
 * console.log(JSON.stringify(summary).startsWith('{"id":"a"'))   // true
 */
export abstract class Value {
  /** The JSON shape, that of barter where barter has one: snake_case names, decimals as text. `JSON.stringify` calls it. */
  toJSON(): object {
    return Object.fromEntries(Object.entries(this).map(([key, value]) => [snakeCase(key), value]))
  }

  /** Whether `other` is of the same class with the same fields, all the way down. */
  equals(other: unknown): boolean {
    return this === other || (!isRevoked(other) && isDeepStrictEqual(this, other))
  }

  static {
    printable(this.prototype, function (this: Value, depth, options, inspect) {
      const name = this.constructor.name
      if (depth !== null && depth < 0) return options.stylize(`[${name}]`, 'special')
      const fields = Object.fromEntries(Object.entries(this).filter(([, value]) => value !== undefined))
      // The fields stand in the place of the value: they may go as deep as it.
      return `${name} ${inspect(fields, { ...options, depth })}`
    })
  }
}

/** What only this package can hand to a constructor that is none for callers: JavaScript has no private ones. @internal */
export const MADE = Symbol('made by haggle')

/** What a caller is told of it. @internal */
export function noConstructor(name: string, instead: string): HaggleError {
  return invalid('', `${name} has no constructor`, instead)
}

/** Gives `target` its fields and freezes them with everything plain below them. Fields that are undefined are left out. @internal */
export function assignFrozen(target: object, fields: Readonly<Record<string, unknown>>): void {
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    // A plain assignment is many times faster, and cannot stand where the class has an accessor of that name.
    if (name in target) Object.defineProperty(target, name, { value: freezeDeep(value), enumerable: true, configurable: true, writable: true })
    else (target as Record<string, unknown>)[name] = freezeDeep(value)
  }
}

/** Freezes lists and plain objects, all the way down; instances of classes look after themselves. @internal */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value
  for (const inner of Object.values(value)) freezeDeep(inner)
  return Object.freeze(value)
}

/** `timeExchange` -> `time_exchange`. @internal */
export const snakeCase = remembered((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))

/** `time_exchange` -> `timeExchange`. @internal */
export const camelCase = remembered((name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))

/** Names are few and come again with every summary of a batch; those of strangers are not collected without end. */
function remembered(rename: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    const old = known.get(name)
    if (old !== undefined) return old
    const renamed = rename(name)
    if (known.size < 1_000) known.set(name, renamed)
    return renamed
  }
}
