import { NativePrepared } from '#native'
import { describe, expect, it } from 'vitest'
import { MarketData, SystemConfig, type SystemConfigInit } from '../../src/index'
import { jsonText } from '../../src/json'
import { nativeOf } from '../../src/market-data'
import { call } from '../../src/native/errors'
import { systemInit } from '../../src/system-config'
import { thrown } from '../facade/thrown'

const data = MarketData.fromTrades([
  { symbol: 'BTC/USDT', timestamp: 0, price: '100.25', amount: '0.125' }, { symbol: 'BTC/USDT', timestamp: 1_000, price: 100, amount: 2 },
])

function join(system: SystemConfigInit, marketData = data): void {
  const text = jsonText({ system: systemInit(new SystemConfig(system)), balances: { USDT: 100 } })
  call(() => new NativePrepared(nativeOf(marketData), text, 1, 0)).close()
}

describe('data and config', () => {
  it('may differ in increments as long as one fits the other', () => {
    join({ instruments: ['BTC/USDT'] })
    join({ instruments: [{ symbol: 'BTC/USDT', tickSize: '0.01', lotSize: '0.001' }] })
    join({ instruments: [{ symbol: 'BTC/USDT', tickSize: '0.25', lotSize: '0.125' }] })
  })

  it.each([
    [{ tickSize: '0.1' }, 'system.instruments[0].tickSize'],
    [{ tickSize: 0.5 }, 'system.instruments[0].tickSize'],
    [{ lotSize: '0.01' }, 'system.instruments[0].lotSize'],
    [{ lotSize: 1 }, 'system.instruments[0].lotSize'],
  ])('may not have more decimals than %j allows', (steps, path) => {
    expect(thrown(() => { join({ instruments: [{ symbol: 'BTC/USDT', ...steps }] }) })).toMatchObject({ code: 'INVALID_DATA', path })
  })

  it('may not be of different instruments', () => {
    expect(thrown(() => { join({ instruments: ['ETH/USDT'] }) })).toMatchObject({ code: 'UNKNOWN_NAME', path: 'marketData' })
  })

  it('may not be so fine that counts overflow', () => {
    const fine = { instruments: [{ symbol: 'BTC/USDT', tickSize: '1e-18' }] }
    expect(thrown(() => { join(fine) }).code).toBe('OVERFLOW')
  })
})
