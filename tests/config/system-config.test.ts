import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { sampleData, SystemConfig, type SystemConfigInit } from '../../src/index'
import { jsonText } from '../../src/json'
import { systemInit } from '../../src/system-config'
import { thrown } from '../facade/thrown'

/** Everything that barter's shape has. */
const BARTER = {
  instruments: [{
    exchange: 'binance_spot', name_exchange: 'BTCUSDT', underlying: { base: 'btc', quote: 'usdt' }, quote: 'underlying_quote', kind: 'spot',
    spec: { price: { min: '0.01', tick_size: '0.01' }, quantity: { unit: { Asset: 'btc' }, min: '0.0001', increment: '0.0001' }, notional: { min: '5' } },
  }],
  executions: [{
    mocked_exchange: 'binance_spot', latency_ms: 20, fees_percent: '0.001',
    initial_state: {
      exchange: 'binance_spot', balances: [{ asset: 'usdt', balance: { total: '5000', free: '5000' }, time_exchange: '1970-01-01T00:00:00Z' }],
      instruments: [{ instrument: 'BTCUSDT', orders: [] }],
    },
  }],
}

const FULL: SystemConfigInit = {
  exchange: 'binance_spot',
  instruments: ['BTC/USDT', { symbol: 'eth/usdt', tickSize: 0.05, maxNotional: 10n ** 9n }, 'okx:BTC/USDT'],
  fees: { maker: '-0.0001', taker: 0.001, chargedIn: { asset: 'BNB' } },
  latency: { open: '20ms', jitter: 5 },
  fills: { l1: { walk: { ticks: 1, share: 1, levels: 5 } }, gapFill: 'open', maxQuoteAge: '5s', slippage: { ticks: 1 } },
  executions: { okx: { latency: 5, account: 'cash-settled', leverage: 3 } },
}

describe('SystemConfig', () => {
  it('has its instruments in full, frozen, and what it was made of', () => {
    const config = new SystemConfig(FULL)
    expect(config.instruments).toEqual([
      { symbol: 'BTC/USDT', exchange: 'binance_spot', nameExchange: 'BTCUSDT' },
      { symbol: 'ETH/USDT', exchange: 'binance_spot', nameExchange: 'ETHUSDT', tickSize: '0.05', maxNotional: '1000000000' },
      { symbol: 'BTC/USDT', exchange: 'okx', nameExchange: 'BTCUSDT' },
    ])
    expect(Object.keys(config)).toEqual(['instruments', 'fees', 'latency', 'fills', 'executions'])
    expect(config.fees).toEqual(FULL.fees)
    expect(() => { (config as { latency: number }).latency = 7 }).toThrow(TypeError)
    expect(() => { (config.instruments as unknown[]).push(1) }).toThrow(TypeError)
    expect(() => { (config.fees as { taker: number }).taker = 0 }).toThrow(TypeError)
  })

  it('is not changed by what it was made of', () => {
    const init = { instruments: ['A/B'], fees: { maker: 0, taker: '0.001' } }
    const config = new SystemConfig(init)
    init.instruments.push('C/D')
    init.fees.taker = '0.5'
    expect(config.equals(new SystemConfig({ instruments: ['A/B'], fees: { maker: 0, taker: '0.001' } }))).toBe(true)
  })

  it('is equal by value, and tells every difference', () => {
    const config = new SystemConfig(FULL)
    expect(config).toEqual(new SystemConfig(FULL))
    expect(config.equals(new SystemConfig(config))).toBe(true)
    for (const change of [{ latency: 7 }, { fees: { maker: 0, taker: 0 } }, { fills: {} }, { executions: {} }, { instruments: FULL.instruments.slice(1) }]) {
      const other = new SystemConfig({ ...FULL, ...change } as SystemConfigInit)
      expect(config.equals(other), Object.keys(change)[0]).toBe(false)
      expect(config).not.toEqual(other)
    }
    expect(new SystemConfig({ instruments: ['A/B'] }).equals(new SystemConfig({ exchange: 'mock', instruments: [{ symbol: 'a/b' }] }))).toBe(true)
  })

  it('makes another one by spreading', () => {
    const config = new SystemConfig({ ...new SystemConfig(FULL), latency: '5ms' })
    expect(config.latency).toBe('5ms')
    expect(config.fees).toEqual(FULL.fees)
    expect(config.instruments).toEqual(new SystemConfig(FULL).instruments)
  })

  it.each<[object, string, string, string?]>([
    [{ instruments: ['A/B'], latncy: 1 }, 'UNKNOWN_NAME', 'latncy', "did you mean 'latency'?"],
    [{ instruments: ['A/B'], fees: { maker: 0, takr: 0 } }, 'INVALID_ARGUMENT', 'fees.taker'],
    [{ instruments: ['A/B'], fees: { maker: 0, taker: 0, chargdIn: 'quote' } }, 'UNKNOWN_NAME', 'fees.chargdIn', "did you mean 'chargedIn'?"],
    [{ instruments: ['A/B'], fees: { maker: 0, taker: 5 } }, 'INVALID_ARGUMENT', 'fees.taker', "'0.001' is 0.1 %"],
    [{ instruments: ['A/B'], fills: { queu: 'none' } }, 'UNKNOWN_NAME', 'fills.queu', "did you mean 'queue'?"],
    [{ instruments: ['A/B'], fills: { queue: 'psychic' } }, 'INVALID_ARGUMENT', 'fills.queue'],
    [{ instruments: ['A/B'], latency: -1 }, 'INVALID_ARGUMENT', 'latency'],
    [{ instruments: ['A/B'], latency: Number.NaN }, 'INVALID_ARGUMENT', 'latency'],
    [{ instruments: ['A/B'], leverage: 3 }, 'INVALID_ARGUMENT', 'leverage', "set account: 'cash-settled'"],
    [{ exchange: 'binance_spot', instruments: ['A/B'], executions: { binance_sopt: {} } }, 'UNKNOWN_NAME', 'executions.binance_sopt', "did you mean 'binance_spot'?"],
    [{ instruments: ['A/B'], executions: { mock: { latency: 'soon' } } }, 'INVALID_ARGUMENT', 'executions.mock.latency'],
    [{ instruments: [{ symbol: 'A/B', tick: 1 }] }, 'UNKNOWN_NAME', 'instruments[0].tick'],
    [{ instruments: [{ symbol: 'A/B', tickSize: 0 }] }, 'INVALID_ARGUMENT', 'instruments[0].tickSize'],
    [{ instruments: [{ symbol: 'A/B', tickSize: 'x' }] }, 'INVALID_ARGUMENT', 'instruments[0].tickSize'],
    [{ instruments: ['A/B', 'BTC'] }, 'INVALID_ARGUMENT', 'instruments[1]'],
    [{ instruments: ['A/B', 'A/B'] }, 'AMBIGUOUS_NAME', 'instruments[1]'],
    [{ instruments: [] }, 'INVALID_ARGUMENT', 'instruments'],
    [{}, 'INVALID_ARGUMENT', 'instruments'],
    [{ instruments: new Set(['A/B']) }, 'INVALID_ARGUMENT', 'instruments', 'write [...set]'],
  ])('refuses %j', (init, code, path, hint) => {
    expect(thrown(() => new SystemConfig(init as SystemConfigInit))).toMatchObject({ code, path, ...(hint ? { hint } : {}) })
  })

  it.each([[undefined], [null], ['BTC/USDT'], [['BTC/USDT']], [7]])('is not made of %j', (init) => {
    expect(thrown(() => new SystemConfig(init as never)).code).toBe('INVALID_ARGUMENT')
    expect(thrown(() => systemInit(init))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'system' })
  })

  it('goes into a run in its own words, not in its JSON', () => {
    const config = new SystemConfig(FULL)
    const text = jsonText({ system: systemInit(config) })
    expect(JSON.parse(text)).toEqual({ system: { ...config } })
    expect(systemInit(FULL)).toBe(FULL)
  })
})

describe("barter's JSON", () => {
  it('comes in and goes out as it is', () => {
    const config = SystemConfig.fromJSON(BARTER)
    expect(config.instruments).toEqual([{
      symbol: 'BTC/USDT', exchange: 'binance_spot', nameExchange: 'BTCUSDT', tickSize: '0.01', lotSize: '0.0001', minPrice: '0.01', minQuantity: '0.0001', minNotional: '5',
    }])
    expect(config.executions).toEqual({ binance_spot: { latency: 20, fees: { maker: '0.001', taker: '0.001' } } })
    expect(config.balances).toEqual({ binance_spot: { USDT: '5000' } })
    expect(config.toJSON()).toEqual(BARTER)
    for (const same of [JSON.stringify(BARTER), { risk_free_return: 0.05, system: BARTER }, JSON.stringify(config), config]) {
      expect(SystemConfig.fromJSON(same).equals(config)).toBe(true)
    }
  })

  it('may leave out spec and orders', () => {
    const { spec: _, ...instrument } = BARTER.instruments[0]!
    const { instruments: __, ...state } = BARTER.executions[0]!.initial_state
    const config = SystemConfig.fromJSON({ instruments: [instrument], executions: [{ ...BARTER.executions[0], initial_state: state }] })
    expect(config.instruments).toEqual([{ symbol: 'BTC/USDT', exchange: 'binance_spot', nameExchange: 'BTCUSDT' }])
  })

  it('carries what barter has no words for beside it', () => {
    for (const init of [FULL, { instruments: ['A/B'] }, { instruments: [{ symbol: 'A/B', maxPrice: '5' }], account: 'cash-settled', leverage: 2 }] as SystemConfigInit[]) {
      const config = new SystemConfig(init)
      const json = config.toJSON() as { instruments: object[], executions: object[], haggle: object }
      expect(SystemConfig.fromJSON(json).equals(config)).toBe(true)
      expect(SystemConfig.fromJSON(JSON.stringify({ system: config })).equals(config)).toBe(true)
      expect(json.instruments).toHaveLength(init.instruments.length)
      expect(json.instruments[0]).toMatchObject({ kind: 'spot', underlying: {} })
      expect(json.haggle).toBeDefined()
    }
    const { haggle } = new SystemConfig(FULL).toJSON() as { haggle: { fills: object, executions: object, fees: object } }
    expect(haggle.fills).toMatchObject({ gap_fill: 'open', max_quote_age: '5s' })
    expect(haggle.fees).toEqual({ maker: '-0.0001', taker: 0.001, charged_in: { asset: 'BNB' } })
    expect(haggle.executions).toEqual({ okx: { latency: 5, account: 'cash-settled', leverage: 3 } })
  })

  it('cannot say two things at once', () => {
    const json = structuredClone(new SystemConfig(FULL).toJSON()) as { executions: { latency_ms: number }[] }
    json.executions[0]!.latency_ms = 999
    expect(thrown(() => SystemConfig.fromJSON(json))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'haggle' })
  })

  it.each<[string, string, string, string, string?]>([
    ['"latency_ms"', '"latency"', 'INVALID_ARGUMENT', 'executions[0].latency_ms'],
    ['"latency_ms":20', '"latency_ms":20,"latncy":1', 'UNKNOWN_NAME', 'executions[0].latncy'],
    ['"latency_ms":20', '"latency_ms":-20', 'INVALID_ARGUMENT', 'executions[0].latency_ms'],
    ['"fees_percent":"0.001"', '"fees_percent":"1"', 'INVALID_ARGUMENT', 'executions[0].fees_percent'],
    ['"kind":"spot"', '"kind":{"perpetual":{}}', 'UNSUPPORTED', 'instruments[0].kind'],
    ['"name_exchange"', '"exchange_name"', 'INVALID_ARGUMENT', 'instruments[0].name_exchange'],
    ['"kind"', '"kinds"', 'UNKNOWN_NAME', 'instruments[0].kinds', "did you mean 'kind'?"],
    ['"tick_size"', '"tick_siz"', 'UNKNOWN_NAME', 'instruments[0].spec.price.tick_siz', "did you mean 'tick_size'?"],
    ['"executions"', '"execution"', 'UNKNOWN_NAME', 'execution', "did you mean 'executions'?"],
    ['"base":"btc"', '"base":7', 'INVALID_ARGUMENT', 'instruments[0].underlying.base'],
    ['"total":"5000"', '"total":"-5000"', 'INVALID_ARGUMENT', 'executions[0].initial_state.balances[0].balance.total'],
    ['"mocked_exchange":"binance_spot"', '"mocked_exchange":"binance_sopt"', 'UNKNOWN_NAME', 'executions.binance_sopt', "did you mean 'binance_spot'?"],
  ])('with %s as %s is refused (%s)', (right, wrong, code, path, hint) => {
    const text = JSON.stringify(BARTER)
    expect(text).toContain(right)
    expect(thrown(() => SystemConfig.fromJSON(text.replace(right, wrong)))).toMatchObject({ code, path, ...(hint ? { hint } : {}) })
  })

  it.each([['{'], [''], ['7'], ['[]'], [7], [null], [[]]])('is not %j', (json) => {
    expect(thrown(() => SystemConfig.fromJSON(json as never)).code).toBe('INVALID_ARGUMENT')
  })

  it('comes from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'haggle-config-'))
    try {
      const path = join(folder, 'system.json')
      writeFileSync(path, JSON.stringify({ risk_free_return: 0.05, system: BARTER }))
      expect(SystemConfig.fromFile(path).toJSON()).toEqual(BARTER)
      expect(SystemConfig.fromFile(pathToFileURL(path)).toJSON()).toEqual(BARTER)
      expect(thrown(() => SystemConfig.fromFile(join(folder, 'missing.json')))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'path', cause: { code: 'ENOENT' } })
      expect(thrown(() => SystemConfig.fromFile(new URL('https://example.org/system.json')))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'path' })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('the sample', () => {
  it('has a system for its data, without balances', () => {
    const { system, marketData } = sampleData.binanceSpot()
    expect(system.instruments.map(({ exchange, symbol }) => `${exchange}:${symbol}`)).toEqual(['binance_spot:BTC/USDT', 'binance_spot:ETH/USDT', 'binance_spot:SOL/USDT'])
    expect(system.balances).toBeUndefined()
    expect(marketData.length).toBe(50_000)
    expect(marketData.symbols).toEqual(system.instruments.map(({ symbol }) => symbol))
    expect(Object.isFrozen(sampleData)).toBe(true)
  })
})
