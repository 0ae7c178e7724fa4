import { describe, expect, it } from 'vitest'
import { EngineEvent, type Context, type Order, type OrderSnapshot, type Strategy, type SystemHandle } from '../../src/index'
import { Random } from '../facade/random'
import { CONFIG, open, START } from './common'

/** An order as its strategy, the engine or the audit's copy has it. */
const line = ({ cid, side, quantity, price, filledQuantity, state }: Order | OrderSnapshot): string => `${cid} ${side} ${quantity}@${price} filled ${filledQuantity} ${state.kind}`

/** Working orders of the engine and of a copy that has read all ticks. */
function known(system: SystemHandle, audit: ReturnType<SystemHandle['takeAudit']>): { engine: string[], copy: string[], isStale: boolean } {
  const engine = system.state().orders.map(line).sort()
  while (audit.tryRecv() !== undefined);
  const { isStale, orders } = audit.state()
  return { engine, copy: orders.map(line).sort(), isStale }
}

/** What no engine takes: each is refused at its line, and nothing of it is written. */
const REFUSED: readonly ((ctx: Context) => void)[] = [
  (ctx) => { ctx.timer('9223372036854775807ns') },
  (ctx) => { ctx.timer(1, '\ud800') },
  (ctx) => { ctx.timer(Promise.resolve(1) as never) },
  (ctx) => { ctx.buy('0.001', { price: 90 }) },
  (ctx) => { ctx.buy('1_0', { price: 90 }) },
  (ctx) => { ctx.buy(1, { price: 90, hidden: true } as never) },
  (ctx) => { ctx.buy(1, Promise.resolve({ reduceOnly: true }) as never) },
  (ctx) => { ctx.sell(1, { price: Number.NaN }) },
  (ctx) => { ctx.amend('no such order', { price: 90 }) },
  (ctx) => { ctx.cancel({} as never) },
  (ctx) => { ctx.of('C/D').buy(1) },
]

describe('what a strategy believes', () => {
  it('stays true where a timer beyond the calendar is refused between two orders', async () => {
    const mine: Order[] = []
    const refused: unknown[] = []
    const system = open('here', {
      strategy: {
        onTrade(ctx) {
          mine.push(ctx.buy(1, { price: 50 + mine.length }))
          try { ctx.timer('9223372036854775807ns') } catch (error) { refused.push(error) }
          mine.push(ctx.buy(2, { price: 60 + mine.length }))
        },
      },
    })
    const audit = system.takeAudit()
    for (const at of [1, 2, 3]) {
      system.feedEvents(EngineEvent.trade({ symbol: 'A/B', timestamp: START + at, price: 100, amount: 10, side: 'buy' }))
      system.advance(1)
      const { engine, copy, isStale } = known(system, audit)
      expect(engine).toEqual(mine.map(line).sort())
      expect([copy, isStale]).toEqual([engine, false])
    }
    expect(refused).toHaveLength(3)
    for (const error of refused) expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'after', message: expect.stringContaining('beyond the calendar') })
    expect(mine.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', '5'])
    await system.abort()
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is what the engine and the audit\'s copy have, whatever it sends (seed %i)', async (seed) => {
    const random = new Random(seed * 7919)
    const mine: Order[] = []
    let callbacks = 0
    const act = (ctx: Context): void => {
      callbacks++
      for (let left = random.below(4); left > 0; left--) {
        try {
          switch (random.below(8)) {
            case 0: case 1: mine.push(ctx.buy(1 + random.below(3), { price: 95 + random.below(8) })); break
            case 2: mine.push(ctx.sell(1 + random.below(3), { price: 98 + random.below(8), ...(random.below(3) === 0 && { postOnly: true }) })); break
            case 3: mine.push(random.below(2) === 0 ? ctx.buy(1) : ctx.sell(1)); break
            case 4: if (mine.length > 0) ctx.cancel(random.of(mine)); break
            case 5: if (mine.length > 0) ctx.amend(random.of(mine), random.below(2) === 0 ? { price: 95 + random.below(8) } : { quantity: 1 + random.below(4) }); break
            case 6: ctx.timer(random.below(50), `t${random.below(5)}`); break
            default: random.of(REFUSED)(ctx)
          }
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^(INVALID_ARGUMENT|UNKNOWN_NAME)$/))
        }
      }
      if (random.below(40) === 0) ctx.cancelAll()
    }
    const strategy: Strategy = { onTrade: act, onBook: act, onTimer: act, onOrder: (ctx) => { if (random.below(4) === 0) act(ctx) } }
    const system = open('here', { strategy, balances: { A: 1_000, B: 100_000 } }, { ...CONFIG, latency: random.of([0, '3ms']) })
    const audit = system.takeAudit()
    for (let at = 1; at <= 150; at++) {
      const price = 96 + random.below(8)
      system.feedEvents(random.below(2) === 0
        ? EngineEvent.quotes({ symbol: 'A/B', timestamp: START + at * 2, bid: price, ask: price + 0.1, bidSize: 5, askSize: 5 })
        : EngineEvent.trade({ symbol: 'A/B', timestamp: START + at * 2, price, amount: 3, side: random.of(['buy', 'sell']) }))
      system.advance(2)
      const { engine, copy, isStale } = known(system, audit)
      // Orders by market have no price and wait for nothing: only those that work have more than a number to compare.
      expect(engine, `after row ${at}`).toEqual(mine.filter(({ isActive }) => isActive).map(line).sort())
      expect([copy, isStale]).toEqual([engine, false])
    }
    expect(callbacks).toBeGreaterThan(150)
    expect(mine.length).toBeGreaterThan(100)
    await system.abort()
  })
})
