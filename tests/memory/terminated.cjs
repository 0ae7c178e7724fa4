'use strict'

/*
 * Worker threads that are terminated in the middle of what they do: prints the memory of the process in MB after the first ones and
 * after all, as JSON. Arguments: the package's entry, what the workers do, how many are the first ones, how many are all.
 */
const { existsSync, readdirSync } = require('node:fs')
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads')

/** Threads of this process, where the system tells. */
const threads = () => (existsSync('/proc/self/task') ? readdirSync('/proc/self/task').length : 0)
const later = (ms) => new Promise((done) => { setTimeout(done, ms) })

async function main([, , entry, kind, few, many]) {
  const first = threads()
  const memory = async () => {
    // A load that a terminated worker began goes on to its end: what it holds is no leak.
    for (let left = 60; left > 0 && threads() > first; left--) await later(250)
    await later(500)
    globalThis.gc()
    return process.memoryUsage.rss() / 1e6
  }
  let before
  for (let count = 1; count <= many; count++) {
    const worker = new Worker(__filename, { workerData: { entry, kind } })
    await new Promise((done) => { worker.once('message', done) })
    // At another moment of its work each time.
    await later(10 + (count * 13) % 60)
    await worker.terminate()
    if (count === Number(few)) before = await memory()
  }
  process.stdout.write(JSON.stringify([before, await memory()]), () => { process.exit() })
}

function work({ entry, kind }) {
  const H = require(entry)
  const { system, marketData } = H.sampleData.binanceSpot()
  const constant = { system, marketData, balances: { USDT: 10_000 } }
  const script = { onTrade(ctx) { if (!ctx.of(0).position) ctx.of(0).buy({ quote: 50 }) } }
  if (kind === 'loads') {
    const csv = new TextEncoder().encode('time,price,amount\n' + Array.from({ length: 1e5 }, (_, i) => `${1e12 + i},1,1`).join('\n'))
    for (let i = 0; i < 10; i++) H.MarketData.fromCsv(csv, { symbol: 'A/B' }).catch(() => {})
  }
  if (kind === 'native') for (let i = 0; i < 100; i++) H.backtest(constant, { strategy: { native: 'emaCross', fast: 5, slow: 20 } }).catch(() => {})
  if (kind === 'live') {
    const live = H.startSystem(system, { balances: constant.balances, clock: 'manual', strategy: { native: 'buyAndHold' } })
    live.takeAudit().recv().catch(() => {})
    live.feedEvents(marketData)
    live.advance('1h')
  }
  parentPort.postMessage('begun')
  if (kind === 'script') setTimeout(() => { for (;;) H.backtestSync(constant, { strategy: script }) })
  setInterval(() => {}, 1_000)
}

if (isMainThread) void main(process.argv)
else work(workerData)
