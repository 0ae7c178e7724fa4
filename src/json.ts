import { types } from 'node:util'
import { invalid, isRevoked, show, type HaggleError } from './errors'
import { isBag, meantBy, TEXT_MAX } from './options'
import { timeText } from './time'

/** Deeper than any config, and far from the end of the stack. */
const DEPTH_MAX = 64

/**
 * The one JSON text in which options cross into the core.
 *
 * It is stricter than `JSON.stringify`, which writes NaN as null and drops functions in silence. A number stays a
 * number ("about this"), text stays text ("exactly this"), bigint and decimal objects become text, a Date becomes
 * RFC 3339 text, a value of ours the JSON shape it has; an undefined field is left out.
 *
 * @example
 * jsonText({ fees: { maker: '0.001', taker: 0.001 }, from: new Date(0), cash: 10n })
 * // {"fees":{"maker":"0.001","taker":0.001},"from":"1970-01-01T00:00:00Z","cash":"10"}
 *
 * @param path Where the value stands among the arguments of the caller: `''` for the whole.
 * @throws HaggleError `INVALID_ARGUMENT` with the path of what cannot cross: NaN, an infinity, a function, a symbol, a
 *   cycle, a hole in a list, a Map, a Set, a typed array.
 * @internal
 */
export function jsonText(value: unknown, path = ''): string {
  const text = write(value, path, [])
  if (text === undefined) throw invalid(path, 'expected a value, found undefined')
  return text
}

function write(value: unknown, path: string, above: readonly object[]): string | undefined {
  switch (typeof value) {
    case 'string':
      if (value.length > TEXT_MAX) throw invalid(path, `expected a text of at most ${TEXT_MAX.toLocaleString('en-US')} characters, found ${value.length.toLocaleString('en-US')}`)
      if (!value.isWellFormed()) throw invalid(path, 'the text has half of a surrogate pair: it is no Unicode')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw invalid(path, `expected a finite number, found ${value}`)
      return JSON.stringify(value)
    case 'boolean': return value ? 'true' : 'false'
    case 'bigint': return `"${value}"`
    case 'undefined': return undefined
    case 'object': return value === null ? 'null' : writeObject(value, path, above)
    default: throw invalid(path, `${show(value)} cannot cross into the core`)
  }
}

function writeObject(value: object, path: string, above: readonly object[]): string | undefined {
  if (isRevoked(value)) throw invalid(path, 'a revoked proxy cannot cross into the core')
  if (types.isDate(value)) return writeDate(value, path)
  if (types.isNumberObject(value) || types.isStringObject(value) || types.isBooleanObject(value)) return write(unboxed(value), path, above)
  if (above.includes(value)) throw invalid(path, 'the object contains itself')
  if (above.length >= DEPTH_MAX) throw invalid(path, `objects are nested deeper than ${DEPTH_MAX} levels`)
  const inside = [...above, value]
  // Before toJSON: decimal.js and big.js have both, and only this one never writes an exponent.
  if ('toFixed' in value && typeof value.toFixed === 'function') return writeDecimal(value as { toFixed(): unknown }, path)
  if ('toJSON' in value && typeof value.toJSON === 'function') return write((value as { toJSON(): unknown }).toJSON(), path, inside)
  if (Array.isArray(value)) return writeList(value, path, inside)
  if (!isBag(value)) {
    const name = (value.constructor as { name?: unknown } | undefined)?.name
    throw invalid(path, `a ${typeof name === 'string' && name ? name : 'value of this kind'} cannot cross into the core`, meantBy(value))
  }
  const fields: string[] = []
  for (const [key, field] of Object.entries(value)) {
    const text = write(field, joinPath(path, key), inside)
    if (text !== undefined) fields.push(`${JSON.stringify(key)}:${text}`)
  }
  return `{${fields.join(',')}}`
}

function unboxed(value: object): string | number | boolean {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value)
  return types.isStringObject(value) ? String.prototype.valueOf.call(value) : Boolean.prototype.valueOf.call(value)
}

function writeList(list: readonly unknown[], path: string, inside: readonly object[]): string {
  const items: string[] = []
  for (let i = 0; i < list.length; i++) {
    const at = `${path}[${i}]`
    const text = write(list[i], at, inside)
    if (text === undefined) throw invalid(at, 'expected a value, found undefined')
    items.push(text)
  }
  return `[${items.join(',')}]`
}

function writeDate(date: Date, path: string): string {
  // Not the object's own method, which might be another.
  const millis = Date.prototype.getTime.call(date)
  if (Number.isNaN(millis)) throw invalid(path, 'expected a time, found an invalid Date')
  return `"${timeText(BigInt(millis) * 1_000_000n)}"`
}

function writeDecimal(value: { toFixed(): unknown }, path: string): string {
  const text = value.toFixed()
  if (typeof text !== 'string' || !/^-?\d+(\.\d+)?$/.test(text)) {
    throw invalid(path, `expected a decimal, found ${typeof text === 'string' ? show(text) : 'an object whose toFixed() gives no text'}`)
  }
  return `"${text}"`
}

/** The path of a field, in the form that the core uses: `executions[0].latency`. @internal */
export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/**
 * A value that a caller gave as JSON: the text, or what `JSON.parse` made of it. It is the reader's own: nothing of the caller's is kept
 * or frozen, fields called `__proto__` are fields, and nothing in it is nested deeper than any config.
 *
 * @throws HaggleError `INVALID_ARGUMENT` with the path of what is no JSON.
 * @internal
 */
export function readJson(json: unknown, path = ''): unknown {
  if (typeof json !== 'string') return copyJson(json, path, 0)
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw invalid(path, `malformed JSON: ${(error as Error).message}`)
  }
  checkDepth(value, path, 0)
  return value
}

function copyJson(value: unknown, path: string, depth: number): unknown {
  switch (typeof value) {
    case 'string': case 'boolean': return value
    case 'number':
      if (!Number.isFinite(value)) throw invalid(path, `expected a finite number, found ${value}`)
      return value
    case 'object': break
    default: throw invalid(path, `${show(value)} is no JSON`)
  }
  if (value === null) return null
  if (depth > DEPTH_MAX) throw tooDeep(path)
  if (isRevoked(value)) throw invalid(path, 'a revoked proxy is no JSON')
  if (Array.isArray(value)) return Array.from(value as readonly unknown[], (item, at) => copyJson(item, `${path}[${at}]`, depth + 1))
  // As JSON.stringify writes it: a value of ours, a Date.
  if ('toJSON' in value && typeof value.toJSON === 'function') return copyJson(value.toJSON(), path, depth + 1)
  if (!isBag(value)) throw invalid(path, `${show(value)} is no JSON`, meantBy(value))
  // Not by assignment, which would take a field called __proto__ for the prototype.
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined).map(([name, field]) => [name, copyJson(field, joinPath(path, name), depth + 1)]))
}

function checkDepth(value: unknown, path: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > DEPTH_MAX) throw tooDeep(path)
  for (const name in value) checkDepth((value as Record<string, unknown>)[name], path, depth + 1)
}

function tooDeep(path: string): HaggleError {
  return invalid(path, `objects are nested deeper than ${DEPTH_MAX} levels`)
}
