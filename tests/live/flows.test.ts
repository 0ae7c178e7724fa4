import { describe, expect, it } from 'vitest'
import type { EngineOutput, OrderRequestCancel, OrderRequestOpen, SystemHandle } from '../../src/index'
import { cancel, drain, open, order, outputs, print, quotes, SEATS, type Seat } from './common'

/** Requests of an output, as `cid` or `cid: code`. */
function said(all: readonly EngineOutput[]): string[] {
  const list = (what: string, { sent, errors }: { sent: readonly (OrderRequestOpen | OrderRequestCancel)[], errors: readonly { request: OrderRequestOpen | OrderRequestCancel, reason: { code: string } }[] }): string[] =>
    [...sent.map(({ key }) => `${what} ${key.cid}`), ...errors.map(({ request, reason }) => `${what} ${request.key.cid}: ${reason.code}`)]
  return all.flatMap((output) => (output.kind === 'Commanded' || output.kind === 'AlgoOrders' ? [...list('open', output.opens), ...list('cancel', output.cancels)] : [output.kind]))
}

/** Brings an order named `a` into a state. */
const states: Readonly<Record<string, (system: SystemHandle) => void>> = {
  'no order': () => {},
  'a works': (system) => { system.sendOpenRequests(order('a', { price: 99 })); system.advance(1) },
  'a is filled': (system) => { system.sendOpenRequests(order('a')); system.advance(1) },
  'a is cancelled': (system) => { system.sendOpenRequests(order('a', { price: 99 })); system.advance(1); system.sendCancelRequests(cancel('a')); system.advance(1) },
  'a was refused by the exchange': (system) => { system.sendOpenRequests(order('a', { price: 99, quantity: 1_000 })); system.advance(1) },
  'trading is off, a works': (system) => { system.sendOpenRequests(order('a', { price: 99 })); system.advance(1); system.setTradingEnabled(false) },
}

const commands: Readonly<Record<string, (system: SystemHandle) => void>> = {
  'open': (system) => { system.sendOpenRequests(order('b', { price: 98 }), order('c', { side: 'Sell', price: 102 })) },
  'cancel': (system) => { system.sendCancelRequests(cancel('a')) },
  'cancel by another id': (system) => { system.sendCancelRequests(cancel('a', '77')) },
  'cancelOrders': (system) => { system.cancelOrders() },
  'cancelOrders of an instrument': (system) => { system.cancelOrders({ instruments: ['A/B'] }) },
  'closePositions': (system) => { system.closePositions() },
  'closePositions of an underlying': (system) => { system.closePositions({ underlyings: [{ base: 'A', quote: 'B' }] }) },
}

const opened = ['open b', 'open c']
/** command x state -> what left and what did not; 'throws' where a sender can know better. */
const matrix: Readonly<Record<string, Readonly<Record<string, string[] | 'throws'>>>> = {
  'no order': {
    'open': opened, 'cancel': 'throws', 'cancel by another id': 'throws', 'cancelOrders': [], 'cancelOrders of an instrument': [], 'closePositions': [], 'closePositions of an underlying': [],
  },
  'a works': {
    'open': opened, 'cancel': ['cancel a'], 'cancel by another id': ['cancel a: OrderUnknown'], 'cancelOrders': ['cancel a'],
    'cancelOrders of an instrument': ['cancel a'], 'closePositions': ['cancel a'], 'closePositions of an underlying': ['cancel a'],
  },
  'a is filled': {
    'open': opened, 'cancel': ['cancel a: OrderAlreadyFullyFilled'], 'cancel by another id': ['cancel a: OrderUnknown'], 'cancelOrders': [],
    'cancelOrders of an instrument': [], 'closePositions': ['open system-1'], 'closePositions of an underlying': ['open system-1'],
  },
  'a is cancelled': {
    'open': opened, 'cancel': ['cancel a: OrderAlreadyCancelled'], 'cancel by another id': ['cancel a: OrderUnknown'], 'cancelOrders': [],
    'cancelOrders of an instrument': [], 'closePositions': [], 'closePositions of an underlying': [],
  },
  'a was refused by the exchange': {
    'open': opened, 'cancel': ['cancel a: OrderAlreadyCancelled'], 'cancel by another id': ['cancel a: OrderUnknown'], 'cancelOrders': [],
    'cancelOrders of an instrument': [], 'closePositions': [], 'closePositions of an underlying': [],
  },
  'trading is off, a works': {
    'open': opened, 'cancel': ['cancel a'], 'cancel by another id': ['cancel a: OrderUnknown'], 'cancelOrders': ['cancel a'],
    'cancelOrders of an instrument': ['cancel a'], 'closePositions': ['cancel a'], 'closePositions of an underlying': ['cancel a'],
  },
}

function ready(seat: Seat): SystemHandle {
  const system = open(seat)
  system.feedEvents([quotes(1), print(1, 100)])
  system.advance(10)
  return system
}

describe.each(SEATS)('on the %s', (seat) => {
  const cases = Object.entries(matrix).flatMap(([state, row]) => Object.entries(row).map(([command, expected]) => [command, state, expected] as const))
  it.each(cases)('%s, when %s', async (command, state, expected) => {
    const system = ready(seat)
    states[state]!(system)
    const audit = system.takeAudit()
    if (expected === 'throws') {
      expect(() => { commands[command]!(system) }).toThrow(expect.objectContaining({ code: 'UNKNOWN_NAME' }))
    } else {
      commands[command]!(system)
      system.advance(10)
      const commanded = drain(audit, system).filter((tick) => tick.kind === 'Process' && tick.event.kind === 'Command')
      expect(said(commanded.flatMap((tick) => (tick.kind === 'Process' ? tick.outputs : [])))).toEqual(expected)
    }
    // The copy of the engine that follows the ticks knows what the engine knows.
    drain(audit, system)
    const { isStale, ...replica } = audit.state()
    expect(isStale).toBe(false)
    expect(replica).toEqual(system.state())
    await system.abort()
  })

  it('an order lives: in flight, open, part filled, filled', async () => {
    const system = open(seat, {}, { exchange: 'mock', instruments: [{ symbol: 'A/B', tickSize: '0.1', lotSize: '0.01' }], latency: { open: '10ms', response: '5ms' }, fees: { maker: 0, taker: 0 } })
    system.feedEvents([quotes(1), print(1, 100)])
    system.advance(2)
    system.sendOpenRequests(order('a', { price: 99.9, quantity: 2 }))
    const seen = (): unknown => system.state().orders.map(({ key, state, quantity, filledQuantity }) => [key.cid, state.kind, quantity, filledQuantity])
    expect(seen()).toEqual([['a', 'OpenInFlight', '2', '0']])
    system.advance(14)
    expect(seen()).toEqual([['a', 'OpenInFlight', '2', '0']])
    system.advance(1)
    expect(seen()).toEqual([['a', 'Open', '2', '0']])
    system.feedEvents([print(20, 99.9, 11.5, 'sell')])
    system.advance(10)
    expect(seen()).toEqual([['a', 'Open', '2', '1.5']])
    expect(system.state().positions).toEqual({ 'A/B': '1.5' })
    system.feedEvents([print(40, 99.8, 1, 'sell')])
    system.advance(30)
    expect(seen()).toEqual([])
    expect(system.state().positions).toEqual({ 'A/B': '2' })
    await system.shutdown()
  })

  it('a fill that closes a round trip is a PositionExit', async () => {
    const system = ready(seat)
    const audit = system.takeAudit()
    system.sendOpenRequests(order('a'))
    system.advance(1)
    system.closePositions()
    system.advance(1)
    const exits = outputs(audit, system).filter((output) => output.kind === 'PositionExit')
    expect(exits).toMatchObject([{ trade: { symbol: 'A/B', side: 'Buy', quantity: '1', entryPrice: '100.1', exitPrice: '99.9', pnl: '-0.2' } }])
    await system.shutdown()
  })
})
