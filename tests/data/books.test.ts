import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backtestSync, MarketData, type Context } from '../../src/index'

const head = 'time,kind,side,price,quantity\n'
/** A book of three levels a side, then updates: a level goes, one comes, the best moves. */
const text = `${head}${[
  '1000,snapshot,bid,99.9,1', '1000,snapshot,bid,99.8,2', '1000,snapshot,bid,99.7,3', '1000,snapshot,ask,100.1,1', '1000,snapshot,ask,100.2,2', '1000,snapshot,ask,100.3,3',
  '2000,update,bid,99.8,0', '2000,update,ask,100.15,5',
  '3000,update,ask,100.1,0', '3000,update,ask,100.15,0',
  '4000,update,bid,99.9,4',
].map((row) => row.replace(/^(\d+)/, (ms) => `${ms}000000`)).join('\n')}\n`

const system = { instruments: [{ symbol: 'A/B', tickSize: '0.01', lotSize: '0.1' }], latency: 0, fees: { maker: 0, taker: 0 } }

async function run(act: (ctx: Context, turn: number) => void): Promise<ReturnType<typeof backtestSync>> {
  const marketData = await MarketData.fromCsv(new TextEncoder().encode(text), { symbol: 'A/B', kind: 'book' })
  let turn = 0
  return backtestSync({ system, marketData, balances: { B: 10_000 } }, { strategy: { onBook(ctx) { act(ctx, turn++) } } })
}

describe('books with depth', () => {
  it('a strategy sees every level, a message at a time', async () => {
    const seen: string[] = []
    await run((ctx) => {
      const side = (name: 'Buy' | 'Sell'): string => [0, 1, 2, 3].map((level) => `${ctx.price(name, level)}x${ctx.size(name, level)}`).filter((at) => !at.startsWith('NaN')).join(' ')
      seen.push(`${side('Buy')} | ${side('Sell')}`)
      expect([ctx.bid, ctx.ask]).toEqual([ctx.price('Buy', 0), ctx.price('Sell', 0)])
      expect(ctx.of('A/B').price('Sell', 1)).toBe(ctx.price('Sell', 1))
    })
    expect(seen).toEqual([
      '99.9x1 99.8x2 99.7x3 | 100.1x1 100.2x2 100.3x3',
      '99.9x1 99.7x3 | 100.1x1 100.15x5 100.2x2 100.3x3',
      '99.9x1 99.7x3 | 100.2x2 100.3x3',
      '99.9x4 99.7x3 | 100.2x2 100.3x3',
    ])
  })

  it('a market order walks the levels, and what it took is gone until the level is shown anew', async () => {
    const { fills, orders } = await run((ctx, turn) => { if (turn === 0) ctx.buy(4); if (turn === 1) ctx.buy('1.5') })
    expect(fills.toArray().map(({ orderId, price, quantity }) => [orderId, price, quantity])).toEqual([
      ['0', '100.1', '1'], ['0', '100.2', '2'], ['0', '100.3', '1'], ['1', '100.15', '1.5'],
    ])
    expect(orders.toArray().map(({ averagePrice }) => averagePrice)).toEqual(['100.2', '100.15'])
  })

  it.each([['Bid' as never, 0], ['Buy', -1], ['Buy', 0.5]])('price(%j, %j) is refused', async (side, level) => {
    await expect(run((ctx) => { ctx.price(side as 'Buy', level) })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('outside of a callback there is no level', async () => {
    let kept: Context | undefined
    await run((ctx) => { kept = ctx })
    expect(kept!.of('A/B').price('Buy', 1)).toBeNaN()
  })

  const file = join(__dirname, '../../../shared/data/binance_usdm_btcusdt_l2.csv.gz')
  it('real data go through', async ({ skip }) => {
    if (!existsSync(file)) {
      console.log('notice: no L2 file beside the repository')
      skip()
    }
    const marketData = await MarketData.fromCsv(file, { symbol: 'BTC/USDT', kind: 'book' })
    let events = 0
    const run = backtestSync({ system: { instruments: ['BTC/USDT'] }, marketData, balances: { USDT: 10_000_000 } }, {
      strategy: {
        onBook(ctx) {
          events++
          expect(ctx.price('Buy', 5)).toBeLessThan(ctx.bid)
          if (events === 500) ctx.buy(20)
        },
      },
    })
    expect(events).toBeGreaterThan(1_000)
    expect(run.fills.length).toBeGreaterThan(1)
  })
})
