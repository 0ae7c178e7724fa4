import { describe, expect, it } from 'vitest'
import * as native from '#native'
import { KEY } from './table'

const VALUES = [
  'NativeAccountEvent', 'NativeAccountSnapshot', 'NativeAssetBalance', 'NativeAuditTick', 'NativeCancelResponse', 'NativeCommand', 'NativeEngineEvent', 'NativeFill',
  'NativeMarketEvent', 'NativeOrder', 'NativeOrderEvent', 'NativeOrderKey', 'NativeOrderRequestCancel', 'NativeOrderRequestOpen',
]

/** What else the addon exports. The names without `Native` that its loader has are those of types, and undefined. */
const OTHERS = [
  'NativeAudit', 'NativeBatch', 'NativeClient', 'NativeExecutionInstrumentMap', 'NativeJob', 'NativeLoad', 'NativeMarketData', 'NativePrepared', 'NativeRandom', 'NativeRun', 'NativeStrategyTest', 'NativeSystem',
]
const FUNCTIONS = [
  'attachMarketData', 'attachPrepared', 'bookLevel', 'bridgeLayout', 'checkSystem', 'diffAudit', 'marketDataFromColumns', 'marketDataFromOhlcv', 'mergeMarketData', 'nextEventFunction',
  'reasonsJson', 'runNativeSync', 'sampleBinanceSpot', 'systemFromBarter', 'systemToBarter', 'version',
]

interface ValueClass {
  check(text: string): string[]
  fromJson(text: string): { toJson(): string, equals(other: object): boolean }
}

// The loader is CommonJS: all of it is the default export.
const exported = (native as unknown as { default: Record<string, Partial<ValueClass> | undefined> }).default

describe('native classes', () => {
  it('of orders and events are these', () => {
    const found = Object.keys(exported).filter((name) => typeof exported[name]?.check === 'function')
    expect(found.sort()).toEqual(VALUES)
  })

  it('and all else that the addon exports', () => {
    const callable = Object.keys(exported).filter((name) => typeof exported[name] === 'function').sort()
    expect(callable.filter((name) => name.startsWith('Native'))).toEqual([...VALUES, ...OTHERS].sort())
    expect(callable.filter((name) => !name.startsWith('Native'))).toEqual(FUNCTIONS)
    const others = Object.entries(exported).filter(([, value]) => value !== undefined && typeof value !== 'function').map(([name]) => name)
    expect(others).toEqual(['__napiBindingTarget'])
  })

  it.each([
    ['NativeOrderKey', KEY, { ...KEY, cid: 'b' }],
    ['NativeOrderRequestCancel', { key: KEY, state: { id: null } }, { key: KEY, state: { id: '1' } }],
    ['NativeOrderRequestOpen',
      { key: KEY, state: { side: 'Buy', price: '0', quantity: '1', kind: 'Market', time_in_force: 'ImmediateOrCancel' } },
      { key: KEY, state: { side: 'Sell', price: '0', quantity: '1', kind: 'Market', time_in_force: 'ImmediateOrCancel' } }],
    ['NativeOrderEvent', { key: KEY, state: { Inactive: 'Expired' } }, { key: KEY, state: { Inactive: 'FullyFilled' } }],
    ['NativeCancelResponse', { key: KEY, state: { Err: { Connectivity: 'Timeout' } } }, { key: KEY, state: { Ok: { id: '', time_exchange: '2025-01-01T00:00:00Z' } } }],
    ['NativeAccountEvent', { exchange: 0, kind: { Overflow: 1 } }, { Reconnecting: 'okx' }],
    ['NativeMarketEvent', { Reconnecting: 'binance_spot' }, { Reconnecting: 'okx' }],
    ['NativeCommand', { CancelOrders: 'None' }, { ClosePositions: 'None' }],
    ['NativeAuditTick', { event: 'FeedEnded', context: { sequence: 3, time: '2025-01-01T00:00:00Z' } }, { event: { Gap: { lost: 1 } }, context: { sequence: 3, time: '2025-01-01T00:00:00Z' } }],
    ['NativeEngineEvent', { Shutdown: null }, { TradingStateUpdate: 'Enabled' }],
  ])('%s holds a value', (name, json, other) => {
    const type = exported[name] as ValueClass
    const text = JSON.stringify(json)
    const value = type.fromJson(text)
    expect(value.toJson()).toBe(text)
    expect(value.equals(type.fromJson(text))).toBe(true)
    expect(value.equals(type.fromJson(JSON.stringify(other)))).toBe(false)
    expect(() => value.equals({})).toThrow()
    expect(type.check(text)[0]).toBe(text)
    expect(() => type.fromJson('{')).toThrow(/malformed JSON/)
  })
})
