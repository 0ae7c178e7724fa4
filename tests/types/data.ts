// What the declarations of market data and configs promise. Nothing here runs.
import { MarketData, sampleData, SystemConfig, Value, type InstrumentInit, type ReadOptions, type SharedMarketData, type SystemConfigInit } from 'haggle'

declare const rows: number[][]
declare const bytes: Uint8Array

// readers
export const read: Promise<MarketData>[] = [
  MarketData.fromCsv('a.csv'), MarketData.fromCsv(new URL('file:///a.csv'), { symbol: 'A/B', timeframe: '1d', stamp: 'open' }),
  MarketData.fromParquet(bytes, { from: 0n, to: new Date(), kind: 'trades' }), MarketData.fromJsonLines('a.jsonl', { instruments: ['BTC/USDT'] }),
]
// @ts-expect-error a timeframe has a unit
export const unitless: ReadOptions = { timeframe: '60' }
// @ts-expect-error no such kind of rows
export const kind: ReadOptions = { kind: 'candles' }
// @ts-expect-error only JSON Lines have instruments by index
MarketData.fromCsv('a.csv', { instruments: ['BTC/USDT'] })
// @ts-expect-error bars need a symbol
MarketData.fromOhlcv(rows, { timeframe: '1d' })
// @ts-expect-error and options at all
MarketData.fromOhlcv(rows)
MarketData.fromOhlcv(rows, { symbol: 'A/B', timeframe: 60_000 })
MarketData.fromOhlcv([new Float64Array(6)], { symbol: 'A/B', timeframe: 60_000 })
MarketData.fromTrades([{ symbol: 'A/B', timestamp: 0, price: '1', amount: 1n, side: 'buy', id: 'x' }])
// @ts-expect-error a price is a decimal
MarketData.fromTrades([{ symbol: 'A/B', timestamp: 0, price: true, amount: 1 }])
MarketData.fromColumns({ time: new BigInt64Array(1), price: new Float64Array(1), amount: [1], side: ['buy'] }, { symbol: 'A/B' })
// @ts-expect-error a column is a list
MarketData.fromColumns({ time: 0 }, { symbol: 'A/B' })

// the object
declare const data: MarketData
export const facts: [number, readonly string[], string, string] = [data.length, data.symbols, data.start, data.end]
export const part: MarketData = data.select({ symbols: ['BTC/USDT', 0], from: '2025-03-25' })
// @ts-expect-error one symbol is a list, too
data.select({ symbols: 'BTC/USDT' })
// @ts-expect-error the field is called symbols
data.select({ symbol: ['BTC/USDT'] })
export const written: Promise<void> = data.writeParquet(new URL('file:///a.parquet'))
export const shared: SharedMarketData = data.share()
export const attached: MarketData = MarketData.attach({ haggleData: 1 })
// @ts-expect-error the object itself does not survive the way to another thread
MarketData.attach(data)
// @ts-expect-error it comes from its readers
export const made = new MarketData()
// @ts-expect-error it is immutable
data.length = 7
// @ts-expect-error so are its names
data.symbols.push('A/B')
export const disposable: Disposable = data
// @ts-expect-error the core's object stays inside
import { nativeOf } from 'haggle'

// configs
export const config: SystemConfig = new SystemConfig({ instruments: ['BTC/USDT'], latency: '5ms' })
export const value: Value = SystemConfig.fromJSON('{}')
export const file: SystemConfig = SystemConfig.fromFile(new URL('file:///system.json'))
export const instruments: readonly Readonly<InstrumentInit>[] = config.instruments
export const init: SystemConfigInit = { ...config, latency: 5 }
export const again = new SystemConfig(config)
// @ts-expect-error unknown field
export const typo = new SystemConfig({ instruments: ['BTC/USDT'], latncy: 5 })
// @ts-expect-error a config needs instruments
export const none = new SystemConfig({})
// @ts-expect-error configs are frozen
config.instruments[0]!.symbol = 'X/Y'
export const sample: { system: SystemConfig, marketData: MarketData } = sampleData.binanceSpot()
