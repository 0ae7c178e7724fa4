import { HaggleError, invalid, show } from '../errors'
import { fieldsOf } from '../orders/fields'
import type { WireValue } from '../orders/wire'
import type { InstrumentFilter } from '../types/events'

/** Barter's `OneOrMany` of requests. @internal */
export function oneOrMany<T extends WireValue>(requests: readonly T[], type: { readonly name: string, readonly prototype: T }): object {
  requests.forEach((request, at) => {
    if (typeof request === 'object' && request !== null && Object.getPrototypeOf(request) === type.prototype) return
    throw invalid(`requests[${at}]`, `expected an ${type.name}, found ${show(request)}`, `write new ${type.name}({ ... })`)
  })
  return several(requests)
}

/** Barter's filter; all instruments without one. @internal */
export function filterJson(filter: InstrumentFilter | undefined): unknown {
  if (filter === undefined) return 'None'
  const given = fieldsOf(filter, 'filter', ['exchanges', 'instruments', 'underlyings'])
  const [[name, items] = [], ...more] = Object.entries(given).filter(([, value]) => value !== undefined)
  if (name === undefined || more.length > 0) throw invalid('filter', 'expected one of exchanges, instruments, underlyings')
  if (!Array.isArray(items)) throw invalid(`filter.${name}`, `expected a list, found ${show(items)}`)
  // An empty list would be none to us and all to whoever reads it as no filter.
  if (items.length === 0) throw new HaggleError('INVALID_ARGUMENT', 'the list is empty', { path: `filter.${name}`, hint: 'leave out the filter for all instruments' })
  return { [`${name[0]!.toUpperCase()}${name.slice(1)}`]: several(items) }
}

function several(items: readonly unknown[]): object {
  return items.length === 1 ? { One: items[0] } : { Many: items }
}
