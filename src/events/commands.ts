import { HaggleError, invalid, isRevoked, show } from '../errors'
import { jsonText } from '../json'
import { optionsOf } from '../options'
import { textOf, type WireValue } from '../orders/wire'
import type { InstrumentFilter } from '../types/events'

/** A command to open or to cancel orders, in barter's JSON. @internal */
export function requestsText<T extends WireValue>(command: 'SendOpenRequests' | 'SendCancelRequests', requests: readonly T[], type: { readonly name: string, readonly prototype: T }): string {
  requests.forEach((request, at) => {
    if (typeof request === 'object' && request !== null && !isRevoked(request) && Object.getPrototypeOf(request) === type.prototype) return
    throw invalid(`requests[${at}]`, `expected an ${type.name}, found ${show(request)}`, `write new ${type.name}({ ... })`)
  })
  const texts = requests.map(textOf)
  return `{"Command":{"${command}":${texts.length === 1 ? `{"One":${texts[0]}}` : `{"Many":[${texts.join()}]}`}}}`
}

/** A command about the instruments of a filter, in barter's JSON. @internal */
export function filterText(command: 'ClosePositions' | 'CancelOrders', filter: InstrumentFilter | undefined): string {
  return jsonText({ Command: { [command]: filterJson(filter) } })
}

/** Barter's filter; all instruments without one. */
function filterJson(filter: InstrumentFilter | undefined): unknown {
  if (filter === undefined) return 'None'
  const given = optionsOf(filter, 'filter', ['exchanges', 'instruments', 'underlyings'])
  const [[name, items] = [], ...more] = Object.entries(given).filter(([, value]) => value !== undefined)
  if (name === undefined || more.length > 0) throw invalid('filter', 'expected one of exchanges, instruments, underlyings')
  if (!Array.isArray(items)) throw invalid(`filter.${name}`, `expected a list, found ${show(items)}`)
  // An empty list would be none to us and all to a reader that takes it for no filter.
  if (items.length === 0) throw new HaggleError('INVALID_ARGUMENT', 'the list is empty', { path: `filter.${name}`, hint: 'leave out the filter for all instruments' })
  return { [`${name[0]!.toUpperCase()}${name.slice(1)}`]: items.length === 1 ? { One: items[0] as unknown } : { Many: items as unknown[] } }
}
