import { createRequire } from 'node:module'

const { EmaCross } = createRequire(import.meta.url)('../../run/strategies.cjs')

export default () => new EmaCross(10, 20)
