import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { HaggleError, type MarketData } from '../../src/index'

const folder = mkdtempSync(join(tmpdir(), 'haggle-data-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** A path in a folder that goes when the file's tests are over. */
export function temporary(name: string): string {
  return join(folder, name)
}

/** The path of a file of real data, or undefined, and a notice, where it is not there. */
export function sharedData(name: string): string | undefined {
  const path = join(__dirname, '../../../shared/data', name)
  if (existsSync(path)) return path
  console.warn(`skipped: ${path} is not there`)
  return undefined
}

let files = 0

/** All rows, as a Parquet file. */
export async function bytesOf(data: MarketData): Promise<Buffer> {
  const path = temporary(`${files++}.parquet`)
  await data.writeParquet(path)
  return readFileSync(path)
}

/** A hash of that file: two lots of market data are the same if these are. */
export async function hashOf(data: MarketData): Promise<string> {
  return createHash('sha256').update(await bytesOf(data)).digest('hex')
}

/** What a promise is rejected with, which has to be one of our errors. */
export async function rejected(promise: Promise<unknown>): Promise<HaggleError> {
  const error: unknown = await promise.then(() => { throw new Error('nothing was thrown') }, (reason: unknown) => reason)
  if (error instanceof HaggleError) return error
  throw error
}

/** Bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
