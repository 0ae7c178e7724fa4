import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer } from './consumer'
import { folderOf, VERSIONS } from './tools'

/** A strategy's unit test as a user of jest writes it. */
const TEST = `
const { testStrategy } = require('haggle')
const { matchers } = require('haggle/vitest')
expect.extend(matchers)

test('buys below 95,000', async () => {
  const tested = testStrategy({ onBook(ctx) { if (ctx.ask < 95_000 && !ctx.position) ctx.buy('0.1') } }, { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
  tested.client.setTicker('BTC/USDT', { bid: 95_000, ask: 95_001 })
  expect(tested).not.toHaveFilled()
  tested.client.setTicker('BTC/USDT', { bid: 94_000, ask: 94_001 })
  expect(tested).toHaveFilled({ side: 'Buy', quantity: '0.1', price: 94_001 })
  expect(tested).toHavePosition(0.1)
  expect(tested.client).toHaveBalance('USDT', '599.9')
  expect(() => { expect(tested).toHaveOpenOrder() }).toThrow('expected to have an open order, found no open orders')
  await tested.close()
})
test('an error of the strategy, untouched', () => {
  const thrown = new RangeError('mine')
  const tested = testStrategy({ onBook() { throw thrown } }, { symbols: ['BTC/USDT'] })
  expect(() => { tested.client.setTicker('BTC/USDT', { last: 1 }) }).toThrow(thrown)
})
`
/** Where there is no vitest, its types are not missed. */
const USE = `
import { hasFilled, testStrategy } from 'haggle'
import { matchers } from 'haggle/vitest'
export const tested = testStrategy({ onStart() {} }, { symbols: ['A/B'] })
export const pass: boolean = matchers.toHaveFilled(tested, { side: 'Buy' }).pass && hasFilled(tested).pass
// @ts-expect-error: no such field
export const wrong = matchers.toHaveFilled(tested, { sid: 'Buy' })
`

describe('haggle/vitest', () => {
  let consumer: Consumer
  beforeAll(async () => { consumer = await Consumer.with(['jest', 'typescript']) })
  afterAll(() => { consumer.remove() })

  it('in jest', async (context) => {
    consumer.need(context)
    consumer.write('strategy.test.js', TEST)
    const { code, stderr } = await consumer.run(process.execPath, consumer.path('node_modules/jest/bin/jest.js'))
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(stderr).toContain('Tests:       2 passed, 2 total')
  })

  it.for(VERSIONS.typescript)('declared, without vitest: TypeScript %s', async (version, context) => {
    consumer.need(context)
    for (const name of ['use.mts', 'use.cts']) consumer.write(name, USE)
    const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, noEmit: true, types: [], skipLibCheck: false }
    consumer.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['use.mts', 'use.cts'] }))
    const folder = `node_modules/${folderOf('typescript', version)}`
    const { bin } = JSON.parse(readFileSync(consumer.path(`${folder}/package.json`), 'utf8')) as { bin: { tsc: string } }
    const { code, stdout } = await consumer.run(process.execPath, consumer.path(`${folder}/${bin.tsc}`), '-p', '.', '--pretty', 'false')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  })
})
