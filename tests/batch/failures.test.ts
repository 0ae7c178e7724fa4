import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { BacktestSummary, HaggleError, MultiBacktestSummary, runBacktests, runBacktestsSync, type BacktestArgsDynamic } from '../../src/index'
import { sample } from '../run/common'
import { CROSS, fate } from './common'

const good: BacktestArgsDynamic = { strategy: { native: 'emaCross', fast: 10, slow: 20 } }
const thrown = new RangeError('too much')
const dynamics: BacktestArgsDynamic[] = [
  good,
  { id: 'thrown', strategy: { onTrade() { throw thrown } }, seed: 7, riskFreeReturn: '0.05' },
  { strategy: { native: 'emaCross', fast: 20, slow: 10 } },
  { strategy: { onTrade: (async () => {}) as () => void } },
  { strategy: { onTrade(ctx) { ctx.buy(-1) } } },
  { strategy: () => { throw 'a text' } },
  { strategy: { onTrad() {} } as never },
  { strategi: 1 } as never,
  { seed: -1 },
  good,
]
const fates = [
  CROSS, 'STRATEGY_FAILED dynamics[1].strategy', 'INVALID_ARGUMENT dynamics[2].strategy.fast', 'STRATEGY_ASYNC dynamics[3].strategy.onTrade',
  'INVALID_ARGUMENT size', 'STRATEGY_FAILED dynamics[5].strategy', 'UNKNOWN_NAME dynamics[6].strategy.onTrad', 'UNKNOWN_NAME dynamics[7].strategi',
  'INVALID_ARGUMENT dynamics[8].seed', CROSS,
]

describe('a run that fails', () => {
  it('fails alone, with a code and where', async () => {
    expect((await runBacktests(sample, dynamics)).summaries.map(fate)).toEqual(fates)
    expect(runBacktestsSync(sample, dynamics).summaries.map(fate)).toEqual(fates)
  })

  it('keeps what was thrown, and has no result that could be taken for one', () => {
    const failed = runBacktestsSync(sample, dynamics).summaries[1]!
    expect(failed).toBeInstanceOf(BacktestSummary)
    expect(failed.error).toBeInstanceOf(HaggleError)
    expect(failed.error!.cause).toBe(thrown)
    expect(failed.error!.message).toBe('dynamics[1].strategy: it threw RangeError: too much')
    expect(() => failed.tradingSummary).toThrow(failed.error)
    expect(() => failed.resultHash).toThrow(failed.error)
    expect({ ...failed }).toEqual({ id: 'thrown', riskFreeReturn: '0.05', seed: 7, warnings: [], events: 0, durationMs: 0, error: failed.error })
    expect(Object.isFrozen(failed)).toBe(true)
  })

  it('reads and prints as what it is', () => {
    const multi = runBacktestsSync(sample, dynamics)
    const again = MultiBacktestSummary.fromJSON(JSON.stringify(multi))
    expect(again.toJSON()).toEqual(multi.toJSON())
    expect(again.summaries.map(fate)).toEqual(fates)
    expect(again.summaries[0]!.equals(multi.summaries[0])).toBe(true)
    expect(BacktestSummary.fromJSON(JSON.stringify(multi.summaries[2])).equals(multi.summaries[2])).toBe(true)
    const lines = inspect(multi, { breakLength: 100 }).split('\n')
    expect(lines[0]).toMatch(/^10 back-tests, 8 failed, .*, 100,000 events$/)
    expect(lines[1]).toMatch(/^Run +PnL +Return +Max DD/)
    expect(lines.filter((line) => line.startsWith('! '))[0]).toBe('! thrown: STRATEGY_FAILED: dynamics[1].strategy: it threw RangeError: too much')
    expect(lines.at(-1)).toBe('... 3 more failed')
    expect(lines.every((line) => line.length <= 100)).toBe(true)
    expect(inspect(multi.summaries[1])).toBe('thrown: STRATEGY_FAILED: dynamics[1].strategy: it threw RangeError: too much')
  })
})

describe('MultiBacktestSummary', () => {
  it('has the JSON shape of barter, and comes back from it', () => {
    const multi = runBacktestsSync(sample, [good, {}])
    expect(Object.keys(multi.toJSON())).toEqual(['num_backtests', 'duration_ms', 'summaries'])
    const again = MultiBacktestSummary.fromJSON(JSON.stringify(multi))
    expect(again.equals(multi)).toBe(true)
    expect(again).toEqual(multi)
    expect(Object.isFrozen(multi) && Object.isFrozen(multi.summaries)).toBe(true)
    expect(Object.keys(multi)).toEqual(['numBacktests', 'durationMs', 'summaries'])
  })

  it.each<[object, string]>([
    [{ duration_ms: 1 }, 'summaries'], [{ duration_ms: 1, summaries: 7 }, 'summaries'], [{ duration_ms: 1, num_backtests: 2, summaries: [] }, 'num_backtests'],
    [{ num_backtests: 0, summaries: [] }, 'duration_ms'], [{ duration_ms: 1, summaries: [{ id: 'x' }] }, 'summaries[0].risk_free_return'],
    [{ duration_ms: 1, summaries: [{ id: 'x', risk_free_return: '0', seed: 0, error: { code: 'NO', message: 'x' } }] }, 'summaries[0].error.code'],
  ])('refuses %j', (json, path) => {
    expect(() => MultiBacktestSummary.fromJSON(json)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', path }) as Error)
  })

  it('ranks many runs by what they earned', () => {
    const multi = runBacktestsSync(sample, Array.from({ length: 30 }, (_, i) => ({ strategy: { native: 'emaCross', fast: 5 + i, slow: 100 } })))
    const lines = inspect(multi).split('\n')
    expect(lines.at(-1)).toBe('... 10 more, which earned less')
    const ranked = [...multi.summaries].sort((a, b) => Number(b.tradingSummary.portfolio.pnl) - Number(a.tradingSummary.portfolio.pnl))
    expect(lines.slice(3, -1).map((line) => line.split(' ')[0])).toEqual(ranked.slice(0, 20).map(({ id }) => id))
  })
})
