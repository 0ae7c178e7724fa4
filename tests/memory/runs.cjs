'use strict'

/*
 * Many runs in one process: prints its memory in MB after the first ones and after all, as JSON. Arguments: the package's
 * entry, the kind of run, how many are the first ones, how many are all.
 *
 * The rows are few, so that what stays behind of a run would be seen and not what it computes.
 */
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

const [, , entry, kind, few, many] = process.argv
const { backtest, backtestSync, runBacktests, runBacktestsSync, sampleData } = require(entry)

const { marketData } = sampleData.binanceSpot()
const start = Date.parse(marketData.start)
const constant = {
  system: { exchange: 'binance_spot', instruments: ['BTC/USDT'] },
  marketData: marketData.select({ symbols: ['BTC/USDT'], from: start, to: start + 6_000 }),
  balances: { USDT: 10_000 },
}

const trades = () => ({ onTrade(ctx) { if (ctx.openOrders.length === 0) ctx.position ? ctx.closePosition() : ctx.buy({ quote: 100 }) }, onFill() {}, onOrder() {} })
const native = () => ({ native: 'emaCross', fast: 5, slow: 10 })
const inModule = pathToFileURL(join(__dirname, 'trader.cjs'))
const endless = pathToFileURL(join(__dirname, '../batch/modules/endless.mjs'))
const turn = () => new Promise(setImmediate)

const words = 'on purpose'
const swallow = (error) => { if (error !== words) throw error }
/** A strategy that does something odd at its twentieth print. */
const odd = (act) => {
  let calls = 0
  const strategy = trades()
  return { ...strategy, onTrade(ctx) { if (++calls === 20) act(); else strategy.onTrade(ctx) } }
}

/** Results that are kept for a while, as a program would that compares runs. */
const KEPT = 100
let kept = []
const keep = (result) => {
  // Someone has to have looked at them: rows and summaries are made when they are asked for.
  kept.push(result, result.fills.toArray(), result.tradingSummary)
  if (kept.length > 3 * KEPT) kept = []
}

/** One call of each is one run. */
const kinds = {
  // Finalizers run in a turn of the event loop: without one, whatever waits for them piles up.
  sync: () => { backtestSync(constant, { strategy: trades() }) },
  syncWithTurns: async () => { backtestSync(constant, { strategy: trades() }); await turn() },
  syncKept: () => { keep(backtestSync(constant, { strategy: trades() })) },
  native: () => { backtestSync(constant, { strategy: native() }) },
  async: async () => { await backtest(constant, { strategy: trades() }) },
  onThreadKept: async () => { keep(await backtest(constant, { strategy: native() })) },
  thrown: () => {
    try { backtestSync(constant, { strategy: odd(() => { throw words }) }) } catch (error) { swallow(error) }
  },
  refused: () => {
    try { backtestSync(constant, { strategy: { native: 'nothing' } }) } catch (error) { if (error.code !== 'UNKNOWN_NAME') throw error }
  },
  aborted: async () => {
    const controller = new AbortController()
    await backtest(constant, { strategy: odd(() => { controller.abort(words) }) }, { signal: controller.signal }).catch(swallow)
  },
  abortedOnThread: async () => {
    const controller = new AbortController()
    const run = backtest(constant, { strategy: native() }, { signal: controller.signal })
    controller.abort(words)
    await run.catch(swallow)
  },
  // Nobody waits for these: they go on beside the next ones.
  ignored: async () => {
    void backtest(constant, { strategy: odd(() => { throw words }) }).catch(() => {})
    void backtest(constant, { strategy: trades() })
    void backtest(constant, { strategy: native() })
    await turn()
    await turn()
  },
}

/** One call of each is a batch of so many runs. */
const BATCH = 250
const batch = (make) => Array.from({ length: BATCH }, () => ({ strategy: make() }))
const batches = {
  batchSync: () => { runBacktestsSync(constant, batch(native)) },
  batchNative: async () => { await runBacktests(constant, batch(native)) },
  batchObjects: async () => { await runBacktests(constant, batch(trades)) },
  batchModules: async () => { await runBacktests(constant, batch(() => inModule)) },
  batchFailing: async () => { await runBacktests(constant, batch(() => odd(() => { throw words }))) },
  batchAborted: async () => {
    const controller = new AbortController()
    setTimeout(() => { controller.abort(words) }, 5)
    await runBacktests(constant, [...batch(native), ...batch(trades)], { signal: controller.signal }).catch(swallow)
  },
  // Threads that are ended in the middle of a run.
  modulesAborted: async () => {
    const controller = new AbortController()
    setTimeout(() => { controller.abort(words) }, 60)
    await runBacktests(constant, batch(() => endless), { signal: controller.signal, threads: 2 }).catch(swallow)
  },
}

async function main() {
  const size = kind in batches ? BATCH : 1
  const run = batches[kind] ?? kinds[kind]
  let done = 0
  const until = async (count) => {
    for (; done < count; done += size) {
      const running = run()
      if (running) await running
    }
    kept = []
    // What waits for finalizers gets them, and their turn.
    for (let i = 0; i < 3; i++) {
      await turn()
      global.gc()
    }
    return process.memoryUsage.rss() / 2 ** 20
  }
  console.log(JSON.stringify([await until(Number(few)), await until(Number(many))]))
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
