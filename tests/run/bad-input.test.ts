import { describe, expect, it } from 'vitest'
import { backtest, backtestSync, sampleData, type BacktestArgsConstant, type RunOptions } from '../../src/index'
import { caught, quiet, refusal, rejected, sample, world } from './common'

const calm = world(quiet(5))
const noop = { onBook() {} }

/** The world with some fields of its system changed. */
const withSystem = (more: object): BacktestArgsConstant => ({ ...calm, system: { ...(calm.system as object), ...more } as never })

const CONSTANT: readonly (readonly [what: string, constant: unknown, code: string, path: string])[] = [
  ['nothing', undefined, 'INVALID_ARGUMENT', 'constant'],
  ['null', null, 'INVALID_ARGUMENT', 'constant'],
  ['no market data', { ...calm, marketData: undefined }, 'INVALID_ARGUMENT', 'marketData'],
  ['something else as market data', { ...calm, marketData: [] }, 'INVALID_ARGUMENT', 'marketData'],
  ['no system', { ...calm, system: undefined }, 'INVALID_ARGUMENT', 'system'],
  ['a list as system', { ...calm, system: [] }, 'INVALID_ARGUMENT', 'system'],
  ['a field too many', { ...calm, closeAtEnds: true }, 'UNKNOWN_NAME', 'closeAtEnds'],
  ['a misspelt field of the system', withSystem({ latncy: 1 }), 'UNKNOWN_NAME', 'system.latncy'],
  ['a negative latency', withSystem({ latency: -1 }), 'INVALID_ARGUMENT', 'system.latency'],
  ['a negative latency of one leg', withSystem({ latency: { open: 1, response: -5 } }), 'INVALID_ARGUMENT', 'system.latency.response'],
  ['a latency without a unit', withSystem({ latency: '100' }), 'INVALID_ARGUMENT', 'system.latency'],
  ['a latency that is not a number', withSystem({ latency: Number.NaN }), 'INVALID_ARGUMENT', 'system.latency'],
  ['a fee of all', withSystem({ fees: { maker: 0, taker: 1 } }), 'INVALID_ARGUMENT', 'system.fees.taker'],
  ['a fee in percent', withSystem({ fees: { maker: 0, taker: '10' } }), 'INVALID_ARGUMENT', 'system.fees.taker'],
  ['a fee that is no decimal', withSystem({ fees: { maker: '0.1%', taker: 0 } }), 'INVALID_ARGUMENT', 'system.fees.maker'],
  ['a missing fee', withSystem({ fees: { maker: 0 } }), 'INVALID_ARGUMENT', 'system.fees.taker'],
  ['an unknown exchange', withSystem({ executions: { okx: {} } }), 'UNKNOWN_NAME', 'system.executions.okx'],
  ['an unknown account', withSystem({ account: 'margin' }), 'INVALID_ARGUMENT', 'system.account'],
  ['no instruments', withSystem({ instruments: [] }), 'INVALID_ARGUMENT', 'system.instruments'],
  ['a bad symbol', withSystem({ instruments: ['AB'] }), 'INVALID_ARGUMENT', 'system.instruments[0]'],
  ['a tick size of zero', withSystem({ instruments: [{ symbol: 'A/B', tickSize: 0 }] }), 'INVALID_ARGUMENT', 'system.instruments[0].tickSize'],
  ['a tick size that the data does not fit', withSystem({ instruments: [{ symbol: 'A/B', tickSize: 1 }] }), 'INVALID_DATA', 'system.instruments[0].tickSize'],
  ['no balances', { ...calm, balances: undefined }, 'INVALID_ARGUMENT', 'balances'],
  ['empty balances', { ...calm, balances: {} }, 'INVALID_ARGUMENT', 'balances'],
  ['balances of nothing', { ...calm, balances: { B: 0 } }, 'INVALID_ARGUMENT', 'balances'],
  ['a balance that is no decimal', { ...calm, balances: { B: 'a lot' } }, 'INVALID_ARGUMENT', 'balances.B'],
  ['a negative balance', { ...calm, balances: { B: -1 } }, 'INVALID_ARGUMENT', 'balances.B'],
  ['a balance of NaN', { ...calm, balances: { B: Number.NaN } }, 'INVALID_ARGUMENT', 'balances.B'],
  ['an endless balance', { ...calm, balances: { B: Number.POSITIVE_INFINITY } }, 'INVALID_ARGUMENT', 'balances.B'],
  ['a balance beyond all digits', { ...calm, balances: { B: 1e40 } }, 'INVALID_ARGUMENT', 'balances.B'],
  ['a balance that is a function', { ...calm, balances: { B: () => 1 } }, 'INVALID_ARGUMENT', 'balances.B'],
  ['a balance of an unknown asset', { ...calm, balances: { BB: 1 } }, 'UNKNOWN_NAME', 'balances.BB'],
  ['a balance of an unknown exchange', { ...calm, balances: { okx: { B: 1 } } }, 'UNKNOWN_NAME', 'balances.okx'],
  ['a reporting asset that there is not', { ...calm, reportingAsset: 'EUR' }, 'UNKNOWN_NAME', 'reportingAsset'],
  ['a sample interval of zero', { ...calm, sampleInterval: 0 }, 'INVALID_ARGUMENT', 'sampleInterval'],
  ['a negative sample interval', { ...calm, sampleInterval: '-1s' }, 'INVALID_ARGUMENT', 'sampleInterval'],
  ['a sample interval in words', { ...calm, sampleInterval: 'hourly' }, 'INVALID_ARGUMENT', 'sampleInterval'],
  ['a summary interval that there is not', { ...calm, summaryInterval: 'Weekly' }, 'INVALID_ARGUMENT', 'summaryInterval'],
  ['a flag that is none', { ...calm, closeAtEnd: 'yes' }, 'INVALID_ARGUMENT', 'closeAtEnd'],
]

const DYNAMIC: readonly (readonly [what: string, dynamic: unknown, code: string, path: string])[] = [
  ['null', null, 'INVALID_ARGUMENT', 'dynamic'],
  ['a text', 'emaCross', 'INVALID_ARGUMENT', 'dynamic'],
  ['a field too many', { strateggy: noop }, 'UNKNOWN_NAME', 'strateggy'],
  ['an id that is no text', { id: 7, strategy: noop }, 'INVALID_ARGUMENT', 'id'],
  ['a seed below zero', { seed: -1 }, 'INVALID_ARGUMENT', 'seed'],
  ['a broken seed', { seed: 0.5, strategy: noop }, 'INVALID_ARGUMENT', 'seed'],
  ['a seed of NaN', { seed: Number.NaN, strategy: noop }, 'INVALID_ARGUMENT', 'seed'],
  ['a risk-free return of -100 %', { riskFreeReturn: -1 }, 'INVALID_ARGUMENT', 'riskFreeReturn'],
  ['a risk-free return in percent', { riskFreeReturn: 500 }, 'INVALID_ARGUMENT', 'riskFreeReturn'],
  ['a risk-free return that is no decimal', { riskFreeReturn: '5 %', strategy: noop }, 'INVALID_ARGUMENT', 'riskFreeReturn'],
  ['risk limits that are none', { risk: 'low' }, 'INVALID_ARGUMENT', 'risk'],
  ['a risk limit of zero', { risk: { maxQuantity: 0 } }, 'INVALID_ARGUMENT', 'risk.maxQuantity'],
]

const OPTIONS: readonly (readonly [what: string, options: unknown, code: string, path: string])[] = [
  ['null', null, 'INVALID_ARGUMENT', 'options'],
  ['a field too many', { onprogress() {} }, 'UNKNOWN_NAME', 'options.onprogress'],
  ['a controller as signal', { signal: new AbortController() }, 'INVALID_ARGUMENT', 'options.signal'],
  ['a null signal', { signal: null }, 'INVALID_ARGUMENT', 'options.signal'],
  ['a progress that is none', { onProgress: true }, 'INVALID_ARGUMENT', 'options.onProgress'],
  ['a number of threads below one', { threads: 0 }, 'INVALID_ARGUMENT', 'options.threads'],
  ['a broken number of threads', { threads: 1.5 }, 'INVALID_ARGUMENT', 'options.threads'],
  ['a verify that is no flag', { verify: 'yes' }, 'INVALID_ARGUMENT', 'options.verify'],
]

describe('what a back-test cannot be of', () => {
  it.each(CONSTANT)('%s', async (_, constant, code, path) => {
    expect(refusal(() => backtestSync(constant as BacktestArgsConstant, { strategy: noop }))).toMatchObject({ code, path })
    expect((await rejected(backtest(constant as BacktestArgsConstant, { strategy: { native: 'buyAndHold' } }))).reason).toMatchObject({ code, path })
  })

  it.each(DYNAMIC)('%s', async (_, dynamic, code, path) => {
    expect(refusal(() => backtestSync(calm, dynamic as object))).toMatchObject({ code, path })
    expect((await rejected(backtest(calm, dynamic as object))).reason).toMatchObject({ code, path })
  })

  it.each(OPTIONS)('%s', async (_, options, code, path) => {
    expect((await rejected(backtest(calm, { strategy: noop }, options as RunOptions))).reason).toMatchObject({ code, path })
  })

  it('closed market data', () => {
    const { system, marketData } = sampleData.binanceSpot()
    marketData.close()
    expect(refusal(() => backtestSync({ system, marketData, balances: { USDT: 1 } }))).toMatchObject({ code: 'CLOSED', path: 'marketData' })
  })

  it('data of instruments that the config does not have; the message offers a selection', () => {
    const { message, ...rest } = refusal(() => backtestSync({ ...sample, system: { exchange: 'binance_spot', instruments: ['BTC/USDT', 'ETH/USDT'] } }))
    expect(rest).toEqual({ code: 'UNKNOWN_NAME', path: 'marketData' })
    expect(message).toContain('SOL/USDT')
    expect(message).toContain("marketData.select({ symbols: ['BTC/USDT', 'ETH/USDT'] })")
  })

  it('names that are nearly right come with the right one', () => {
    const near: readonly (readonly [() => unknown, string])[] = [
      [() => backtestSync({ ...sample, balances: { USDTT: 1 } }), 'USDT'],
      [() => backtestSync({ ...sample, balances: { binance_spott: { USDT: 1 } } }), 'binance_spot'],
      [() => backtestSync(sample, { strategy: { native: 'smaCros', fast: 1, slow: 2 } as never }), 'smaCross'],
      [() => backtestSync(withSystem({ feees: {} })), 'fees'],
      [() => backtestSync(sample, { stratgy: noop } as never), 'strategy'],
      [() => backtestSync({ ...sample, reportingAsset: 'USDTT' }), 'USDT'],
    ]
    for (const [run, name] of near) {
      const error = caught(run) as { code: string, hint: string }
      expect(error.code).toBe('UNKNOWN_NAME')
      expect(error.hint).toMatch(new RegExp(`\\b${name}\\b`))
    }
  })

  it('and after all of that it runs as before', () => {
    for (const [, constant] of CONSTANT) caught(() => backtestSync(constant as BacktestArgsConstant, { strategy: noop }))
    expect(backtestSync(calm, { strategy: noop }).events).toBe(5)
  })
})
