// What the addon of the benchmark exports beyond the usual; `crates/node/src/bench.rs` says what each does.
import { createRequire } from 'node:module'

/** One native run. */
export interface NativeRunTaken { seconds: number, events: number, orders: number, fills: number, hash: string }

interface BenchBinding {
  benchRun(constant: string, passes: number, strategy: 'buyAndHold' | 'orders' | 'noOrders'): NativeRunTaken
  benchSignals(constant: string, passes: number, fast: number, slow: number): NativeRunTaken
  benchBatch(constant: string, passes: number, strategy: 'buyAndHold', count: number): { single: number, batch: number, threads: number }
  benchMatching(commands: number): { seconds: number, commands: number, p50: number, p99: number, p999: number, clock: number }
  benchBooks(path: string, constant: string, passes: number): NativeRunTaken & { updates: number }
  benchMemory(constant: string): { bytes: number, rows: number }
  benchWriteParquet(path: string, passes: number): number
  benchWriteJsonLines(path: string): void
  benchColumns(passes: number): Record<'quotes' | 'trades', Record<string, Float64Array | BigInt64Array>>
}

/** The whole binding, as the facade sees it too: what is replaced here is replaced there. */
export const binding = createRequire(import.meta.url)('#native') as typeof import('#native')

/** The binding's additions. */
export const bench = createRequire(import.meta.url)(process.env['NAPI_RS_NATIVE_LIBRARY_PATH'] ?? '') as BenchBinding
