import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { EngineEvent, ExecutionInstrumentMap, OrderEvent, OrderKey, OrderSnapshot, SystemConfig } from '../../src/index'
import { EVENTS, KEY, STATES } from './table'

describe('a map of a list', () => {
  const map = new ExecutionInstrumentMap('binance_spot', ['ETH/USDT', 'BTC/USDT', { symbol: 'BNB/USDT' }])

  it('counts as listed', () => {
    const key = new OrderKey(KEY)
    const indexed = map.indexed(key)
    expect(indexed).toMatchObject({ exchange: 0, instrument: 1, strategy: 'mm', cid: 'a-1' })
    expect(map.named(indexed)).toEqual(key)
    expect(indexed).toBeInstanceOf(OrderKey)
  })

  it('leaves what is so already', () => {
    const key = new OrderKey(KEY)
    expect(map.named(key)).toEqual(key)
    expect(map.indexed(map.indexed(key))).toEqual(map.indexed(key))
    expect(map.named(new OrderKey({ ...KEY, instrument: 'BTCUSDT' }))).toEqual(key)
  })

  it.each(EVENTS.filter(([name]) => name !== 'cancel on instruments' && name !== 'account event'))('goes there and back with %s', (_, event) => {
    const back = map.named(map.indexed(event))
    expect(back).toEqual(event)
    expect(back).toBeInstanceOf(EngineEvent)
  })

  it('goes there and back with orders', () => {
    for (const [state] of STATES) {
      if (state.kind === 'OpenFailed' && ['AssetInvalid', 'InstrumentInvalid'].includes(state.reason.code)) continue
      const event = new OrderEvent({ key: KEY, state })
      expect(map.named(map.indexed(event))).toEqual(event)
      const order = new OrderSnapshot({ key: KEY, side: 'Buy', quantity: 1, state })
      expect(map.named(map.indexed(order))).toEqual(order)
      expect(map.indexed(order)).toBeInstanceOf(OrderSnapshot)
    }
    const refused = EVENTS.find(([name]) => name === 'cancel refused')![1]
    if (refused.kind !== 'Account' || refused.account.kind !== 'OrderCancelled') throw new Error('an answer')
    const { order } = refused.account
    expect(order.state.kind).toBe('CancelRejected')
    expect(map.named(map.indexed(order))).toEqual(order)
  })

  it('is a value', () => {
    expect(Object.isFrozen(map)).toBe(true)
    expect(map.equals(new ExecutionInstrumentMap('binance_spot', ['ETH/USDT', 'BTC/USDT', 'BNB/USDT']))).toBe(true)
    expect(map.equals(new ExecutionInstrumentMap('binance_spot', ['BTC/USDT', 'ETH/USDT', 'BNB/USDT']))).toBe(false)
    expect(inspect(map)).toContain("exchange: 'binance_spot'")
  })
})

describe('a map of a config', () => {
  it('takes indices on which both orders agree', () => {
    const map = ExecutionInstrumentMap.from(new SystemConfig({ exchange: 'binance_spot', instruments: ['BTC/USDT', 'ETH/USDT'] }), 'binance_spot')
    expect(map.named(new OrderKey({ ...KEY, exchange: 0, instrument: 1 })).instrument).toBe('ETH/USDT')
    expect(map.numbering).toBe('agreed')
  })

  it('names what two exchanges have by both', () => {
    const map = ExecutionInstrumentMap.from(new SystemConfig({ instruments: [{ symbol: 'BTC/USDT', exchange: 'binance_spot' }, { symbol: 'BTC/USDT', exchange: 'okx' }] }))
    expect(map.named(new OrderKey({ ...KEY, exchange: 1, instrument: 1 }))).toMatchObject({ exchange: 'okx', instrument: 'okx:BTC/USDT' })
    expect(map.indexed(new OrderKey({ ...KEY, exchange: 'okx' }))).toMatchObject({ exchange: 1, instrument: 1 })
  })
})
