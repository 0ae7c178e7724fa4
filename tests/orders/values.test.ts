import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { AccountEvent, EngineEvent, OrderEvent, OrderKey, OrderRequestCancel, OrderRequestOpen, OrderSnapshot, Value } from '../../src/index'
import { EVENTS, KEY, STATES } from './table'

describe('order states', () => {
  it.each(STATES.map(([state, json, isActive]) => [JSON.stringify(json), state, json, isActive] as const))('%s', (_, state, json, isActive) => {
    const event = new OrderEvent({ key: KEY, state })
    expect(event.toJSON()).toEqual({ key: KEY, state: json })
    expect(event.state).toEqual(state)
    expect(event.isActive).toBe(isActive)
    const again = OrderEvent.fromJSON(JSON.stringify(event))
    expect(again).toEqual(event)
    expect(again.equals(event)).toBe(true)
    expect(OrderEvent.fromJSON({ key: KEY, state: json })).toEqual(event)
    expect(inspect(event)).toContain('OrderEvent {')
    expect(inspect(event, { depth: null })).toContain(`kind: '${state.kind}'`)
    expect(Object.isFrozen(event) && Object.isFrozen(event.state)).toBe(true)
  })

  it('are all told apart', () => {
    const events = STATES.map(([state]) => new OrderEvent({ key: KEY, state }))
    events.forEach((one, at) => events.forEach((other, place) => {
      if (at === place) return
      expect(one).not.toEqual(other)
      expect(one.equals(other)).toBe(false)
    }))
  })

  it('keep what stands beside them', () => {
    const event = new OrderEvent({ key: KEY, state: { kind: 'Expired' }, filledQuantity: '0.50' })
    expect(event.filledQuantity).toBe('0.5')
    expect(event.toJSON()).toEqual({ key: KEY, state: { Inactive: 'Expired' }, filled_quantity: '0.5' })
    const lost = new OrderEvent({ key: KEY, state: { kind: 'OpenInFlight', unknown: true } })
    expect(OrderEvent.fromJSON(lost.toJSON()).state).toEqual({ kind: 'OpenInFlight', unknown: true })
  })
})

describe('engine events', () => {
  it.each(EVENTS)('%s', (_, event, path) => {
    const text = JSON.stringify(event)
    expect(EngineEvent.fromJSON(text)).toEqual(event)
    expect(EngineEvent.fromJSON(event.toJSON()).equals(event)).toBe(true)
    expect(JSON.stringify(EngineEvent.fromJSON(text))).toBe(text)
    const variant = path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], JSON.parse(text))
    expect(variant).not.toBeUndefined()
    expect(event).toBeInstanceOf(EngineEvent)
    expect(event).toBeInstanceOf(Value)
    expect(Object.isFrozen(event)).toBe(true)
    expect(inspect(event)).toMatch(/^EngineEvent \{\n? +kind: '/)
    expect(inspect({ a: { b: { event } } }, { depth: 2 })).toContain('[EngineEvent]')
  })

  it('are all told apart', () => {
    EVENTS.forEach(([, one], at) => EVENTS.forEach(([, other], place) => {
      if (at !== place) expect(one).not.toEqual(other)
    }))
  })

  it('show their parts as values', () => {
    const event = EVENTS.find(([name]) => name === 'account snapshot')![1]
    if (event.kind !== 'Account' || event.account.kind !== 'Snapshot') throw new Error('a snapshot')
    const { account } = event
    expect(account).toBeInstanceOf(AccountEvent)
    expect(account.snapshot.balances[0]).toMatchObject({ asset: 'USDT', free: '9.5', locked: '0.5', total: '10' })
    const [order] = account.snapshot.orders
    expect(order).toBeInstanceOf(OrderSnapshot)
    expect(OrderSnapshot.fromJSON(order!.toJSON())).toEqual(order)
    expect(order!.key.equals(new OrderKey(KEY))).toBe(true)
    expect(AccountEvent.fromJSON(account.toJSON())).toEqual(account)
  })

  it('give their requests back', () => {
    const event = EVENTS.find(([name]) => name === 'several open requests')![1]
    if (event.kind !== 'Command' || event.command.kind !== 'SendOpenRequests') throw new Error('requests')
    const [first, second] = event.command.requests
    expect(first).toEqual(new OrderRequestOpen({ key: KEY, side: 'Buy', quantity: 2, price: 100.5, postOnly: true }))
    expect(OrderRequestOpen.fromJSON(second!.toJSON())).toEqual(second)
    expect(second).toMatchObject({ kind: 'Market', timeInForce: 'ImmediateOrCancel' })
  })
})

describe('requests', () => {
  it.each([
    [{ quantity: 1 }, { kind: 'Market', price: '0', time_in_force: 'ImmediateOrCancel' }],
    [{ quantity: '1.0', timeInForce: 'FillOrKill' }, { kind: 'Market', quantity: '1', time_in_force: 'FillOrKill' }],
    [{ quantity: 1, price: '2.50' }, { kind: 'Limit', price: '2.5', time_in_force: { GoodUntilCancelled: { post_only: false } } }],
    [{ quantity: 1, price: 2, timeInForce: { goodUntil: '1970-01-01T00:00:00Z' } }, { kind: 'Limit', time_in_force: { GoodUntil: '1970-01-01T00:00:00Z' } }],
    [{ quantity: 1, price: 2, timeInForce: 'GoodUntilEndOfDay', postOnly: true }, { time_in_force: 'GoodUntilEndOfDay', post_only: true }],
    [{ quantity: 1, stop: 3 }, { kind: { Stop: '3' } }],
    [{ quantity: 1, stop: 3, price: 2 }, { kind: { StopLimit: '3' }, price: '2' }],
    [{ quantity: 1, takeProfit: 3 }, { kind: { TakeProfit: '3' } }],
    [{ quantity: 1, takeProfit: 3, price: 2 }, { kind: { TakeProfitLimit: '3' }, price: '2' }],
    [{ quantity: 1, trail: 3 }, { kind: { TrailingStop: '3' }, price: '0' }],
    [{ quantity: 1, trail: '1.50%', price: 2, reduceOnly: true }, { kind: { TrailingStop: '1.5%' }, price: '2', reduce_only: true }],
  ] as const)('%j', (terms, json) => {
    const request = new OrderRequestOpen({ key: KEY, side: 'Buy', ...terms } as ConstructorParameters<typeof OrderRequestOpen>[0])
    expect((request.toJSON() as { state: object }).state).toMatchObject(json)
    expect(OrderRequestOpen.fromJSON(request.toJSON())).toEqual(request)
  })

  it('cancel by key or by id', () => {
    expect(new OrderRequestCancel({ key: KEY }).toJSON()).toEqual({ key: KEY, state: { id: null } })
    expect(new OrderRequestCancel({ key: KEY, id: '7' }).toJSON()).toEqual({ key: KEY, state: { id: '7' } })
  })
})

describe('digits', () => {
  it('are all kept', () => {
    const price = '1234567890.123456789012345678'
    const event = EngineEvent.trade({ symbol: 'BTC/USDT', timestamp: 1_735_689_600_000_000_001n, price, amount: '0.1', side: 'sell' })
    const again = EngineEvent.fromJSON(JSON.stringify(event))
    expect(again).toEqual(event)
    expect(again).toMatchObject({ market: { timeExchange: '2025-01-01T00:00:00.000000001Z', trade: { price, quantity: '0.1' } } })
    // What a double holds is a number, as barter has it.
    expect(JSON.stringify(event)).toContain(`"price":"${price}","amount":0.1`)
    const many = '{"exchange":0,"kind":{"Overflow":18446744073709551615}}'
    expect(AccountEvent.fromJSON(many)).toMatchObject({ lost: '18446744073709551615' })
  })

  it('come from ccxt as they are', () => {
    const trade = { info: {}, id: '1', timestamp: 1_742_944_020_773, datetime: '', symbol: 'BTC/USDT:USDT', side: 'sell', price: 0.1, amount: 3e-8, cost: 1, fee: undefined }
    expect(EngineEvent.trade(trade)).toMatchObject({ market: { exchange: 'mock', instrument: 'BTC/USDT:USDT', trade: { price: '0.1', quantity: '0.00000003', side: 'Sell' } } })
    const ticker = { symbol: 'BTC/USDT', timestamp: 0, bid: 1, bidVolume: undefined, ask: undefined, askVolume: undefined, info: {} }
    expect(EngineEvent.quotes(ticker as never)).toMatchObject({ market: { quotes: { bid: '1', bidSize: '0' } } })
  })
})
