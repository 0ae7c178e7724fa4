import { NativeAuditTick } from '#native'
import { engineEventOf, type EngineView } from '../events/engine-event'
import { jsonText } from '../json'
import type { KeyView } from '../orders/key'
import { cancelOf, openOf } from '../orders/request'
import { below, blank, settle, shapesOf, WireValue } from '../orders/wire'
import { ClosedTradeRow } from '../results/rows'
import type { AuditTickOf, EngineOutput } from '../types/live'
import type { Reason } from '../types/orders'
import type { ClosedTrade } from '../types/results'
import type { Json } from '../types/primitives'
import { assignFrozen } from '../value'

/**
 * The class of an audit's ticks: {@link AuditTick} is its name.
 *
 * @example
 * import { AuditTick, type AuditTickValue } from 'haggle'
 * const tick: AuditTickValue = AuditTick.fromJSON({ event: 'FeedEnded', context: { sequence: 7, time: '2025-01-01T00:00:00Z' } })
 * console.log(tick.sequence)   // 7
 */
export class AuditTickValue extends WireValue {
  declare readonly kind: AuditTickOf['kind']
  /** Place among all ticks, from 0. */
  declare readonly sequence: number
  /** As RFC 3339 text. */
  declare readonly time: string

  private constructor() { super() }

  /** Reads barter's JSON. @throws HaggleError with the path of the field. */
  static fromJSON(json: Json): AuditTick {
    const [text, view] = shapesOf<TickView>(NativeAuditTick, typeof json === 'string' ? json : jsonText(json))
    return tickOf(view, text)
  }
}
Object.defineProperty(AuditTickValue, 'name', { value: 'AuditTick' })

/**
 * A step of an engine: what it was told, and what it did about it. A union by `kind`.
 *
 * @example
 * import { AuditTick } from 'haggle'
 * const tick = AuditTick.fromJSON({ event: { Gap: { lost: 3 } }, context: { sequence: 7, time: '2025-01-01T00:00:00Z' } })
 * if (tick.kind === 'Gap') console.log(tick.lost)   // 3
 */
export const AuditTick: typeof AuditTickValue = AuditTickValue
export type AuditTick = AuditTickValue & AuditTickOf

interface SentView { sent: { key: KeyView }[], errors: { request: { key: KeyView }, reason: Reason }[] }

interface OutputView {
  kind: EngineOutput['kind']
  opens?: SentView
  cancels?: SentView
  trade?: ClosedTrade
}

/** @internal */
export interface TickView {
  kind: AuditTickOf['kind']
  event?: EngineView
  outputs?: OutputView[]
}

/** A tick from its fields. @internal */
export function tickOf(view: TickView, text: () => string): AuditTick {
  const { event, outputs } = view
  const fields = {
    ...view,
    ...(event && { event: engineEventOf(event, below(text, 'event', 'Process', 'event')) }),
    ...(outputs && { outputs: outputs.map((output, at) => outputOf(output, () => itemsOf((JSON.parse(text()) as ProcessJson).event.Process.outputs)[at]!)) }),
  }
  return settle(blank(AuditTickValue.prototype as unknown as WireValue), fields, text) as AuditTick
}

function outputOf({ opens, cancels, trade, ...rest }: OutputView, json: () => OutputJson): object {
  return {
    ...rest,
    ...(opens && { opens: sentOf(opens, openOf, () => requestsOf(json(), 'opens')) }),
    ...(cancels && { cancels: sentOf(cancels, cancelOf, () => requestsOf(json(), 'cancels')) }),
    ...(trade && { trade: closedTradeOf(trade) }),
  }
}

function closedTradeOf(trade: ClosedTrade): ClosedTrade {
  const row = new ClosedTradeRow()
  assignFrozen(row, { ...trade })
  return Object.freeze(row) as unknown as ClosedTrade
}

type Restore = (view: { key: KeyView }, text: () => string) => WireValue

function sentOf({ sent, errors }: SentView, restore: Restore, json: () => Requests): object {
  return {
    sent: sent.map((request, at) => restore(request, () => JSON.stringify(json().sent[at]))),
    errors: errors.map(({ request, reason }, at) => ({ request: restore(request, () => JSON.stringify(json().errors[at])), reason })),
  }
}

/*
 * Where requests stand in barter's JSON, for the texts of those that are written again.
 */

type Items<T> = 'None' | { readonly One: T } | { readonly Many: readonly T[] }
interface SentJson { readonly sent: Items<object>, readonly errors: Items<readonly [object, unknown]> }
interface AlgoJson extends Readonly<Record<'opens_refused' | 'cancels_refused', Items<{ readonly item: object }>>> {
  readonly cancels_and_opens: Readonly<Record<'opens' | 'cancels', SentJson>>
}
type ActionJson = { readonly OpenOrders: SentJson } | { readonly CancelOrders: SentJson } | { readonly ClosePositions: Readonly<Record<'opens' | 'cancels', SentJson>> }
  | { readonly GenerateAlgoOrders: AlgoJson }
type OutputJson = { readonly Commanded: ActionJson } | { readonly AlgoOrders: AlgoJson }
interface ProcessJson { readonly event: { readonly Process: { readonly outputs: Items<OutputJson> } } }
interface Requests { readonly sent: readonly object[], readonly errors: readonly object[] }

function itemsOf<T>(items: Items<T>): readonly T[] {
  return items === 'None' ? [] : 'One' in items ? [items.One] : items.Many
}

function requestsOf(output: OutputJson, which: 'opens' | 'cancels'): Requests {
  const action = 'Commanded' in output ? output.Commanded : { GenerateAlgoOrders: output.AlgoOrders }
  if ('GenerateAlgoOrders' in action) {
    const { cancels_and_opens: sent, [`${which}_refused` as const]: refused } = action.GenerateAlgoOrders
    const { sent: left, errors } = partsOf(sent[which])
    return { sent: left, errors: [...errors, ...itemsOf(refused).map(({ item }) => item)] }
  }
  return partsOf('ClosePositions' in action ? action.ClosePositions[which] : 'OpenOrders' in action ? action.OpenOrders : action.CancelOrders)
}

function partsOf({ sent, errors }: SentJson): Requests {
  return { sent: itemsOf(sent), errors: itemsOf(errors).map(([request]) => request) }
}
