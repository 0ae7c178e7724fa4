import { types } from 'node:util'
import { decimalText } from '../decimal'
import { HaggleError, invalid, isRevoked, show } from '../errors'
import { nanosOf } from '../time'
import type { TradeLike } from '../types/market-data'
import type { Decimal, Time } from '../types/primitives'
import { badCell, isIterable, refuseDetached, type NativeColumn } from './columns'

/** Rows for which there is room before the first is read, at most. */
const ROWS_AT_FIRST = 1 << 20
/** Numbers of one OHLCV row. */
const OHLCV = ['time', 'open', 'high', 'low', 'close', 'volume'] as const

/**
 * OHLCV rows as one flat array of six numbers each; NaN where there is none.
 *
 * @throws HaggleError `INVALID_ARGUMENT` where nothing can be iterated; `INVALID_DATA` with a path like `rows[3]` or `rows[3][2]`.
 * @internal
 */
export function flatOhlcv(rows: unknown): Float64Array {
  // A list may say that it has any number of rows: what it really has makes this grow.
  let flat = new Float64Array(6 * (!isRevoked(rows) && Array.isArray(rows) ? Math.min(rows.length, ROWS_AT_FIRST) : 64))
  let at = 0
  for (const row of iterate(rows)) {
    if (at * 6 === flat.length) {
      const wider = new Float64Array(flat.length === 0 ? 6 * 64 : flat.length * 2)
      wider.set(flat)
      flat = wider
    }
    if (isRevoked(row) || (!Array.isArray(row) && !types.isFloat64Array(row))) {
      throw badCell(`rows[${at}]`, `expected a list of ${OHLCV.join(', ')}, found ${show(row)}`, typeof row === 'number' ? 'use fromColumns for columns' : undefined)
    }
    if (row.length !== 5 && row.length !== 6) {
      throw badCell(`rows[${at}]`, `expected ${OHLCV.join(', ')}, found a list of ${row.length}`, row.length > 6 ? 'keep the first six: row.slice(0, 6)' : undefined)
    }
    for (let i = 0; i < 6; i++) {
      const value: unknown = row[i]
      if (typeof value === 'number') flat[at * 6 + i] = value
      else if (value == null) flat[at * 6 + i] = Number.NaN
      else throw badCell(`rows[${at}][${i}]`, `expected a number, found ${show(value)}`)
    }
    at++
  }
  return flat.subarray(0, at * 6)
}

/** Prints as columns with ccxt's names. @internal */
export interface TradeColumns {
  readonly names: string[]
  readonly columns: NativeColumn[]
}

/**
 * Prints as columns: those columns that any of them has.
 *
 * @throws HaggleError `INVALID_ARGUMENT` where nothing can be iterated; `INVALID_DATA` or `OVERFLOW` with a path like `rows[3].price`.
 * @internal
 */
export function tradeColumns(rows: unknown): TradeColumns {
  const times: bigint[] = []
  const prices = new Decimals()
  const amounts = new Decimals()
  const sides: string[] = []
  const symbols: string[] = []
  for (const row of iterate(rows)) {
    const at = times.length
    if (typeof row !== 'object' || row === null || isRevoked(row) || Array.isArray(row)) throw badCell(`rows[${at}]`, `expected a trade with timestamp, price and amount, found ${show(row)}`)
    const { timestamp, price, amount, side, symbol } = row as TradeLike
    times.push(timeOf(timestamp, at))
    prices.push(price, at, 'price')
    amounts.push(amount, at, 'amount')
    sides.push(textOf(side, at, 'side'))
    symbols.push(textOf(symbol, at, 'symbol'))
  }
  const names = ['timestamp', 'price', 'amount']
  const columns: NativeColumn[] = [BigInt64Array.from(times), prices.column(), amounts.column()]
  for (const [name, texts] of [['side', sides], ['symbol', symbols]] as const) {
    if (texts.every((text) => text === '')) continue
    names.push(name)
    columns.push(name === 'side' && texts.every((text) => SIGNS.has(text)) ? Float64Array.from(texts, (text) => SIGNS.get(text)!) : texts)
  }
  return { names, columns }
}

/** ccxt's sides as numbers, which cross at a tenth of the cost of texts. */
const SIGNS: ReadonlyMap<string, number> = new Map([['buy', 1], ['sell', -1], ['', 0]])

// Below, row and field come apart: to write out a path for every good cell would cost more than all the rest.

/** A column of decimals: doubles as long as all of them are numbers, else texts, which the core reads digit by digit. */
class Decimals {
  readonly #values: (number | string)[] = []
  #areNumbers = true

  push(value: Decimal | undefined | null, row: number, field: string): void {
    if (value == null || (typeof value === 'number' && !Number.isFinite(value))) throw badCell(`rows[${row}].${field}`, `expected a decimal, found ${show(value)}`)
    if (typeof value !== 'number') this.#areNumbers = false
    this.#values.push(typeof value === 'number' || typeof value === 'string' ? value : decimalText(value, `rows[${row}].${field}`))
  }

  column(): NativeColumn {
    return this.#areNumbers ? Float64Array.from(this.#values as number[]) : this.#values.map(String)
  }
}

function timeOf(time: Time | undefined | null, row: number): bigint {
  if (time == null) throw badCell(`rows[${row}].timestamp`, 'the row has no time')
  try {
    return nanosOf(time, 'timestamp')
  } catch (error) {
    // What is wrong with a row is wrong with the data, whichever check found it.
    throw error instanceof HaggleError ? badCell(`rows[${row}].timestamp`, `expected a time, found ${show(time)}`, error.hint) : error
  }
}

function textOf(value: unknown, row: number, field: string): string {
  if (value == null) return ''
  if (typeof value === 'string') return value
  throw badCell(`rows[${row}].${field}`, `expected a text, found ${show(value)}`)
}

function iterate(rows: unknown): Iterable<unknown> {
  if (ArrayBuffer.isView(rows)) refuseDetached(rows, 'rows')
  if (isRevoked(rows)) throw invalid('rows', 'expected an iterable of rows, found a revoked proxy')
  if (isIterable(rows)) return rows
  const isPromise = typeof rows === 'object' && rows !== null && 'then' in rows
  const isAsync = typeof rows === 'object' && rows !== null && Symbol.asyncIterator in rows
  throw invalid('rows', `expected an iterable of rows, found ${isPromise ? 'a promise' : show(rows)}`,
    isPromise ? 'await it first' : isAsync ? 'collect it first: for await (const row of rows) list.push(row)' : undefined)
}
