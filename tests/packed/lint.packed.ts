import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, tarballs } from './consumer'

describe('linters of packages', () => {
  let consumer: Consumer
  beforeAll(async () => { consumer = await Consumer.with(['publint', '@arethetypeswrong/cli']) })
  afterAll(() => { consumer.remove() })

  it.for(tarballs().map((tarball) => ({ tarball, name: tarball.replace(/^.*[\\/]/, '') })))('publint: $name', async ({ tarball }, context) => {
    consumer.need(context)
    const { code, stdout, stderr } = await consumer.run(process.execPath, consumer.path('node_modules/publint/src/cli.js'), 'run', tarball, '--strict', '--level', 'suggestion')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('All good!')
  })

  it('arethetypeswrong', async (context) => {
    consumer.need(context)
    const { code, stdout, stderr } = await consumer.run(process.execPath, consumer.path('node_modules/@arethetypeswrong/cli/dist/index.js'), tarballs().at(-1)!, '--format', 'json')
    expect(stderr).toBe('')
    const { problems } = JSON.parse(stdout) as { problems?: object }
    expect({ code, problems: problems ?? {} }).toEqual({ code: 0, problems: {} })
  })
})
