import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Strategy } from '../../src/index'

interface Strategies {
  EmaCross: new (fast: number, slow: number, shorts?: boolean) => Strategy
  SmaCross: new (fast: number, slow: number, shorts?: boolean) => Strategy
  Maker: new () => Strategy
}

/** Where the strategies are, for threads and processes of their own. */
export const path = join(__dirname, 'strategies.cjs')
export const { EmaCross, SmaCross, Maker } = createRequire(__filename)(path) as Strategies
