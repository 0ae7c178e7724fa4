/**
 * Rows of a result, kept as columns. `at` and iteration make a row when it is asked for; `column` and `exact` give a
 * whole column at once and are what a hot loop or a chart should read.
 *
 * @example
 * import { backtest, sampleData, type Fill, type Table } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
 * const fills: Table<Fill> = run.fills
 * console.log(fills)                        // the first rows, and how many there are
 * const prices = fills.column('price')      // Float64Array: the number nearest to each price
 * const exact = fills.exact('price')        // values[i] / 10 ** scale, to the digit
 * console.log(Number(exact.values[0]) / 10 ** exact.scale === prices[0])   // true
 * for (const fill of fills) console.log(fill.timeExchange, fill.price)
 * await fills.write('fills.csv')
 */
export interface Table<Row> extends Iterable<Row> {
  /** How many rows there are. */
  readonly length: number
  /** The row at a place, counted from the end if it is negative; undefined beyond both ends. Frozen, amounts as canonical text. */
  at(index: number): Row | undefined
  /** All rows. */
  toArray(): Row[]
  /** Writes all rows to a file, as its name says: `.csv` (fields as they are named here) or `.jsonl` (each row's JSON on a line). @throws HaggleError for another name, or where it cannot be written. */
  write(path: string | URL): Promise<void>
  /** A numeric column as numbers, times in milliseconds; NaN where a row has no such field. The array is the caller's own. @throws HaggleError `UNKNOWN_NAME` for another column. */
  column(name: keyof Row & string): Float64Array
  /**
   * A numeric column as integers: an amount is `values[i] / 10 ** scale`; times are nanoseconds since the epoch, with
   * scale 0. The array is the caller's own.
   *
   * @throws HaggleError `UNKNOWN_NAME` for another column, `INVALID_ARGUMENT` for one that has no exact form or not in every row, `OVERFLOW`.
   */
  exact(name: keyof Row & string): { readonly values: BigInt64Array; readonly scale: number }
}
