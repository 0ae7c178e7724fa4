import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { MarketData, sampleData, type SharedMarketData } from '../../src/index'
import { thrown } from '../facade/thrown'
import { bytesOf, temporary } from './files'

/** The built package: a worker is Node alone, and reads no TypeScript. `npm test` builds it first. */
const built = join(__dirname, '../../dist/index.js')

const script = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { MarketData } = require(workerData.built)
  const { createHash } = require('node:crypto')
  const { readFileSync } = require('node:fs')
  async function work() {
    const data = MarketData.attach(workerData.shared)
    await data.writeParquet(workerData.path)
    const facts = { length: data.length, symbols: data.symbols, start: data.start, hash: createHash('sha256').update(readFileSync(workerData.path)).digest('hex') }
    data.close()
    return facts
  }
  work().then((facts) => parentPort.postMessage(facts), (error) => parentPort.postMessage({ code: error.code, path: error.path }))`

let workers = 0

function inWorker(shared: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { eval: true, workerData: { built, shared, path: temporary(`worker-${workers++}.parquet`) } })
    worker.on('message', resolve)
    worker.on('error', reject)
  })
}

describe('a ticket', () => {
  it('is plain data', () => {
    const { marketData } = sampleData.binanceSpot()
    const shared = marketData.share()
    expect(structuredClone(shared)).toEqual({ haggleData: expect.any(Number) })
    expect(JSON.parse(JSON.stringify(shared))).toEqual(shared)
    expect(marketData.share()).not.toEqual(shared)
    const other = MarketData.attach(shared)
    marketData.close()
    expect(other.length).toBe(50_000)
    other.close()
  })

  it('holds the data until it is redeemed, and is nothing once all have closed it', () => {
    const { marketData } = sampleData.binanceSpot()
    const shared = marketData.share()
    marketData.close()
    const first = MarketData.attach(shared)
    const second = MarketData.attach(shared)
    first.close()
    expect(second.length).toBe(50_000)
    second.close()
    for (let i = 0; i < 2; i++) expect(thrown(() => MarketData.attach(shared))).toMatchObject({ code: 'CLOSED', path: 'shared.haggleData' })
  })

  it('is never issued twice', () => {
    const { marketData } = sampleData.binanceSpot()
    const shared = marketData.share()
    MarketData.attach(shared).close()
    marketData.close()
    const next = sampleData.binanceSpot().marketData.share()
    expect(next).not.toEqual(shared)
    expect(thrown(() => MarketData.attach(shared)).code).toBe('CLOSED')
    MarketData.attach(next).close()
  })

  it.each<[unknown, string]>([
    [{ haggleData: 4_000_000_000 }, 'CLOSED'], [{}, 'INVALID_ARGUMENT'], [undefined, 'INVALID_ARGUMENT'], [7, 'INVALID_ARGUMENT'],
    [{ haggleData: -1 }, 'INVALID_ARGUMENT'], [{ haggleData: 1.5 }, 'INVALID_ARGUMENT'], [{ haggleData: '1' }, 'INVALID_ARGUMENT'], [{ haggleData: 2 ** 32 }, 'INVALID_ARGUMENT'],
  ])('is not %j', (shared, code) => {
    expect(thrown(() => MarketData.attach(shared as SharedMarketData)).code).toBe(code)
  })

  it('is told from the data itself, which would arrive empty', () => {
    const { marketData } = sampleData.binanceSpot()
    expect(structuredClone(marketData)).toEqual({})
    expect(thrown(() => MarketData.attach(structuredClone(marketData) as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'shared', hint: expect.stringContaining('post data.share()') })
  })
})

describe.skipIf(!existsSync(built))('in worker threads', () => {
  it('the rows are the same', async () => {
    const { marketData } = sampleData.binanceSpot()
    const hash = createHash('sha256').update(await bytesOf(marketData)).digest('hex')
    const shared = marketData.share()
    const facts = await Promise.all([inWorker(shared), inWorker(shared), inWorker(marketData.share())])
    const same = { length: 50_000, symbols: [...marketData.symbols], start: marketData.start, hash }
    expect(facts).toEqual([same, same, same])
  })

  it('closed data cannot be attached', async () => {
    const { marketData } = sampleData.binanceSpot()
    const shared = marketData.share()
    MarketData.attach(shared).close()
    marketData.close()
    expect(await inWorker(shared)).toEqual({ code: 'CLOSED', path: 'shared.haggleData' })
  })
})
