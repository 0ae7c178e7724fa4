import { formatScaled } from '../decimal'
import { types } from 'node:util'
import { HaggleError, invalid, show } from '../errors'
import { isBag, optionsOf } from '../options'
import type { OrderColumns } from '../results/columns'
import type { Reason } from '../types/orders'
import type { Decimal } from '../types/primitives'
import type { OrderToCheck, RiskCheck } from '../types/risk'
import type { Context } from '../types/strategy'
import { SIZE } from './layout'
import type { Sent } from './live-order'

/** An order's size as the command has it: one of {@link SIZE}; a whole number; its scale. @internal */
export type ReadSize = readonly [kind: number, amount: number, scale: number]

/** An order that is about to leave, as the desk has it. @internal */
export interface Draft extends Sent {
  readonly size: ReadSize
  readonly postOnly: boolean
  readonly reduceOnly: boolean
}

const CODE = 'RiskCheckRefused'

/** The caller's check of orders, and what it refused. @internal */
export class Checker {
  readonly #check: RiskCheck
  readonly #ctx: Context
  readonly #message: string
  /** By order number. */
  readonly #refused = new Map<number, Reason>()
  #isAsking = false

  constructor(check: RiskCheck, ctx: Context, reasons: Iterable<Reason>) {
    this.#check = check
    this.#ctx = ctx
    this.#message = [...reasons].find(({ code }) => code === CODE)!.message
  }

  /** Whether the check is being asked: it sends nothing itself. */
  get isAsking(): boolean {
    return this.#isAsking
  }

  /** The size with which an order may leave, or the reason why it may not. What the check answers is read strictly, because an order depends on it. */
  judge(draft: Draft): ReadSize | Reason {
    let answer: unknown
    this.#isAsking = true
    try {
      answer = this.#check(viewOf(draft), this.#ctx)
    } finally {
      this.#isAsking = false
    }
    if (answer === true) return draft.size
    if (answer === false) return this.#refuse(draft, '')
    if (typeof answer === 'string') {
      if (!answer.isWellFormed()) throw invalid('risk.check', 'the reason has half of a surrogate pair: it is no Unicode')
      return this.#refuse(draft, answer)
    }
    if (isBag(answer) && (answer as { quantity?: unknown }).quantity !== undefined) return this.#cut(draft, optionsOf(answer, 'risk.check', ['quantity'])['quantity'] as Decimal)
    if (types.isPromise(answer)) {
      answer.catch(() => {})
      throw new HaggleError('STRATEGY_ASYNC', 'risk.check returned a promise; it is synchronous, as an order waits for it', { path: 'risk.check', hint: 'leave out async and await' })
    }
    throw invalid('risk.check', `expected true, false, a reason or { quantity }, found ${show(answer)}`)
  }

  #cut(draft: Draft, quantity: Decimal): ReadSize | Reason {
    const { lot, size } = draft
    if (typeof quantity === 'number' && quantity < Number(lot.text(1n))) return this.#refuse(draft, 'less than one lot is left')
    const lots = lot.down(quantity, 'risk.check.quantity')
    if (size[0] === SIZE.lots && lots > size[1]) throw invalid('risk.check.quantity', `${lot.text(BigInt(lots))} is more than the order's ${lot.text(BigInt(size[1]))}`)
    return [SIZE.lots, lots, 0]
  }

  #refuse({ number }: Draft, words: string): Reason {
    const reason: Reason = Object.freeze({ code: CODE, message: this.#message, details: Object.freeze(words === '' ? {} : { reason: words }) })
    this.#refused.set(number, reason)
    return reason
  }

  /** Puts the check's words into the rows of the orders that it refused: the core knows the code alone. */
  explain(orders: OrderColumns): void {
    const reasons = orders.reasons as Reason[]
    for (const [number, reason] of this.#refused) if (reasons[orders.reason[number]!]?.code === CODE) orders.reason[number] = reasons.push(reason) - 1
  }
}

function viewOf({ symbol, exchange, strategy, cid, side, price, size: [kind, amount, scale], timeInForce, postOnly, reduceOnly, tick, lot }: Draft): OrderToCheck {
  const whole = BigInt(amount)
  return Object.freeze({
    symbol, exchange, strategy, cid, side, kind: price === undefined ? 'Market' : 'Limit',
    ...(price !== undefined && { price: tick.text(BigInt(price)) }),
    ...(kind === SIZE.lots ? { quantity: lot.text(whole) } : { [kind === SIZE.quote ? 'quote' : 'equity']: formatScaled(whole, scale) }),
    timeInForce, postOnly, reduceOnly,
  })
}
