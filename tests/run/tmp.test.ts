import { it } from 'vitest'
import { backtestSync } from '../../src/backtest'
import { sampleData } from '../../src/sample-data'
it('x', () => {
  const c = { ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }
  const r: any[] = []
  const s = { onStart(ctx: any) { r.push(['start', ctx.now, ctx.nowNs, ctx.of(0).bid, ctx.of(0).mid, ctx.of(2).last, ctx.equity, ctx.of(0).entryPrice, ctx.of(0).pnl, ctx.balance('usdt')]) }, onStop(ctx: any) { r.push(['stop', ctx.of(0).bid, ctx.equity, ctx.now, ctx.of(0).buy(1).state, (() => { try { ctx.timer(0,'x') } catch (e) { return e } })()]) } }
  const a = backtestSync(c, { strategy: s as any })
  backtestSync(c, { strategy: s as any })
  console.dir(r, { depth: 4 })
  console.log(a.warnings, a.orders.at(0))
})
