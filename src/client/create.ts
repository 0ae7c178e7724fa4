import { NativeClient } from '#native'
import { invalid, show } from '../errors'
import { jsonText } from '../json'
import { call } from '../native/errors'
import { bagOf, isOf, wordOf } from '../options'
import { ExecutionInstrumentMap } from '../orders/instrument-map'
import { nanosOf, timeText } from '../time'
import type { MockExecutionConfig, MockOptions, SpotOptions } from '../types/client'
import type { ExecutionInit } from '../types/config'
import type { Time } from '../types/primitives'

/** The core of a client of a config and an instrument map. @internal */
export function nativeOfMap(config: ExecutionInit | MockExecutionConfig, instruments: ExecutionInstrumentMap, options: MockOptions): NativeClient {
  if (!isOf(instruments, ExecutionInstrumentMap)) throw invalid('instruments', `expected an ExecutionInstrumentMap, found ${show(instruments)}`, "new ExecutionInstrumentMap('mock', ['BTC/USDT'])")
  bagOf(config, 'config', 'an ExecutionInit or a MockExecutionConfig')
  const { keys, clock, ...rest } = bagOf(options, 'options') as MockOptions
  const { exchange, instruments: list } = instruments
  const map = jsonText({ exchange: exchange ?? list[0]?.exchange, instruments: list })
  return call(() => new NativeClient(jsonText(config), map, jsonText({ ...rest, ...startOf(clock, rest.start) }), isIndexed(keys)))
}

/** The core of a client of a spot exchange. @internal */
export function nativeOfSpot(options: SpotOptions): NativeClient {
  const { keys, clock, ...rest } = bagOf(options, 'options', 'options', "for example { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } }") as unknown as SpotOptions
  return call(() => new NativeClient(jsonText({ ...rest, ...startOf(clock, rest.start) }), undefined, undefined, isIndexed(keys)))
}

/** What the clock shows at first, as text. */
function startOf(clock: MockOptions['clock'], start: Time | undefined): { start?: string } {
  if (wordOf(clock, 'clock', ['manual', 'wall'], 'manual') === 'manual') return start === undefined ? {} : { start: timeText(nanosOf(start, 'start')) }
  if (start !== undefined) throw invalid('start', 'the time of day starts by itself', "leave it out, or set clock: 'manual'")
  return { start: timeText(nanosOf(Date.now(), 'start')) }
}

function isIndexed(keys: MockOptions['keys']): boolean {
  return wordOf(keys, 'keys', ['named', 'indexed'], 'named') === 'indexed'
}
