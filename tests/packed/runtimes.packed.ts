import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, firstExample, hasBinaries, lastLine } from './consumer'
import type { Tool } from './tools'

if (!hasBinaries) process.stdout.write('notice: skipped, Bun and Deno: only on Linux x64 with glibc\n')

const RUNTIMES: readonly { readonly name: string, readonly tool: Tool, readonly command: string, readonly args: readonly string[] }[] = [
  { name: 'Bun', tool: '@oven/bun-linux-x64', command: 'bin/bun', args: ['run'] },
  { name: 'Deno', tool: '@deno/linux-x64-glibc', command: 'deno', args: ['run', '--allow-all', '--node-modules-dir=manual', '--quiet'] },
]

/** A smoke test: no promise is made for these, see the README. */
describe.skipIf(!hasBinaries).each(RUNTIMES)('$name', ({ tool, command, args }) => {
  const example = firstExample()
  let consumer: Consumer
  beforeAll(async () => {
    consumer = await Consumer.with([tool])
    consumer.write('first.mjs', example.esm)
    consumer.write('first.cjs', example.cjs)
  })
  afterAll(() => { consumer.remove() })

  it.for(['first.mjs', 'first.cjs'])('runs the first example: %s', async (script, context) => {
    consumer.need(context)
    const { code, stdout, stderr } = await consumer.run(consumer.path(`node_modules/${tool}/${command}`), ...args, script)
    expect({ code, stderr, last: lastLine(stdout) }).toEqual({ code: 0, stderr: '', last: example.hash })
  })
})
