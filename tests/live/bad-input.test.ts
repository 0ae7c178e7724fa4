import { afterAll, describe, expect, it } from 'vitest'
import { EngineEvent, MarketData, OrderRequestCancel, OrderRequestOpen, startSystem, type SystemConfigInit, type SystemHandle, type SystemOptions } from '../../src/index'
import { thrown } from '../facade/thrown'
import { cancel, CONFIG, open, order, print, quotes, SEATS, START } from './common'

describe('startSystem refuses', () => {
  const strategy = { onTrade() {} }
  const cases: readonly (readonly [what: string, config: unknown, options: unknown, code: string, path: string])[] = [
    ['no config', undefined, {}, 'INVALID_ARGUMENT', ''],
    ['a config without instruments', {}, {}, 'INVALID_ARGUMENT', 'instruments'],
    ['options that are none', CONFIG, 7, 'INVALID_ARGUMENT', 'options'],
    ['an unknown option', CONFIG, { stategy: strategy }, 'UNKNOWN_NAME', 'options.stategy'],
    ['an unknown clock', CONFIG, { clock: 'sand' }, 'INVALID_ARGUMENT', 'options.clock'],
    ['a start of the time of day', CONFIG, { start: 0 }, 'INVALID_ARGUMENT', 'options.start'],
    ['a start that is no time', CONFIG, { clock: 'manual', start: 'noon' }, 'INVALID_ARGUMENT', 'options.start'],
    ['trading neither on nor off', CONFIG, { tradingEnabled: 'yes' }, 'INVALID_ARGUMENT', 'options.tradingEnabled'],
    ['an account without money', CONFIG, {}, 'INVALID_ARGUMENT', 'balances'],
    ['an asset that there is not', CONFIG, { balances: { C: 1 } }, 'UNKNOWN_NAME', 'balances.C'],
    ['a strategy without callbacks', CONFIG, { balances: { B: 1 }, strategy: {} }, 'INVALID_ARGUMENT', 'strategy'],
    ['a strategy in a module', CONFIG, { balances: { B: 1 }, strategy: new URL('file:///a.mjs') }, 'INVALID_ARGUMENT', 'strategy'],
    ['an unknown native strategy', CONFIG, { balances: { B: 1 }, strategy: { native: 'ema' } }, 'UNKNOWN_NAME', 'strategy.native'],
    ['signals', CONFIG, { balances: { B: 1 }, strategy: { native: 'signals', entries: new Uint8Array(1) } }, 'UNSUPPORTED', 'options.strategy'],
    ['a limit that is none', CONFIG, { balances: { B: 1 }, risk: { maxQuantity: -1 } }, 'INVALID_ARGUMENT', 'risk.maxQuantity'],
    ['a check beside a native strategy', CONFIG, { balances: { B: 1 }, risk: { check: () => true }, strategy: { native: 'buyAndHold' } }, 'INVALID_ARGUMENT', 'risk.check'],
  ]
  it.each(cases)('%s', (_, config, options, code, path) => {
    const error = thrown(() => startSystem(config as SystemConfigInit, options as SystemOptions))
    expect({ code: error.code, path: error.path ?? '' }).toEqual({ code, path })
  })
})

describe.each(SEATS)('a system on the %s refuses, and runs on', (seat) => {
  const system = open(seat, {}, { ...CONFIG, instruments: [...CONFIG.instruments, { symbol: 'C/D', exchange: 'mock' }] })
  system.feedEvents([quotes(1), print(1, 100)])
  system.sendOpenRequests(order('used', { price: 90 }))
  system.advance(5)
  afterAll(() => system.abort())

  const raw = (json: unknown): OrderRequestOpen => OrderRequestOpen.fromJSON(JSON.stringify(json))
  const key = { exchange: 'mock', instrument: 'A/B', strategy: 'desk', cid: 'x' }
  const terms = { side: 'Buy', price: '99', quantity: '1', kind: 'Limit', time_in_force: { GoodUntilCancelled: { post_only: false } } }
  const cases: readonly (readonly [what: string, send: (system: SystemHandle) => unknown, code: string, path: RegExp])[] = [
    ['malformed JSON', () => EngineEvent.fromJSON('{"Market":'), 'INVALID_ARGUMENT', /^$/],
    ['an unknown variant', () => EngineEvent.fromJSON('{"Markets":{}}'), 'UNKNOWN_NAME', /^$/],
    ['an event that is none', (on) => { on.sendEvent({ kind: 'Shutdown' } as never) }, 'INVALID_ARGUMENT', /^event$/],
    ['an unknown instrument', (on) => { on.sendEvent(EngineEvent.trade({ symbol: 'X/Y', timestamp: START, price: 1, amount: 1, side: 'buy' })) }, 'UNKNOWN_NAME', /instrument$/],
    ['an unknown exchange', (on) => { on.sendEvent(EngineEvent.trade({ symbol: 'kraken:A/B', timestamp: START, price: 1, amount: 1, side: 'buy' })) }, 'UNKNOWN_NAME', /exchange$/],
    ['an index that there is not', (on) => { on.sendOpenRequests(new OrderRequestOpen({ key: { exchange: 0, instrument: 9 }, side: 'Buy', quantity: 1 })) }, 'UNKNOWN_NAME', /^requests\[0\]\.key\.instrument$/],
    ['a price off the grid', (on) => { on.sendOpenRequests(order('x', { price: '99.95' })) }, 'INVALID_ARGUMENT', /^requests\[0\]\.price$/],
    ['a quantity off the grid', (on) => { on.sendOpenRequests(order('x', { quantity: '0.001' })) }, 'INVALID_ARGUMENT', /^requests\[0\]\.quantity$/],
    ['a quantity of zero', (on) => { on.sendOpenRequests(raw({ key, state: { ...terms, quantity: '0' } })) }, 'INVALID_ARGUMENT', /quantity$/],
    ['a limit order without a price', (on) => { on.sendOpenRequests(raw({ key, state: { ...terms, price: '0' } })) }, 'INVALID_ARGUMENT', /price$/],
    ['a market order that is post-only', (on) => { on.sendOpenRequests(order('x', { postOnly: true })) }, 'INVALID_ARGUMENT', /^(?!$)/],
    ['a huge quantity', (on) => { on.sendOpenRequests(order('x', { quantity: '79228162514264337593543950335' })) }, 'OVERFLOW', /quantity$/],
    ['a quantity that is no number', () => order('x', { quantity: Number.NaN }), 'INVALID_ARGUMENT', /quantity$/],
    ['half of a surrogate pair', () => order('\ud800'), 'INVALID_ARGUMENT', /cid$/],
    ['a client id that was used', (on) => { on.sendOpenRequests(order('used', { price: 90 })) }, 'INVALID_ARGUMENT', /key\.cid$/],
    ['a client id twice at once', (on) => { on.sendOpenRequests(order('twice', { price: 90 }), order('twice', { price: 91 })) }, 'INVALID_ARGUMENT', /^requests\[1\]\.key\.cid$/],
    ['a client id of the generated kind', (on) => { on.sendOpenRequests(order('system-7', { price: 90 })) }, 'INVALID_ARGUMENT', /key\.cid$/],
    ['an order kind that there is not yet', (on) => { on.sendOpenRequests(order('x', { stop: 90 })) }, 'UNSUPPORTED', /^requests\[0\]\.kind/],
    ['a cancel of no order', (on) => { on.sendCancelRequests(cancel('nobody')) }, 'UNKNOWN_NAME', /cid$/],
    ['a request that is none', (on) => { on.sendOpenRequests({} as never) }, 'INVALID_ARGUMENT', /^requests\[0\]$/],
    ['a cancel for an open', (on) => { on.sendOpenRequests(new OrderRequestCancel({ key: { exchange: 'mock', instrument: 'A/B', cid: 'x' } }) as never) }, 'INVALID_ARGUMENT', /^requests\[0\]$/],
    ['a filter with two conditions', (on) => { on.cancelOrders({ instruments: ['A/B'], exchanges: ['mock'] } as never) }, 'INVALID_ARGUMENT', /^filter$/],
    ['a filter of nothing', (on) => { on.cancelOrders({ instruments: [] }) }, 'INVALID_ARGUMENT', /^filter\.instruments$/],
    ['a filter with an unknown name', (on) => { on.closePositions({ instruments: ['X/Y'] }) }, 'UNKNOWN_NAME', /^filter\.instruments\[0\]$/],
    ['rows that are none', (on) => on.feedEvents([{ high: 3 } as never]), 'INVALID_DATA', /^events\[0\]$/],
    ['a row of a list', (on) => on.feedEvents([print(1, 100), { symbol: 'A/B', timestamp: START, price: -1, amount: 1, side: 'buy' }]), 'INVALID_ARGUMENT', /price$/],
    ['a print of no size', (on) => on.feedEvents([print(1, 100, 0)]), 'INVALID_DATA', /./],
    ['an OHLCV row without a timeframe', (on) => on.feedEvents([[START, 1, 1, 1, 1, 1]], { symbol: 'A/B' }), 'INVALID_ARGUMENT', /^options\.timeframe$/],
    ['data of an unknown instrument', (on) => on.feedEvents(MarketData.fromTrades([{ symbol: 'X/Y', timestamp: START, price: 1, amount: 1, side: 'buy' }])), 'UNKNOWN_NAME', /./],
    ['data off the grid', (on) => on.feedEvents(MarketData.fromTrades([{ symbol: 'A/B', timestamp: START, price: '1.05', amount: 1, side: 'buy' }])), 'INVALID_DATA', /./],
    ['a step back', (on) => { on.advance(-1) }, 'INVALID_ARGUMENT', /^by$/],
    ['trading neither on nor off', (on) => { on.setTradingEnabled('on' as never) }, 'INVALID_ARGUMENT', /^on$/],
    ['an account event', (on) => { on.sendEvent(EngineEvent.balance('mock', { asset: 'A', total: 1, free: 1, timeExchange: START })) }, 'UNSUPPORTED', /Account/],
  ]
  it.each(cases)('%s', (_, send, code, path) => {
    const before = system.state()
    const error = thrown(() => send(system))
    expect(error.code).toBe(code)
    expect(error.path ?? '').toMatch(path)
    expect(system.isRunning).toBe(true)
    expect(system.state()).toEqual(before)
  })

  it('and a client id of a refused request is free again', () => {
    const one = order('again', { price: 90 })
    expect(() => { system.sendOpenRequests(one, order('off', { price: '99.95' })) }).toThrow()
    system.sendOpenRequests(one)
    expect(system.state().orders.map(({ key: { cid } }) => cid)).toContain('again')
  })
})

describe('a manual clock without a start', () => {
  it('waits for the first row', async () => {
    const system = startSystem(CONFIG, { clock: 'manual', balances: { B: 1_000 } })
    const calls: readonly (() => void)[] = [() => { system.advance(1) }, () => { system.sendOpenRequests(order('a')) }, () => { system.setTradingEnabled(false) }, () => { system.cancelOrders() }]
    for (const call of calls) expect(thrown(call)).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.start' })
    expect(system.feedEvents([])).toBe(0)
    system.feedEvents([quotes(1)])
    system.advance(0)
    expect(system.state().time).toBe('2024-01-01T00:00:00.001Z')
    await system.shutdown()
    await startSystem(CONFIG, { clock: 'manual', balances: { B: 1_000 } }).shutdown()
  })
})

describe('an index', () => {
  it('is taken where both orders agree on it, and refused where they do not', async () => {
    const system = startSystem({ exchange: 'mock', instruments: ['B/USDT', 'A/USDT'] }, { clock: 'manual', start: START, balances: { USDT: 1 } })
    const request = (instrument: number): OrderRequestOpen => new OrderRequestOpen({ key: { exchange: 0, instrument }, side: 'Buy', quantity: 1 })
    expect(thrown(() => { system.sendOpenRequests(request(0)) })).toMatchObject({ code: 'AMBIGUOUS_NAME', path: expect.stringMatching(/instrument$/) as string })
    await system.abort()
    const clear = startSystem({ exchange: 'mock', instruments: ['A/USDT', 'B/USDT'] }, { clock: 'manual', start: START, balances: { USDT: 1 } })
    clear.sendOpenRequests(request(1))
    expect(clear.state().orders[0]!.key.instrument).toBe('B/USDT')
    await clear.abort()
  })
})

describe('after its end', () => {
  it.each(SEATS)('every call on the %s throws CLOSED', async (seat) => {
    const system = open(seat)
    await system.shutdown()
    expect(system.isRunning).toBe(false)
    const calls: readonly (() => unknown)[] = [
      () => system.state(), () => system.takeAudit(), () => { system.advance(1) }, () => { system.setTradingEnabled(true) }, () => { system.sendEvent(quotes(1)) },
      () => system.feedEvents([quotes(1)]), () => { system.sendOpenRequests(order('a')) }, () => { system.sendCancelRequests(cancel('a')) },
      () => { system.closePositions() }, () => { system.cancelOrders() }, () => { system.sendEvent(EngineEvent.shutdown()) },
    ]
    for (const call of calls) expect(thrown(call).code).toBe('CLOSED')
    await expect(system.shutdown()).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(system.shutdownWithSummary()).rejects.toMatchObject({ code: 'CLOSED' })
    await system.abort()
    await system[Symbol.asyncDispose]()
  })
})
