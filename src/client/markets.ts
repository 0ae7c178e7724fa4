import { HaggleError, invalid, show } from '../errors'
import { Grid } from '../strategy/grid'
import type { Name } from '../types/primitives'

/** An instrument of a client: what it is called, and the steps of its prices and quantities. @internal */
export interface Market {
  readonly name: string
  readonly exchange: string
  readonly quote: string
  readonly tick: Grid
  readonly lot: Grid
}

interface Row { symbol: string, nameExchange: string, exchange: string, tick: { mantissa: string, scale: number }, lot: { mantissa: string, scale: number } }

/** The instruments of a client, by any of their names. @internal */
export class Markets {
  readonly #all: readonly Market[]
  readonly #byName = new Map<Name, Market>()

  constructor(names: string) {
    const grid = ({ mantissa, scale }: Row['tick'], unit: 'tick' | 'lot'): Grid => new Grid({ mantissa: BigInt(mantissa), scale }, unit)
    this.#all = (JSON.parse(names) as Row[]).map(({ symbol, nameExchange, exchange, tick, lot }, at) => {
      const market = { name: symbol, exchange, quote: symbol.split('/')[1]?.split(':')[0] ?? '', tick: grid(tick, 'tick'), lot: grid(lot, 'lot') }
      for (const name of [symbol, nameExchange, `${exchange}:${symbol}`, at]) this.#byName.set(name, market)
      return market
    })
  }

  /** The one that there is. @throws HaggleError `INVALID_ARGUMENT` where there are several. */
  only(path: string): Market {
    const [market, ...others] = this.#all
    if (market === undefined || others.length > 0) throw invalid(path, 'several instruments are traded', `name one: '${market?.name}'`)
    return market
  }

  /** @throws HaggleError `UNKNOWN_NAME`. */
  find(name: Name, path = 'symbol'): Market {
    const found = this.#byName.get(name) ?? (typeof name === 'string' ? this.#byName.get(name.toUpperCase()) : undefined)
    if (found === undefined) throw new HaggleError('UNKNOWN_NAME', `unknown instrument ${show(name)}`, { path, hint: `known: ${this.#all.map((market) => market.name).join(', ')}` })
    return found
  }
}
