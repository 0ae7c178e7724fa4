import { describe, expect, it } from 'vitest'
import {
  AccountEvent, AssetBalance, EngineEvent, ExecutionInstrumentMap, OrderEvent, OrderKey, OrderRequestCancel, OrderRequestOpen, OrderSnapshot, SystemConfig,
  type OrderTermsInit,
} from '../../src/index'
import { thrown } from '../facade/thrown'
import { KEY, TIME } from './table'

const request = (terms: object): unknown => new OrderRequestOpen({ key: KEY, side: 'Buy', quantity: 1, ...terms } as OrderTermsInit & { key: typeof KEY })
const market = { symbol: 'BTC/USDT', timestamp: 0 }
const trade = (fields: object): unknown => EngineEvent.trade({ ...market, price: 1, amount: 1, side: 'buy', ...fields })
const circle: { self?: object } = {}
circle.self = circle

describe('bad fields', () => {
  const cases: readonly (readonly [what: string, run: () => unknown, code: string, path: string | undefined])[] = [
    ['a key without an instrument', () => new OrderKey({ exchange: 'okx' } as never), 'INVALID_ARGUMENT', 'instrument'],
    ['a key of the wrong type', () => new OrderKey('okx' as never), 'INVALID_ARGUMENT', undefined],
    ['a misspelt field', () => new OrderKey({ ...KEY, instrumnt: 1 } as never), 'UNKNOWN_NAME', 'instrumnt'],
    ['an index below zero', () => new OrderKey({ ...KEY, instrument: -1 }), 'INVALID_ARGUMENT', 'instrument'],
    ['half an index', () => new OrderKey({ ...KEY, instrument: 0.5 }), 'INVALID_ARGUMENT', 'instrument'],
    ['half of a surrogate pair', () => new OrderKey({ ...KEY, cid: '\ud800' }), 'INVALID_ARGUMENT', 'cid'],
    ['a strategy that is no text', () => new OrderKey({ ...KEY, strategy: 1 as never }), 'INVALID_ARGUMENT', 'strategy'],
    ['zero quantity', () => request({ quantity: 0 }), 'INVALID_ARGUMENT', 'quantity'],
    ['quantity below zero', () => request({ quantity: '-1' }), 'INVALID_ARGUMENT', 'quantity'],
    ['no quantity', () => request({ quantity: undefined }), 'INVALID_ARGUMENT', 'quantity'],
    ['NaN', () => request({ quantity: Number.NaN }), 'INVALID_ARGUMENT', 'quantity'],
    ['an infinity', () => request({ price: Number.POSITIVE_INFINITY }), 'INVALID_ARGUMENT', 'price'],
    ['a huge number', () => request({ quantity: 1e300 }), 'OVERFLOW', 'quantity'],
    ['a huge text', () => request({ price: '1'.repeat(40) }), 'OVERFLOW', 'price'],
    ['a price of zero', () => request({ price: 0 }), 'INVALID_ARGUMENT', 'price'],
    ['a stop of zero', () => request({ stop: 0 }), 'INVALID_ARGUMENT', 'stop'],
    ['a trail that is no percentage', () => request({ trail: 'x%' }), 'INVALID_ARGUMENT', 'trail'],
    ['two triggers', () => request({ stop: 1, trail: 1 }), 'INVALID_ARGUMENT', undefined],
    ['no side', () => request({ side: undefined }), 'INVALID_ARGUMENT', 'side'],
    ['a side of its own', () => request({ side: 'Long' }), 'INVALID_ARGUMENT', 'side'],
    ['a post-only market order', () => request({ postOnly: true }), 'INVALID_ARGUMENT', 'timeInForce'],
    ['a post-only order that takes', () => request({ price: 1, postOnly: true, timeInForce: 'FillOrKill' }), 'INVALID_ARGUMENT', 'timeInForce'],
    ['an unknown time in force', () => request({ price: 1, timeInForce: 'Forever' }), 'UNKNOWN_NAME', 'timeInForce'],
    ['a moment that is none', () => request({ price: 1, timeInForce: { goodUntil: 'soon' } }), 'INVALID_ARGUMENT', 'timeInForce.goodUntil'],
    ['a misspelt flag', () => request({ reduceonly: true }), 'UNKNOWN_NAME', 'reduceonly'],
    ['a flag that is none', () => request({ price: 1, reduceOnly: 1 }), 'INVALID_ARGUMENT', 'reduceOnly'],
    ['an id that is no text', () => new OrderRequestCancel({ key: KEY, id: 7 as never }), 'INVALID_ARGUMENT', 'id'],
    ['an unknown state', () => new OrderEvent({ key: KEY, state: { kind: 'PartiallyFilled' } as never }), 'UNKNOWN_NAME', 'state.kind'],
    ['a state without its fields', () => new OrderEvent({ key: KEY, state: { kind: 'Open', timeExchange: TIME, filledQuantity: '0' } as never }), 'INVALID_ARGUMENT', 'state.id'],
    ['no state', () => new OrderEvent({ key: KEY } as never), 'INVALID_ARGUMENT', 'state'],
    ['an order without a side', () => new OrderSnapshot({ key: KEY, quantity: 1, state: { kind: 'Expired' } } as never), 'INVALID_ARGUMENT', 'side'],
    ['a trade without a price', () => trade({ price: undefined }), 'INVALID_ARGUMENT', 'trade.price'],
    ['a trade whose id is half of a surrogate pair', () => trade({ id: '\ud800' }), 'INVALID_ARGUMENT', 'trade.id'],
    ['a trade below zero', () => trade({ amount: -1 }), 'INVALID_ARGUMENT', 'trade.amount'],
    ['a level at zero', () => EngineEvent.book({ ...market, bids: [[0, 1]], asks: [] }), 'INVALID_ARGUMENT', 'book.bids[0][0]'],
    ['no balance', () => EngineEvent.balance('okx', undefined as never), 'INVALID_ARGUMENT', 'balance'],
    ['an exchange that is none', () => EngineEvent.overflow({} as never, 1), 'INVALID_ARGUMENT', 'exchange'],
    ['a fill of nothing', () => EngineEvent.fill('okx', { id: '1', orderId: '1', instrument: 0, side: 'Buy', price: 1, quantity: 0, timeExchange: 0 }), 'INVALID_ARGUMENT', 'fill.quantity'],
    ['a filter of half indices', () => EngineEvent.cancelOrders({ instruments: [0.5] }), 'INVALID_ARGUMENT', 'filter'],
    ['a trade at NaN', () => trade({ price: Number.NaN }), 'INVALID_ARGUMENT', 'trade.price'],
    ['a trade without a side', () => trade({ side: undefined }), 'INVALID_ARGUMENT', 'trade.side'],
    ['a trade without a time', () => trade({ timestamp: undefined }), 'INVALID_ARGUMENT', 'trade.timestamp'],
    ['a trade of nothing', () => trade({ symbol: undefined }), 'INVALID_ARGUMENT', 'trade.symbol'],
    ['a book without asks', () => EngineEvent.book({ ...market, bids: [] } as never), 'INVALID_ARGUMENT', 'book.asks'],
    ['a level that is none', () => EngineEvent.book({ ...market, bids: [1] as never, asks: [] }), 'INVALID_ARGUMENT', 'book.bids[0]'],
    ['a level at nothing', () => EngineEvent.book({ ...market, bids: [['x', 1]], asks: [] }), 'INVALID_ARGUMENT', 'book.bids[0][0]'],
    ['a candle without a timeframe', () => EngineEvent.candle([0, 1, 1, 1, 1, 1], { symbol: 'BTC/USDT' } as never), 'INVALID_ARGUMENT', 'options.timeframe'],
    ['a candle of two numbers', () => EngineEvent.candle([0, 1], { symbol: 'BTC/USDT', timeframe: '1m' }), 'INVALID_ARGUMENT', 'row'],
    ['one amount of a balance', () => EngineEvent.balance('okx', { asset: 'USDT', free: 1, timeExchange: 0 }), 'INVALID_ARGUMENT', 'balance.total'],
    ['amounts that do not add up', () => EngineEvent.balance('okx', { asset: 'USDT', free: 1, locked: 1, total: 1, timeExchange: 0 }), 'INVALID_ARGUMENT', 'balance.locked'],
    ['an empty filter', () => EngineEvent.closePositions({} as never), 'INVALID_ARGUMENT', 'filter'],
    ['an empty list', () => EngineEvent.cancelOrders({ instruments: [] }), 'INVALID_ARGUMENT', 'filter.instruments'],
    ['an unknown filter', () => EngineEvent.cancelOrders({ symbols: ['BTC/USDT'] } as never), 'UNKNOWN_NAME', 'filter.symbols'],
    ['a plain object for a request', () => EngineEvent.sendCancelRequests({ key: KEY } as never), 'INVALID_ARGUMENT', 'requests[0]'],
    ['an unknown trading state', () => EngineEvent.tradingState('On' as never), 'INVALID_ARGUMENT', 'state'],
  ]
  it.each(cases)('%s', (_, run, code, path) => {
    const error = thrown(run)
    expect({ code: error.code, path: error.path }).toEqual({ code, path })
    if (path !== undefined) expect(error.message.startsWith(`${path}: `)).toBe(true)
  })
})

describe('bad JSON', () => {
  const key = JSON.stringify(KEY)
  const cases: readonly (readonly [what: string, run: () => unknown, code: string, path: string | undefined])[] = [
    ['malformed', () => EngineEvent.fromJSON('{"Market":'), 'INVALID_ARGUMENT', undefined],
    ['an unknown variant', () => EngineEvent.fromJSON('{"Markt":{}}'), 'UNKNOWN_NAME', undefined],
    ['two variants', () => EngineEvent.fromJSON('{"Shutdown":null,"Market":null}'), 'INVALID_ARGUMENT', undefined],
    ['an unknown command', () => EngineEvent.fromJSON('{"Command":{"CancelOrder":"None"}}'), 'UNKNOWN_NAME', 'Command'],
    ['an unknown state', () => OrderEvent.fromJSON(`{"key":${key},"state":{"Active":"Opn"}}`), 'UNKNOWN_NAME', 'state.Active'],
    ['half of a surrogate pair', () => OrderKey.fromJSON('{"exchange":"\\ud800"}'), 'INVALID_ARGUMENT', undefined],
    ['half of one in an object', () => OrderKey.fromJSON({ ...KEY, cid: '\udc00' }), 'INVALID_ARGUMENT', 'cid'],
    ['a limit without a price', () => OrderRequestOpen.fromJSON(`{"key":${key},"state":{"side":"Buy","quantity":"1","kind":"Limit","time_in_force":"FillOrKill"}}`), 'INVALID_ARGUMENT', 'state.price'],
    ['a misspelt flag', () => OrderRequestOpen.fromJSON(`{"key":${key},"state":{"side":"Buy","price":"1","quantity":"1","kind":"Limit","time_in_force":"FillOrKill","reduceonly":true}}`), 'UNKNOWN_NAME', 'state.reduceonly'],
    ['a number without end', () => AssetBalance.fromJSON(`{"asset":"A","balance":{"total":1e99,"free":1},"time_exchange":"${TIME}"}`), 'INVALID_ARGUMENT', 'balance.total'],
    ['a time that is none', () => AssetBalance.fromJSON('{"asset":"A","balance":{"total":1,"free":1},"time_exchange":"2025-13-01T00:00:00Z"}'), 'INVALID_ARGUMENT', 'time_exchange'],
    ['an unknown event', () => AccountEvent.fromJSON({ exchange: 0, kind: { Balance: {} } }), 'UNKNOWN_NAME', 'kind'],
    ['a circle', () => AccountEvent.fromJSON(circle), 'INVALID_ARGUMENT', 'self'],
  ]
  it.each(cases)('%s', (_, run, code, path) => {
    const error = thrown(run)
    expect({ code: error.code, path: error.path }).toEqual({ code, path })
  })
})

describe('bad names', () => {
  const config = new SystemConfig({ exchange: 'binance_spot', instruments: ['ETH/USDT', 'BTC/USDT', 'SOL/USDT'] })
  const map = ExecutionInstrumentMap.from(config)
  const key = (instrument: string | number, exchange: string | number = 'binance_spot'): OrderKey => new OrderKey({ exchange, instrument })
  it.each([
    ['an unknown instrument', () => map.named(key('BTC/USDC')), 'UNKNOWN_NAME', 'instrument'],
    ['an unknown exchange', () => map.named(key('BTC/USDT', 'binance_sport')), 'UNKNOWN_NAME', 'instrument'],
    ['an unknown index', () => map.named(key(3)), 'UNKNOWN_NAME', 'instrument'],
    ['an ambiguous index', () => map.named(key(0)), 'AMBIGUOUS_NAME', 'instrument'],
    ['an ambiguous index deep inside', () => map.named(EngineEvent.cancelOrders({ instruments: ['SOL/USDT', 1] })), 'AMBIGUOUS_NAME', 'Command.CancelOrders.Instruments.Many[1]'],
    ['a name whose index would be ambiguous', () => map.indexed(key('BTC/USDT')), 'AMBIGUOUS_NAME', 'instrument'],
    ['an unknown exchange of the map', () => ExecutionInstrumentMap.from(config, 'okx'), 'UNKNOWN_NAME', 'exchange'],
    ['no exchange of the map', () => new ExecutionInstrumentMap(undefined as never, ['BTC/USDT']), 'INVALID_ARGUMENT', 'exchange'],
    ['no value', () => map.named({} as never), 'INVALID_ARGUMENT', 'value'],
    ['no config', () => ExecutionInstrumentMap.from({} as never), 'INVALID_ARGUMENT', 'config'],
  ] as const)('%s', (_, run, code, path) => {
    const error = thrown(run)
    expect({ code: error.code, path: error.path }).toEqual({ code, path })
  })
})
