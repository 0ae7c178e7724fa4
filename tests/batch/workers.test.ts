import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { backtest, backtestSync, runBacktests, runBacktestsSync, type BacktestArgsDynamic } from '../../src/index'
import { rejected, sample } from '../run/common'
import { EmaCross } from '../run/strategies'
import { CROSS, fate, isBuilt, MAKER, moduleUrl, root } from './common'

const run = promisify(execFile)
const inModule = (name: string): BacktestArgsDynamic => ({ strategy: moduleUrl(name) })

/** A program in a process of its own, with the built package; `flags` are Node's. */
async function program(code: string, flags: string[] = []): Promise<string> {
  const head = `
    import { backtest, runBacktests, sampleData } from ${JSON.stringify(pathToFileURL(join(root, 'dist/index.mjs')).href)}
    const { system, marketData } = sampleData.binanceSpot()
    const sample = { system, marketData, balances: { USDT: 10_000 } }
    const module = (name) => ({ strategy: new URL(name, ${JSON.stringify(`${moduleUrl('').href}/`)}) })
    const native = { strategy: { native: 'emaCross', fast: 10, slow: 20 } }
    const fate = (summary) => summary.error ? summary.error.code : summary.resultHash`
  const { stdout } = await run(process.execPath, [...flags, '--no-warnings', '--input-type=module', '-e', `${head}\n${code}`], { timeout: 50_000 })
  return stdout
}

describe.skipIf(!isBuilt)('a strategy in a module', () => {
  it('gives the same result in a worker, on any number of them', async () => {
    const dynamics = ['cross.mjs', 'maker.cjs', 'compiled.cjs', 'cross.mjs', 'maker.cjs', 'cross.mjs'].map(inModule)
    for (const threads of [1, 2, 3]) {
      expect((await runBacktests(sample, dynamics, { threads })).summaries.map(fate)).toEqual([CROSS, MAKER, CROSS, CROSS, MAKER, CROSS])
    }
  })

  it('runs beside those that are elsewhere', async () => {
    const dynamics = [inModule('cross.mjs'), { strategy: { native: 'emaCross', fast: 10, slow: 20 } }, { strategy: new EmaCross(10, 20) }, inModule('maker.cjs')] as BacktestArgsDynamic[]
    expect((await runBacktests(sample, dynamics, { verify: false })).summaries.map(fate)).toEqual([CROSS, CROSS, CROSS, MAKER])
    expect((await runBacktests(sample, [inModule('cross.mjs'), inModule('maker.cjs')], { verify: true })).summaries.map(fate)).toEqual([CROSS, MAKER])
  })

  it('leaves all of its outcome where it is the only one', async () => {
    const inWorker = await backtest(sample, { ...inModule('cross.mjs'), id: 'x', riskFreeReturn: 5n, seed: 3 })
    const here = backtestSync(sample, { strategy: new EmaCross(10, 20), id: 'x', riskFreeReturn: 5n, seed: 3 })
    expect(inWorker.fills.toArray()).toEqual(here.fills.toArray())
    expect(inWorker.orders.toArray()).toEqual(here.orders.toArray())
    expect(inWorker.closedTrades.toArray()).toEqual(here.closedTrades.toArray())
    expect(inWorker.equity.toArray()).toEqual(here.equity.toArray())
    expect({ ...inWorker, durationMs: 0 }).toEqual({ ...here, durationMs: 0 })
    expect((await backtest(sample, inModule('compiled.cjs'), { verify: true })).resultHash).toBe(CROSS)
  })

  it('tells how far it is', async () => {
    const seen: number[] = []
    await runBacktests(sample, Array.from({ length: 40 }, () => inModule('maker.cjs')), { onProgress: (done, total) => { seen.push(done, total) } })
    expect(seen.slice(-2)).toEqual([2_000_000, 2_000_000])
    const done = seen.filter((_, i) => i % 2 === 0)
    expect(done.every((rows, i) => rows >= (done[i - 1] ?? 0))).toBe(true)
  })

  it('needs a promise', () => {
    const refusal = { code: 'INVALID_ARGUMENT', path: 'strategy' }
    expect(() => backtestSync(sample, inModule('cross.mjs'))).toThrow(expect.objectContaining(refusal) as Error)
    expect(fate(runBacktestsSync(sample, [inModule('cross.mjs')]).summaries[0]!)).toBe('INVALID_ARGUMENT dynamics[0].strategy')
  })
})

describe.skipIf(!isBuilt)('a worker that fails', () => {
  const cases: readonly (readonly [module: string, code: string, words: RegExp])[] = [
    ['nameless.mjs', 'INVALID_ARGUMENT', /default export .* has to be a function .*; found undefined/],
    ['object.mjs', 'INVALID_ARGUMENT', /found an object/],
    ['broken.mjs', 'STRATEGY_FAILED', /cannot be loaded: nothing works today/],
    ['missing.mjs', 'STRATEGY_FAILED', /cannot be loaded: Cannot find module/],
    ['promise.mjs', 'STRATEGY_ASYNC', /the factory returned a promise/],
    ['throws.mjs', 'STRATEGY_FAILED', /it threw RangeError: too much/],
    ['throws-function.mjs', 'STRATEGY_FAILED', /a function that cannot be sent/],
    ['exits.mjs', 'STRATEGY_FAILED', /ended before the run did with exit code 3/],
  ]

  it.each([1, 2])('costs its own run and no other, on %i threads', async (threads) => {
    const dynamics = [inModule('cross.mjs'), ...cases.flatMap(([name]) => [inModule(name), inModule('cross.mjs')])]
    const { summaries } = await runBacktests(sample, dynamics, { threads })
    expect(summaries.filter((_, i) => i % 2 === 0).map(fate)).toEqual(Array.from({ length: cases.length + 1 }, () => CROSS))
    cases.forEach(([name, code, words], i) => {
      const { error } = summaries[2 * i + 1]!
      expect({ name, code: error!.code, path: error!.path }).toEqual({ name, code, path: `dynamics[${2 * i + 1}].strategy` })
      expect(error!.message).toMatch(words)
    })
  })

  it('says in a single run what was thrown', async () => {
    const { reason } = await rejected(backtest(sample, inModule('throws.mjs')))
    expect(reason).toBeInstanceOf(RangeError)
    expect(reason).toMatchObject({ message: 'too much', stack: expect.stringContaining('throws.mjs') as string })
    expect((await rejected(backtest(sample, inModule('refused.mjs')))).reason).toMatchObject({ name: 'HaggleError', code: 'INVALID_ARGUMENT', path: 'size', message: expect.stringMatching(/^size: /) as string })
    expect((await rejected(backtest(sample, inModule('broken.mjs')))).reason).toMatchObject({ code: 'STRATEGY_FAILED', path: 'strategy', cause: { message: 'nothing works today' } })
    expect((await rejected(backtest(sample, inModule('exits.mjs')))).reason).toMatchObject({ code: 'STRATEGY_FAILED', path: 'strategy' })
  })

  it('may run out of memory', async () => {
    const out = await program(`
      const { summaries } = await runBacktests(sample, [module('cross.mjs'), module('greedy.mjs'), module('cross.mjs')], { threads: 1 })
      console.log(JSON.stringify([summaries.map(fate), summaries[1].error.cause.code]))`, ['--max-old-space-size=64'])
    expect(JSON.parse(out)).toEqual([[CROSS, 'STRATEGY_FAILED', CROSS], 'ERR_WORKER_OUT_OF_MEMORY'])
  })
})

describe.skipIf(!isBuilt)('a script', () => {
  it('ends by itself, whatever its runs leave open', async () => {
    const out = await program(`
      const { summaries } = await runBacktests(sample, [module('cross.mjs'), native, module('talks.mjs'), module('exits.mjs'), { strategy: { onTrade() {} } }])
      console.log(JSON.stringify([summaries.length, fate(summaries[0]), fate(summaries[1]), fate(summaries[3])]))
      const run = await backtest(sample, module('cross.mjs'))
      console.log(run.resultHash)`)
    const lines = out.trim().split('\n')
    expect(lines.filter((line) => line.startsWith('line '))).toEqual(Array.from({ length: 100 }, (_, i) => `line ${i}`))
    expect(lines.filter((line) => !line.startsWith('line '))).toEqual([JSON.stringify([5, CROSS, CROSS, 'STRATEGY_FAILED']), CROSS])
  })
})
