import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf, withOutputs } from './markdown'
import { masked, root, Sandbox } from './sandbox'

const page = join(root, 'README.md')
const markdown = readFileSync(page, 'utf8')
const blocks = blocksOf(markdown)
/** Set, it writes what the blocks print into the page instead of comparing. */
const isUpdating = process.env['HAGGLE_UPDATE_README'] === '1'

describe('the reader of blocks', () => {
  it('pairs code with the output behind it', () => {
    const text = '# One\n\n```ts\na\nb\n```\n\n```text\nout\n```\n\n## Two\n```ts\nc\n```\nwords\n```text\nno output\n```\n'
    const [first, second] = blocksOf(text)
    expect(first).toMatchObject({ heading: 'One', line: 4, code: 'a\nb', shown: 'out' })
    expect(second).toMatchObject({ heading: 'Two', code: 'c', shown: undefined })
    expect(withOutputs(text, [first!, second!], ['new\nlines\n', 'ignored'])).toBe(text.replace('out\n', 'new\nlines\n'))
  })

  it('masks times and speeds, and nothing else', () => {
    expect(masked('Events/s    13.2 M\nresult ab  seed 0  run in 17.6 ms  \n')).toBe('Events/s <rate>\nresult ab  seed 0  run in <time>')
    expect(masked('1,234 events per second, 5 fills')).toBe('<rate> events per second, 5 fills')
  })
})

// It runs what was built, as a user would: `npm test` builds first.
describe.skipIf(!existsSync(join(root, 'dist/index.mjs')))('README.md', () => {
  const sandbox = new Sandbox()
  const outputs: (string | undefined)[] = blocks.map(() => undefined)

  beforeAll(async () => {
    blocks.forEach(({ code }, at) => { sandbox.add(`block${at}`, code) })
    expect(await sandbox.compile()).toBe('')
  })
  afterAll(() => {
    sandbox.remove()
    if (isUpdating) writeFileSync(page, withOutputs(markdown, blocks, outputs))
  })

  it('begins with the ten lines of a first result', () => {
    const first = blocks[0]!
    expect(first.code.split('\n').length).toBeLessThanOrEqual(10)
    expect(first.code).toContain('sampleData.binanceSpot()')
    expect(first.shown).toContain('BTC/USDT')
  })

  it.each(blocks.map(({ heading, line }, at) => ({ heading, line, at })))('runs line $line: $heading', async ({ at }) => {
    const { shown } = blocks[at]!
    const { code, stdout, stderr } = await sandbox.run(`block${at}`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    outputs[at] = stdout
    if (shown !== undefined && !isUpdating) expect(masked(stdout)).toBe(masked(shown))
  })
})
