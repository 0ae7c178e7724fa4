import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, Sandbox } from './sandbox'

const folder = join(root, 'packages/examples')
const names = readdirSync(folder).filter((name) => name.endsWith('.mts')).map((name) => name.slice(0, -4)).sort()
const source = (name: string): string => readFileSync(join(folder, `${name}.mts`), 'utf8')

it.each(names)('%s says in its first line what it shows', (name) => {
  expect(source(name).split('\n')[0]).toMatch(/^\/\/ \S.{10,}\.$/)
})

// They run what was built, as a user would: `npm test` builds first.
describe.skipIf(!existsSync(join(root, 'dist/index.mjs')))('packages/examples', () => {
  const sandbox = new Sandbox()
  beforeAll(async () => {
    for (const name of names) sandbox.add(name, source(name))
    expect(await sandbox.compile()).toBe('')
  })
  afterAll(() => { sandbox.remove() })

  /** Lines that an example has to print. */
  const printed: Readonly<Record<string, readonly RegExp[]>> = {
    'start': [/^patient-maker /m, /^100 % /m, /^\d+ fills, the last ones:$/m, /^[\d,]+ events per second$/m, /^resultHash [0-9a-f]{32}$/m],
    'candles-csv': [/^sma-cross /m, /^result /m],
    'ticks-limit-orders': [/^Fill table, /m, /^fills as a maker +\d+$/m],
    'native': [/^buyAndHold /m, /^emaCross 200\/1000 /m],
    'paper-trading': [/^warmed up by 99 candles: fast \d/m, /^connection lost: socket hang up$/m, /^Buy  0\.\d+ at \d/m, /^Sell 0\.\d+ at \d/m, /^\{\}$/m, /^\d+ fills, \d+ events$/m],
    'data-formats': [/^the same rows, whichever way: true$/m],
  }

  it('are all known here', () => {
    expect(Object.keys(printed).sort()).toEqual(names)
  })

  it.each(names)('%s', async (name) => {
    const { code, stdout, stderr } = await sandbox.run(name)
    expect({ code, stderr: stderr.replace(/^.* %.*\n/gm, '') }).toEqual({ code: 0, stderr: '' })
    for (const line of printed[name] ?? []) expect(stdout + stderr).toMatch(line)
    // The README shows what `npm start` prints.
    if (name === 'start') expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`\n${/^resultHash .*$/m.exec(stdout)?.[0]}\n`)
  })
})
