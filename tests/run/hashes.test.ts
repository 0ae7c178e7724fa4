import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { backtest, backtestSync, sampleData, type Context, type Strategy } from '../../src/index'
import { busy, rejected, sample } from './common'
import { EmaCross, Maker, path, SmaCross } from './strategies'

/*
 * One program, one hash: whoever runs it, however it is cut. A change of these is a change of what the engine does, and
 * belongs in the changelog.
 */
const PINNED: readonly { name: string, make: () => Strategy, hash: string, fills: number }[] = [
  { name: 'an exponential cross', make: () => new EmaCross(10, 20), hash: 'fdce97365ce256cb2f435939428f3fae', fills: 73 },
  { name: 'a simple cross', make: () => new SmaCross(10, 20), hash: '4d3257fa31947010daf30a3921b82a08', fills: 102 },
  { name: 'a maker with timers and chance', make: () => new Maker(), hash: 'ac7267934b64ad8ca3257015382c9b06', fills: 49 },
]

const root = join(__dirname, '../..')
const built = join(root, 'dist/index.js')

/** A program that runs all three and gives their hashes; `data` is how it comes by the market data. */
const program = (data: string): string => `
  const { backtestSync, sampleData, MarketData } = require(${JSON.stringify(built)})
  const { EmaCross, SmaCross, Maker } = require(${JSON.stringify(path)})
  const { system } = sampleData.binanceSpot()
  const marketData = ${data}
  const hashes = [new EmaCross(10, 20), new SmaCross(10, 20), new Maker()].map((strategy) =>
    backtestSync({ system, marketData, balances: { USDT: 10_000 } }, { strategy }).resultHash)`

describe('the result hash', () => {
  it.each(PINNED)('of $name is pinned', ({ make, hash, fills }) => {
    const run = backtestSync(sample, { strategy: make() })
    expect({ hash: run.resultHash, fills: run.fills.length }).toEqual({ hash, fills })
  })

  it('is the same under a promise', async () => {
    for (const { make, hash } of PINNED) expect((await backtest(sample, { strategy: make() })).resultHash).toBe(hash)
  })

  it('is the same in runs that take turns, whatever the callbacks cost', async () => {
    const runs = [...PINNED, ...PINNED].map(({ make }, i) => backtest(sample, { strategy: i % 2 === 0 ? make() : slowly(make()) }))
    expect((await Promise.all(runs)).map((run) => run.resultHash)).toEqual([...PINNED, ...PINNED].map(({ hash }) => hash))
  })

  it('is the same with the hooks that only watch', () => {
    const watch = { onStart() {}, onTrade() {}, onBook() {}, onBar() {}, onFill() {}, onOrder() {}, onStop() {} }
    for (const { make, hash } of PINNED) {
      const strategy = make()
      for (const [name, hook] of Object.entries(watch) as [keyof Strategy, () => void][]) strategy[name] ??= hook
      expect(backtestSync(sample, { strategy }).resultHash).toBe(hash)
    }
  })

  it.each(['emaCross', 'smaCross'] as const)('of the native %s is that of the same in JavaScript', async (native) => {
    const pinned = PINNED[native === 'emaCross' ? 0 : 1]!
    const strategy = { native, fast: 10, slow: 20 }
    expect(backtestSync(sample, { strategy }).resultHash).toBe(pinned.hash)
    expect((await backtest(sample, { strategy })).resultHash).toBe(pinned.hash)
  })

  it.each(['emaCross', 'smaCross'] as const)('of %s with short positions, too', (native) => {
    const cash = { ...sample, system: { ...sample.system, account: 'cash-settled' as const } }
    const inJavaScript = native === 'emaCross' ? new EmaCross(10, 40, true) : new SmaCross(10, 40, true)
    const run = backtestSync(cash, { strategy: inJavaScript })
    expect(run.resultHash).toBe(backtestSync(cash, { strategy: { native, fast: 10, slow: 40 } }).resultHash)
    expect(new Set(run.closedTrades.toArray().map(({ side }) => side))).toEqual(new Set(['Buy', 'Sell']))
  })

  it('does not depend on names, texts and statistics', () => {
    const { make, hash } = PINNED[0]!
    const run = backtestSync({ ...sample, summaryInterval: 'Annual365', sampleInterval: '5s' }, { id: 'another', strategy: make(), riskFreeReturn: '0.05' })
    expect(run.resultHash).toBe(hash)
    expect(run.fills.at(0)!.strategy).toBe('another')
  })

  it('follows the seed where chance decides, and only there', () => {
    const hash = (make: () => Strategy, seed: number): string => backtestSync(sample, { strategy: make(), seed }).resultHash
    expect(hash(PINNED[2]!.make, 1)).not.toBe(PINNED[2]!.hash)
    expect(hash(PINNED[2]!.make, 1)).toBe(hash(PINNED[2]!.make, 1))
    expect(hash(PINNED[0]!.make, 1)).toBe(PINNED[0]!.hash)
  })

  it('is held against a second run where that is asked for', async () => {
    expect((await backtest(sample, { strategy: () => new Maker() }, { verify: true })).resultHash).toBe(PINNED[2]!.hash)
    expect((await backtest(sample, { strategy: { native: 'buyAndHold' } }, { verify: true })).fills.length).toBeGreaterThan(0)
    const chance = (): Strategy => ({ onBook: (ctx: Context) => { if (ctx.openOrders.length === 0 && Math.random() < 0.01) ctx.buy(0.001) } })
    expect((await rejected(backtest(sample, { strategy: chance }, { verify: true }))).reason).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'strategy' })
    // An object keeps what it learnt in the first run: that is no fresh start.
    const { reason } = await rejected(backtest(sample, { strategy: new Maker() }, { verify: true }))
    expect(reason).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'strategy', hint: expect.stringContaining('a function') as unknown })
  })
})

// What follows reads dist, which `npm test` builds first.
describe.skipIf(!existsSync(built))('the result hash elsewhere', () => {
  it('is the same in a worker thread, on shared data', async () => {
    const { marketData } = sampleData.binanceSpot()
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      ${program('MarketData.attach(workerData)')}
      parentPort.postMessage(hashes)`
    const worker = new Worker(code, { eval: true, workerData: marketData.share() })
    const hashes = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    await worker.terminate()
    expect(hashes).toEqual(PINNED.map(({ hash }) => hash))
  })

  it('is the same in another process', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', `${program('sampleData.binanceSpot().marketData')}\n;console.log(JSON.stringify(hashes))`])
    expect(JSON.parse(stdout)).toEqual(PINNED.map(({ hash }) => hash))
  })
})

/** The same strategy, whose timers and fills each take half a millisecond. */
function slowly(strategy: Strategy): Strategy {
  const { onTimer } = strategy
  strategy.onFill = () => { busy(0.5) }
  if (onTimer) strategy.onTimer = (ctx, tag) => { busy(0.5); onTimer.call(strategy, ctx, tag) }
  return strategy
}
