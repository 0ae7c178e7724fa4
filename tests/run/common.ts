import { backtestSync, HaggleError, MarketData, sampleData, type BacktestArgsConstant, type BacktestRun, type Context, type Strategy } from '../../src/index'

const { system, marketData } = sampleData.binanceSpot()

/** The embedded sample, all three instruments. */
export const sample: BacktestArgsConstant = { system, marketData, balances: { USDT: 10_000 } }

/** Its first instrument alone. */
export const sampleBtc: BacktestArgsConstant = {
  system: { exchange: 'binance_spot', instruments: ['BTC/USDT'] },
  marketData: marketData.select({ symbols: ['BTC/USDT'] }),
  balances: { USDT: 10_000, BTC: 1 },
}

/** 2024-01-01, in milliseconds. */
export const START = 1_704_067_200_000

/** One best quote a second: `[bid, bidSize, ask, askSize]` each. */
export function quotes(symbol: string, rows: readonly (readonly [number, number, number, number])[]): MarketData {
  return MarketData.fromColumns({
    time: rows.map((_, i) => START + i * 1_000),
    bid: rows.map(([bid]) => bid),
    bidSize: rows.map(([, size]) => size),
    ask: rows.map(([, , ask]) => ask),
    askSize: rows.map(([, , , size]) => size),
  }, { symbol })
}

/** A quiet market of so many quotes: 99.9 x 10 to 100.1 x 10. */
export function quiet(length: number): [number, number, number, number][] {
  return Array.from({ length }, () => [99.9, 10, 100.1, 10])
}

/** A world of A/B (tick 0.1, lot 0.01) without latency and fees, unless told otherwise. */
export function world(rows: readonly (readonly [number, number, number, number])[], more: object = {}): BacktestArgsConstant {
  return {
    system: { instruments: [{ symbol: 'A/B', tickSize: '0.1', lotSize: '0.01' }], latency: 0, fees: { maker: 0, taker: 0 }, ...more },
    marketData: quotes('A/B', rows),
    balances: { A: 100, B: 10_000 },
  }
}

/** Runs a strategy that acts once, in its first `onBook`, with everything else it has. */
export function first(constant: BacktestArgsConstant, act: (ctx: Context) => void, more: Strategy = {}): BacktestRun {
  let isDone = false
  return backtestSync(constant, {
    strategy: {
      ...more,
      onBook(ctx) {
        if (isDone) return
        isDone = true
        act(ctx)
      },
    },
  })
}

/** What `run` throws, whatever it is. */
export function caught(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** What a promise is rejected with, whatever it is; in an object, because a promise would look at what it is fulfilled with. */
export async function rejected(promise: Promise<unknown>): Promise<{ reason: unknown }> {
  let value: unknown
  try {
    value = await promise
  } catch (reason) {
    return { reason }
  }
  throw new Error(`nothing was thrown, but ${String(value)} came out`)
}

/** Takes the time of a slow callback. */
export function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

/** What `run` throws, which has to be one of our errors: its code, path and message. */
export function refusal(run: () => unknown): { code: string, path: string | undefined, message: string } {
  const error = caught(run)
  if (!(error instanceof HaggleError)) throw error
  return { code: error.code, path: error.path, message: error.message }
}
