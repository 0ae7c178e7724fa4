import { types } from 'node:util'
import { HaggleError, invalid, isRevoked, show } from '../errors'
import { nanosOf } from '../time'

/** A column as it crosses into the core: doubles (times: milliseconds), integers (times: nanoseconds), or texts. @internal */
export type NativeColumn = Float64Array | BigInt64Array | string[]

const I64_MIN = -(2n ** 63n)
const I64_MAX = 2n ** 63n - 1n

/**
 * A column in one of the three forms that the core takes. Typed arrays of doubles and 64-bit integers go as they are.
 *
 * In a list, undefined and null say that there is no value; Dates are times, bigints integers (times: nanoseconds),
 * texts symbols, sides or exact decimals. One list has one type.
 *
 * @throws HaggleError `INVALID_ARGUMENT` where it is no column, or a detached one; `INVALID_DATA` for a cell, with its
 *   path: `columns.price[17]`.
 * @internal
 */
export function nativeColumn(column: unknown, path: string): NativeColumn {
  if (ArrayBuffer.isView(column)) return typedColumn(column, path)
  if (isArrayLike(column)) return listColumn(column, path)
  throw invalid(path, `expected a typed array or a list, found ${show(column)}`, isIterable(column) ? 'write [...column]' : undefined)
}

/**
 * The view itself, or a copy where its memory is shared: another thread must not write while the core reads.
 *
 * @throws HaggleError `INVALID_ARGUMENT` where its memory went to another thread.
 * @internal
 */
export function ownMemory<T extends Uint8Array | Float64Array | BigInt64Array>(view: T, path: string): T {
  refuseDetached(view, path)
  return types.isArrayBuffer(view.buffer) ? view : view.slice() as T
}

function typedColumn(view: ArrayBufferView, path: string): NativeColumn {
  // Of any realm: in jest, the columns of a result are of another one than this module.
  if (types.isFloat64Array(view) || types.isBigInt64Array(view)) return ownMemory(view, path)
  refuseDetached(view, path)
  if (types.isDataView(view)) throw invalid(path, 'expected a typed array or a list, found a DataView')
  if (types.isBigUint64Array(view)) return BigInt64Array.from(view, (value, row) => integer(value, `${path}[${row}]`))
  if (types.isFloat32Array(view)) return Float64Array.from(view, shortest)
  return Float64Array.from(view as unknown as ArrayLike<number>)
}

/** Only an empty view can be detached, and asking costs an exception. @internal */
export function refuseDetached(view: ArrayBufferView, path: string): void {
  if (view.byteLength > 0) return
  try {
    new Uint8Array(view.buffer)
  } catch {
    throw invalid(path, 'the array is detached: its memory was transferred to another thread', 'give the data to the core before, or post a copy')
  }
}

/** The double that reads as the 32-bit float did: 0.1, not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value
}

function listColumn(list: ArrayLike<unknown>, path: string): NativeColumn {
  const { length } = list
  let first = 0
  while (first < length && list[first] == null) first++
  const cell = list[first]
  if (typeof cell === 'string') {
    return Array.from({ length }, (_, row) => typeof list[row] === 'string' ? list[row] : missing(list[row], '', 'a text', `${path}[${row}]`))
  }
  if (typeof cell === 'bigint') {
    return BigInt64Array.from({ length }, (_, row) => integer(list[row], `${path}[${row}]`))
  }
  if (types.isDate(cell)) {
    return BigInt64Array.from({ length }, (_, row) => time(list[row], `${path}[${row}]`))
  }
  const numbers = new Float64Array(length)
  for (let row = 0; row < length; row++) {
    const value = list[row]
    numbers[row] = typeof value === 'number' ? value : missing(value, Number.NaN, 'a number', `${path}[${row}]`)
  }
  return numbers
}

function missing<T>(value: unknown, otherwise: T, what: string, path: string): T {
  if (value == null) return otherwise
  throw badCell(path, `expected ${what}, found ${show(value)}`)
}

function integer(value: unknown, path: string): bigint {
  if (typeof value !== 'bigint') throw badCell(path, `expected a bigint, found ${show(value)}`)
  if (value < I64_MIN || value > I64_MAX) throw new HaggleError('OVERFLOW', `${show(value)} needs more than 64 bits`, { path })
  return value
}

function time(value: unknown, path: string): bigint {
  if (types.isDate(value)) return nanosOf(value, path)
  throw badCell(path, `expected a Date, found ${show(value)}`)
}

/** `INVALID_DATA` at a cell. @internal */
export function badCell(path: string, message: string, hint?: string): HaggleError {
  return new HaggleError('INVALID_DATA', message, { path, hint })
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  if (typeof value !== 'object' || value === null || isRevoked(value) || !('length' in value)) return false
  return Array.isArray(value) || (Number.isSafeInteger(value.length) && (value.length as number) >= 0)
}

/** Whether `for ... of` takes it; a text is none here: its characters are never meant. @internal */
export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && !isRevoked(value) && Symbol.iterator in value && typeof value[Symbol.iterator] === 'function'
}
