import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { AuditTick, diffAudit, EngineEvent, MarketData, sampleData, startSystem, type AuditUpdates } from '../../src/index'
import { EmaCross, Maker } from '../run/strategies'
import { drain, open, order, print, quotes, SEATS, START } from './common'

const folder = mkdtempSync(join(tmpdir(), 'haggle-audit-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

describe.each(SEATS)('the audit of a system on the %s', (seat) => {
  it('tells every step, in order, each once', async () => {
    const system = open(seat)
    const audit = system.takeAudit()
    system.feedEvents([quotes(1), print(2, 100)])
    system.sendOpenRequests(order('a', { price: 99 }))
    system.advance(5)
    system.setTradingEnabled(false)
    await system.shutdown()
    const ticks: AuditTick[] = []
    for await (const tick of audit) ticks.push(tick)
    const kinds = ticks.map((tick) => (tick.kind === 'Process' ? eventName(tick.event) : tick.kind))
    expect(kinds).toEqual([
      'TradingStateUpdate Enabled', 'Command SendOpenRequests', 'Account OrderSnapshot', 'Account BalanceSnapshot', 'Account BalanceSnapshot', 'Market OrderBookL1', 'Market Trade',
      'TradingStateUpdate Disabled', 'TradingStateUpdate Disabled', 'Command CancelOrders', 'Account OrderCancelled', 'Account BalanceSnapshot', 'Account BalanceSnapshot', 'Shutdown',
    ])
    expect(ticks.map(({ sequence }) => sequence)).toEqual(ticks.map((_, at) => at))
  })

  it('ticks are values: JSON and back, equal, frozen', async () => {
    const system = open(seat)
    const audit = system.takeAudit()
    system.feedEvents([quotes(1), print(2, 100)])
    system.sendOpenRequests(order('a'), order('b', { quantity: 10_000, price: 1 }))
    system.advance(5)
    system.closePositions()
    system.advance(5)
    const ticks = drain(audit, system)
    expect(ticks.length).toBeGreaterThan(8)
    for (const tick of ticks) {
      const text = JSON.stringify(tick)
      const again = AuditTick.fromJSON(text)
      expect(again).toEqual(tick)
      expect(again.equals(tick)).toBe(true)
      expect(JSON.stringify(again)).toBe(text)
      expect(Object.isFrozen(tick)).toBe(true)
    }
    expect(ticks[0]!.equals(ticks[1])).toBe(false)
    await system.abort()
  })

  it('a copy that follows the ticks knows what the engine knows, after every step', async () => {
    const { marketData } = sampleData.binanceSpot()
    const system = startSystem(
      { exchange: 'binance_spot', instruments: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'], latency: '40ms' },
      { clock: 'manual', balances: { USDT: 100_000 }, strategy: seat === 'here' ? new Maker() : { native: 'emaCross', fast: 5, slow: 10 } },
    )
    const from = Date.parse(marketData.start)
    system.feedEvents(marketData.select({ from, to: from + 20_000 }))
    system.advance(0)
    const audit = system.takeAudit()
    let events = 0
    for (let i = 0; i < 180; i++) {
      system.advance('100ms')
      events += drain(audit, system).length
      const { isStale, ...replica } = audit.state()
      expect(isStale).toBe(false)
      expect(replica).toEqual(system.state())
    }
    expect(events).toBeGreaterThan(2_000)
    await system.abort()
  })

  it('a reader that is too slow loses the oldest ticks, and is told how many', async () => {
    const system = open(seat)
    const audit = system.takeAudit()
    const rows = 70_000
    const time = Float64Array.from({ length: rows }, (_, at) => START + at)
    const constant = (value: number): Float64Array => new Float64Array(rows).fill(value)
    system.feedEvents(MarketData.fromColumns({ time, bid: constant(99), bidSize: constant(1), ask: constant(101), askSize: constant(1) }, { symbol: 'A/B' }))
    system.advance(rows)
    system.state()
    const lost = rows + 1 - 65_536
    expect(audit.tryRecv()).toMatchObject({ kind: 'Gap', lost })
    for (let sequence = lost; sequence < lost + 10; sequence++) expect(audit.tryRecv()).toMatchObject({ kind: 'Process', sequence })
    while (Reflect.get(audit.tryRecv() ?? {}, 'sequence') !== lost + 254);
    expect(audit.state().isStale).toBe(true)
    await system.abort()
  })

  it('who takes it again takes it away from the reader before', async () => {
    const system = open(seat)
    const first = system.takeAudit()
    system.setTradingEnabled(false)
    system.state()
    const second = system.takeAudit()
    system.setTradingEnabled(true)
    system.state()
    expect(drain(first, system)).toHaveLength(2)
    expect(await first.recv()).toBeUndefined()
    expect(drain(second, system)).toHaveLength(1)
    await system.abort()
    expect(await second.recv()).toBeUndefined()
  })

  it('recv waits, as long as it was told', async () => {
    const system = open(seat)
    const audit = system.takeAudit()
    expect(await audit.recv('5ms')).toBeUndefined()
    const both = Promise.all([audit.recv(), audit.recv('10s')])
    setTimeout(() => { system.feedEvents([print(1, 100)]); system.advance(1) }, 5)
    expect((await both).map((tick) => tick?.sequence).sort()).toEqual([0, 1])
    await expect(audit.recv('-1s' as '1s')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', path: 'timeout' })
    await system.abort()
  })
})

describe('saved audits', () => {
  async function saved(name: string, more: (audit: AuditUpdates) => unknown = () => {}): Promise<string> {
    const { marketData } = sampleData.binanceSpot()
    const system = startSystem(
      { exchange: 'binance_spot', instruments: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] },
      { clock: 'manual', balances: { USDT: 100_000 }, strategy: new EmaCross(name === 'other' ? 6 : 5, 50) },
    )
    const audit = system.takeAudit()
    system.feedEvents(marketData.select({ from: marketData.start, to: Date.parse(marketData.start) + 10_000 }))
    system.advance('9s')
    const file = join(folder, `${name}.jsonl`)
    const saving = audit.save(file)
    await system.shutdown()
    expect(await saving).toBe(readFileSync(file, 'utf8').trim().split('\n').length)
    more(audit)
    return file
  }

  it('of equal runs are equal, and the first difference is named', async () => {
    const [one, two, other] = [await saved('one'), await saved('two'), await saved('other')]
    expect(diffAudit(one, two)).toBeUndefined()
    const difference = diffAudit(one, other)!
    expect(difference.line).toBeGreaterThan(0)
    expect(difference.left).toBe(readFileSync(one, 'utf8').split('\n')[difference.line])
    expect(difference.right).toBe(readFileSync(other, 'utf8').split('\n')[difference.line])
    expect(AuditTick.fromJSON(difference.left!).kind).toBe('Process')
  })

  it.runIf(existsSync('/dev/full')).each([1, 100, 10_000])('of %i rows reject on a full disk', async (rows) => {
    const system = open('runtime')
    const saving = system.takeAudit().save('/dev/full')
    saving.catch(() => {})
    system.feedEvents(Array.from({ length: rows }, (_, at) => print(at, 100)))
    system.advance('1h')
    await system.shutdown()
    await expect(saving).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', path: 'file', message: expect.stringContaining('/dev/full'), cause: { code: 'ENOSPC' } })
  })

  it('are whole, or not there: until the end the file is as it was', async () => {
    const file = join(folder, 'replaced.jsonl')
    writeFileSync(file, 'before')
    const system = open('here')
    const saving = system.takeAudit().save(file)
    system.feedEvents([quotes(1), print(2, 100)])
    system.advance(5)
    await new Promise(setImmediate)
    expect(readFileSync(file, 'utf8')).toBe('before')
    await system.shutdown()
    const count = await saving
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(count)
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('have the ticks before an error that ended the system, and reject with it', async () => {
    const file = join(folder, 'ended.jsonl')
    const system = open('here', { strategy: { onTrade() { throw new Error('on purpose') } } })
    const saving = system.takeAudit().save(file)
    saving.catch(() => {})
    expect(() => { system.feedEvents([quotes(1), print(2, 100)]); system.advance(5) }).toThrow('on purpose')
    await expect(saving).rejects.toThrow('on purpose')
    expect(readFileSync(file, 'utf8')).toContain('OrderBookL1')
  })

  it('errors name the file', async () => {
    expect(() => diffAudit(join(folder, 'none'), 'b')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', path: 'left' }))
    const system = open('here')
    await expect(system.takeAudit().save(join(folder, 'no/such/folder'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', path: 'file' })
    await system.abort()
  })
})

function eventName(event: EngineEvent): string {
  switch (event.kind) {
    case 'TradingStateUpdate': return `${event.kind} ${event.tradingState}`
    case 'Command': return `${event.kind} ${event.command.kind}`
    case 'Account': return `${event.kind} ${event.account.kind}`
    case 'Market': return `${event.kind} ${event.market.kind}`
    default: return event.kind
  }
}
