'use strict'

/*
 * Many runs in one process: prints how much memory the last ones have added to what the first ones needed, in MB.
 * Arguments: the package's entry, and how to run.
 */
const [, , entry, kind] = process.argv
const { backtest, backtestSync, sampleData } = require(entry)

const { marketData } = sampleData.binanceSpot()
const constant = {
  system: { exchange: 'binance_spot', instruments: ['BTC/USDT'] },
  marketData: marketData.select({ symbols: ['BTC/USDT'], from: marketData.start, to: Date.parse(marketData.start) + 6_000 }),
  balances: { USDT: 10_000 },
}
const WARM = 300
const RUNS = 2_000

const trades = () => ({ onTrade(ctx) { if (ctx.openOrders.length === 0) ctx.position ? ctx.closePosition() : ctx.buy({ quote: 100 }) }, onFill() {}, onOrder() {} })
const turn = () => new Promise(setImmediate)
const swallow = (error) => { if (error !== 'thrown on purpose') throw error }

const kinds = {
  // Finalizers run in a turn of the event loop: without one, whatever waits for them piles up.
  sync: () => { backtestSync(constant, { strategy: trades() }) },
  syncWithTurns: async () => { backtestSync(constant, { strategy: trades() }); await turn() },
  native: () => { backtestSync(constant, { strategy: { native: 'emaCross', fast: 5, slow: 10 } }) },
  async: async () => { await backtest(constant, { strategy: trades() }) },
  onThread: async () => { await backtest(constant, { strategy: { native: 'emaCross', fast: 5, slow: 10 } }) },
  thrown: () => {
    let calls = 0
    const strategy = { ...trades(), onTrade() { if (++calls === 20) throw 'thrown on purpose' } }
    try { backtestSync(constant, { strategy }) } catch (error) { swallow(error) }
  },
  refused: () => {
    try { backtestSync(constant, { strategy: { native: 'nothing' } }) } catch (error) { if (error.code !== 'UNKNOWN_NAME') throw error }
  },
  aborted: async () => {
    const controller = new AbortController()
    let calls = 0
    const strategy = { ...trades(), onTrade() { if (++calls === 20) controller.abort('thrown on purpose') } }
    await backtest(constant, { strategy }, { signal: controller.signal }).catch(swallow)
  },
}

async function main() {
  const run = kinds[kind]
  const many = async (count) => {
    for (let i = 0; i < count; i++) {
      const done = run()
      if (done) await done
    }
    global.gc()
    return process.memoryUsage().rss / 2 ** 20
  }
  const before = await many(WARM)
  const after = await many(RUNS)
  console.log(Math.round(after - before))
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
