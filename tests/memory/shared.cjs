'use strict'

/*
 * Many threads over one data set: prints the process's memory in MB, as JSON: empty, with the data, after a run in one
 * thread, and after one in each of eight, all of which still have the data. Arguments: the package's entry, rows.
 */
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads')

const entry = isMainThread ? process.argv[2] : workerData.entry
const { backtestSync, MarketData } = require(entry)

const THREADS = 8
const resident = () => {
  global.gc?.()
  return process.memoryUsage.rss() / 2 ** 20
}

function columns(rows) {
  const [time, bid, size] = [new BigInt64Array(rows), new Float64Array(rows), new Float64Array(rows)]
  for (let i = 0; i < rows; i++) {
    time[i] = 1_700_000_000_000_000_000n + BigInt(i) * 1_000_000n
    bid[i] = 100 + (i % 7)
    size[i] = 1 + (i % 5)
  }
  return { time, bid, bidSize: size, ask: bid.map((price) => price + 1), askSize: size }
}

/** A thread that has run once and keeps the data. */
function started(marketData) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: { entry, shared: marketData.share() } })
    worker.once('message', (events) => { resolve({ worker, events }) }).once('error', reject)
  })
}

async function main() {
  const rows = Number(process.argv[3])
  const empty = resident()
  const marketData = MarketData.fromColumns(columns(rows), { symbol: 'A/B', exchange: 'x' })
  const loaded = resident()
  const workers = [await started(marketData)]
  const one = resident()
  while (workers.length < THREADS) workers.push(await started(marketData))
  const eight = resident()
  for (const { worker, events } of workers) {
    if (events !== rows) throw new Error(`a thread saw ${events} rows of ${rows}`)
    await worker.terminate()
  }
  console.log(JSON.stringify({ empty, loaded, one, eight }))
}

if (isMainThread) {
  main().catch((error) => {
    console.error(error)
    process.exitCode = 1
  })
} else {
  const marketData = MarketData.attach(workerData.shared)
  const run = backtestSync({ system: { exchange: 'x', instruments: ['A/B'] }, marketData, balances: { B: 10_000 } }, { strategy: { native: 'buyAndHold' } })
  parentPort.postMessage(run.events)
  // Without somebody who listens the thread would end, and let go.
  parentPort.on('message', () => marketData.close())
}
