import { NativeClient } from '#native'
import { invalid, show } from '../errors'
import { jsonText } from '../json'
import { call } from '../native/errors'
import { ExecutionInstrumentMap } from '../orders/instrument-map'
import { nanosOf, timeText } from '../time'
import type { MockExecutionConfig, MockOptions, SpotOptions } from '../types/client'
import type { ExecutionInit } from '../types/config'
import type { Time } from '../types/primitives'

/** The core of a client of a config and an instrument map. @internal */
export function nativeOfMap(config: ExecutionInit | MockExecutionConfig, instruments: ExecutionInstrumentMap, options: MockOptions): NativeClient {
  if (!(instruments instanceof ExecutionInstrumentMap)) throw invalid('instruments', `expected an ExecutionInstrumentMap, found ${show(instruments)}`, "new ExecutionInstrumentMap('mock', ['BTC/USDT'])")
  if (typeof config !== 'object' || config === null) throw invalid('config', `expected an ExecutionInit or a MockExecutionConfig, found ${show(config)}`)
  const { keys, clock, ...rest } = optionsOf(options)
  const { exchange, instruments: list } = instruments
  const map = jsonText({ exchange: exchange ?? list[0]?.exchange, instruments: list })
  return call(() => new NativeClient(jsonText(config), map, jsonText({ ...rest, ...startOf(clock, rest.start) }), isIndexed(keys)))
}

/** The core of a client of a spot exchange. @internal */
export function nativeOfSpot(options: SpotOptions): NativeClient {
  const { keys, clock, ...rest } = optionsOf(options)
  return call(() => new NativeClient(jsonText({ ...rest, ...startOf(clock, rest.start) }), undefined, undefined, isIndexed(keys)))
}

function optionsOf<T extends MockOptions>(options: T): T {
  if (typeof options === 'object' && options !== null) return options
  throw invalid('options', `expected an object, found ${show(options)}`, "for example { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } }")
}

/** What the clock shows at first, as text. */
function startOf(clock: MockOptions['clock'], start: Time | undefined): { start?: string } {
  if (clock === undefined || clock === 'manual') return start === undefined ? {} : { start: timeText(nanosOf(start, 'start')) }
  if (clock !== 'wall') throw invalid('clock', `expected 'manual' or 'wall', found ${show(clock)}`)
  if (start !== undefined) throw invalid('start', 'the time of day starts by itself', "leave it out, or set clock: 'manual'")
  return { start: timeText(nanosOf(Date.now(), 'start')) }
}

function isIndexed(keys: MockOptions['keys']): boolean {
  if (keys === undefined || keys === 'named' || keys === 'indexed') return keys === 'indexed'
  throw invalid('keys', `expected 'named' or 'indexed', found ${show(keys)}`)
}
