// Parts of the engine by themselves: matching, memory, data in.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MarketData } from 'haggle'
import { row, short, type Task } from './measure.mjs'
import { bench } from './native.mjs'
import { constantText, rowsText, SAMPLE_ROWS } from './workload.mjs'

const COMMANDS = 1_000_000
/** Passes in the Parquet file: a million rows. */
const FILE_PASSES = 20
/** Files held at once to see what memory they take. */
const HELD = 4
/** Times the file's rows that are merged: 13 million. */
const MERGED = 13
/** Lines of a CSV text. */
const CSV_ROWS = 1_000_000
/** Passes whose first instrument makes the columns. */
const COLUMN_PASSES = 40

/** Matching alone. */
export const matchingTask: Task = {
  names: ['matching_commands_per_s', 'matching_p99_ns'],
  repeat() {
    const { seconds, p50, p99, p999, clock } = bench.benchMatching(COMMANDS)
    return { speed: COMMANDS / seconds, p50, p99, p999, clock }
  },
  rows(of) {
    const flow = `${COMMANDS.toLocaleString('en')} commands (46 % resting limits, 44 % cancels, 4 % amends, 6 % takers) on a book of about 10,000 orders`
    const ns = (key: string): string => `${short(of(key).median)} ns`
    return [
      row('matching_commands_per_s', of('speed'), 'commands/s', `${flow}; one thread`),
      row('matching_p99_ns', of('p99'), 'ns', `${flow}; single commands: p50 ${ns('p50')}, p99.9 ${ns('p999')}; reading the clock, ${ns('clock')}, is in it`),
    ]
  },
}

/** Passes over the recorded book. */
const BOOK_PASSES = 10
const BOOK_FILE = '../shared/data/binance_usdm_btcusdt_l2.csv.gz'
const bookConstantText = JSON.stringify({
  system: { exchange: 'binance_usdm', instruments: ['BTC/USDT'], latency: '100ms', fees: { maker: '0.001', taker: '0.001' } },
  balances: { USDT: '1000000000' },
  sampleInterval: '1s',
})

/** A book of levels at the exchange and the engine. The recorded one may not be shipped: it is looked for beside the repository. */
export function bookTask(): Task {
  const name = 'l2_updates_per_s'
  // Compiled files stand in `packages/bench/dist`.
  const path = join(fileURLToPath(new URL('../../..', import.meta.url)), BOOK_FILE)
  if (!existsSync(path)) {
    return { names: [name], repeat: () => ({}), rows: () => [{ name, value: null, unit: 'updates/s', workload: `not measured: ${BOOK_FILE} is not there` }] }
  }
  return {
    names: [name],
    repeat() {
      const { seconds, updates, events, fills } = bench.benchBooks(path, bookConstantText, BOOK_PASSES)
      if (fills > 0) throw new Error(`${name}: the order in the queue was filled, so that most of the run went without it`)
      return { speed: updates / seconds, updates, events }
    },
    rows(of) {
      const count = (key: string): string => of(key).median.toLocaleString('en')
      return [row(name, of('speed'), 'updates/s', `levels written (two by a best quote) at exchange and engine, in a whole run with prints over the recorded book of BTCUSDT, ${BOOK_PASSES} x, ${count('updates')} levels in ${count('events')} events; native strategy called for every message, one own order in the queue of a level`)]
    },
  }
}

/** Reading a file, and what its rows take in memory. `folder` is there for the file. */
export function dataTasks(folder: string): readonly Task[] {
  const file = join(folder, 'rows.parquet')
  let isWritten = false
  const write = (): string => {
    if (!isWritten) bench.benchWriteParquet(file, FILE_PASSES)
    isWritten = true
    return file
  }
  return [
    {
      names: ['bytes_per_row'],
      async repeat() {
        const path = write()
        const { bytes, rows } = bench.benchMemory(constantText)
        const before = process.memoryUsage.rss()
        const held = []
        for (let at = 0; at < HELD; at++) held.push(await MarketData.fromParquet(path))
        const resident = process.memoryUsage.rss() - before
        for (const data of held) data.close()
        return { bytes: bytes / rows, resident: resident / (HELD * FILE_PASSES * SAMPLE_ROWS) }
      },
      rows(of) {
        const resident = `the process grows by ${short(of('resident').median)} bytes a row when it loads ${HELD} files of ${(FILE_PASSES * SAMPLE_ROWS).toLocaleString('en')} rows`
        return [row('bytes_per_row', of('bytes'), 'bytes', `quotes and prints as a run holds them, the order of arrival included; shared by all runs; ${resident}`)]
      },
    },
    {
      names: ['parquet_rows_per_s'],
      async repeat() {
        const path = write()
        const start = performance.now()
        const data = await MarketData.fromParquet(path)
        const seconds = (performance.now() - start) / 1e3
        const { length } = data
        data.close()
        return { speed: length / seconds }
      },
      rows: (of) => [row('parquet_rows_per_s', of('speed'), 'rows/s', `MarketData.fromParquet of a file that writeParquet made (LZ4), quotes and prints of three instruments, ${rowsText(FILE_PASSES)}; the file is in the page cache`)],
    },
    {
      names: ['merge_rows_per_s', 'select_rows_per_s'],
      async repeat() {
        const data = await MarketData.fromParquet(write())
        const start = performance.now()
        const merged = await MarketData.mergeAsync(Array.from({ length: MERGED }, () => data))
        const joined = performance.now()
        const part = await merged.selectAsync({ symbols: ['BTC/USDT'] })
        const end = performance.now()
        const { length } = merged
        for (const held of [data, merged, part]) held.close()
        return { merge: length / ((joined - start) / 1e3), select: length / ((end - joined) / 1e3), rows: length }
      },
      rows(of) {
        const rows = `${of('rows').median.toLocaleString('en')} rows`
        return [
          row('merge_rows_per_s', of('merge'), 'rows/s', `MarketData.mergeAsync of ${MERGED} parts that lie in the same time, ${rows} in all`),
          row('select_rows_per_s', of('select'), 'rows/s', `selectAsync of one of three instruments, of ${rows}`),
        ]
      },
    },
  ]
}

/** Text as files have it: prints, and candles with dates. */
export function csvTask(): Task {
  const prints = csvOf('time,price,qty,side', (at) => `${1_723_161_600_000 + at * 7},${(60_000 + at % 997 / 100).toFixed(2)},${(0.001 + at % 89 * 0.00013).toFixed(5)},${at % 3 ? 'buy' : 'sell'}`)
  const minute = (at: number): string => new Date(1_577_836_800_000 + at * 60_000).toISOString().slice(0, 19).replace('T', ' ')
  const candles = csvOf('date,open,high,low,close,volume', (at) => `${minute(at)},60000.1,60010.5,59990.25,60005.75,${at % 1_000 / 10}`)
  const speed = async (text: Uint8Array, options: Parameters<typeof MarketData.fromCsv>[1]): Promise<number> => {
    const start = performance.now()
    const data = await MarketData.fromCsv(text, options)
    const seconds = (performance.now() - start) / 1e3
    data.close()
    return CSV_ROWS / seconds
  }
  return {
    names: ['csv_trades_per_s', 'csv_bars_per_s'],
    repeat: async () => ({ trades: await speed(prints, { symbol: 'BTC/USDT' }), bars: await speed(candles, { symbol: 'BTC/USDT', timeframe: '1m', stamp: 'open' }) }),
    rows(of) {
      const bytes = (text: Uint8Array): string => `${CSV_ROWS.toLocaleString('en')} rows of ${Math.round(text.length / CSV_ROWS)} bytes, in memory`
      return [
        row('csv_trades_per_s', of('trades'), 'rows/s', `MarketData.fromCsv, prints with milliseconds: ${bytes(prints)}; one thread`),
        row('csv_bars_per_s', of('bars'), 'rows/s', `MarketData.fromCsv, candles with dates: ${bytes(candles)}; one thread`),
      ]
    },
  }
}

function csvOf(head: string, line: (at: number) => string): Uint8Array {
  const lines = [head]
  for (let at = 0; at < CSV_ROWS; at++) lines.push(line(at))
  return new TextEncoder().encode(`${lines.join('\n')}\n`)
}

/** Columns from JavaScript. */
export function columnsTask(): Task {
  let columns: ReturnType<typeof bench.benchColumns> | undefined
  return {
    names: ['rows_in_per_s'],
    repeat() {
      columns ??= bench.benchColumns(COLUMN_PASSES)
      const start = performance.now()
      const parts = [columns.quotes, columns.trades].map((part) => MarketData.fromColumns(part, { symbol: 'BTC/USDT' }))
      const seconds = (performance.now() - start) / 1e3
      const rows = parts.reduce((sum, { length }) => sum + length, 0)
      for (const part of parts) part.close()
      return { speed: rows / seconds, rows }
    },
    rows: (of) => [row('rows_in_per_s', of('speed'), 'rows/s', `MarketData.fromColumns of typed arrays (times BigInt64Array, the rest Float64Array), the sample's BTC quotes and prints tiled ${COLUMN_PASSES} x = ${of('rows').median.toLocaleString('en')} rows`)],
  }
}
