import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BacktestSummary } from '../../src/index'

export const root = join(__dirname, '../..')
/** Worker threads run the built package: Node alone reads no TypeScript. `npm test` builds it first. */
export const isBuilt = existsSync(join(root, 'dist/batch/worker.js'))

/** A module with a strategy, or with something else. */
export function moduleUrl(name: string): URL {
  return pathToFileURL(join(__dirname, 'modules', name))
}

/** The sample's result hash of an exponential cross of 10 and 20, and of the maker: see tests/run/hashes.test.ts. */
export const CROSS = 'fdce97365ce256cb2f435939428f3fae'
export const MAKER = 'ac7267934b64ad8ca3257015382c9b06'

/** What a run came to, in short: its hash, or the code and path of its error. */
export function fate(summary: BacktestSummary): string {
  return summary.error ? `${summary.error.code} ${summary.error.path}` : summary.resultHash
}
