import { types } from 'node:util'
import { nativeColumn, ownMemory } from '../data/columns'
import { invalid, show } from '../errors'
import { joinPath } from '../json'
import type { Signals } from '../types/signals'

/** An array of signals as it crosses into the core: entries and exits as bytes, targets as doubles. @internal */
export type NativeSignal = Uint8Array | Float64Array

/** More values than an array may have. */
const LENGTH_END = 2 ** 32
const FLAGS = new Set(['entries', 'exits', 'shortEntries', 'shortExits'])
const OTHERS = new Set(['native', 'symbol', 'instruments', 'size', 'exclusive', 'targetsIn'])

/**
 * Signals as they cross into the core: JSON with places among the arrays instead of the arrays.
 *
 * @throws HaggleError `INVALID_ARGUMENT` with the path of a value that is no signal: `strategy.entries[17]`. Lengths and
 *   what values mean together are looked at by the core.
 * @internal
 */
export function signalsOf(strategy: Signals): { json: object, arrays: NativeSignal[] } {
  const arrays: NativeSignal[] = []
  const json = withoutArrays(strategy, 'strategy', arrays)
  const { instruments } = strategy
  if (isRecord(instruments) && !Array.isArray(instruments)) {
    const path = joinPath('strategy', 'instruments')
    json['instruments'] = Object.fromEntries(Object.entries(instruments).map(([name, given]) =>
      [name, isRecord(given) ? withoutArrays(given, joinPath(path, name), arrays) : given]))
  }
  return { json, arrays }
}

function withoutArrays(given: object, path: string, arrays: NativeSignal[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const at = joinPath(path, name)
    if (value === undefined) continue
    if (FLAGS.has(name)) fields[name] = arrays.push(flags(value, at)) - 1
    else if (name === 'targets') fields[name] = arrays.push(targets(value, at)) - 1
    // The core refuses a name that it does not know; what stands there need not cross.
    else fields[name] = OTHERS.has(name) ? value : null
  }
  return fields
}

function flags(values: unknown, path: string): Uint8Array {
  if (types.isUint8Array(values)) return ownMemory(values, path)
  const list = listOf(values, path, 'true or false')
  const bytes = new Uint8Array(list.length)
  let isWarmUp = true
  for (let at = 0; at < bytes.length; at++) {
    const value = list[at]
    if (value === true || value === 1) bytes[at] = 1
    else if (value !== false && value !== 0) {
      if (isWarmUp && Number.isNaN(value)) continue
      throw invalid(`${path}[${at}]`, Number.isNaN(value) ? 'NaN after the warm-up' : `expected true or false, or 1 or 0, found ${show(value)}`)
    }
    isWarmUp = false
  }
  return bytes
}

function targets(values: unknown, path: string): Float64Array {
  if (ArrayBuffer.isView(values)) {
    const column = types.isBigInt64Array(values) || types.isBigUint64Array(values) ? undefined : nativeColumn(values, path)
    if (types.isFloat64Array(column)) return column
    throw invalid(path, 'expected numbers, found bigints')
  }
  const list = listOf(values, path, 'numbers')
  const numbers = new Float64Array(list.length)
  for (let at = 0; at < numbers.length; at++) {
    const value = list[at]
    if (typeof value !== 'number') throw invalid(`${path}[${at}]`, `expected a number, found ${show(value)}`)
    numbers[at] = value
  }
  return numbers
}

function listOf(values: unknown, path: string, what: string): ArrayLike<unknown> {
  if (isRecord(values) && 'length' in values) {
    const { length } = values
    if (Number.isSafeInteger(length) && (length as number) >= 0 && (length as number) < LENGTH_END) return values as unknown as ArrayLike<unknown>
  }
  throw invalid(path, `expected an array of ${what}, one for each bar, found ${show(values)}`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
