import { types } from 'node:util'

/**
 * What a {@link HaggleError} can be about: a closed set, the same in the Rust core.
 *
 * @example
 * import { errorTable, type ErrorCode } from 'haggle'
 * const codes = Object.keys(errorTable) as ErrorCode[]
 * console.log(codes[0])   // INVALID_ARGUMENT
 */
export type ErrorCode =
  | 'INVALID_ARGUMENT' | 'UNKNOWN_NAME' | 'AMBIGUOUS_NAME' | 'INVALID_DATA' | 'OVERFLOW' | 'CLOSED' | 'REENTRANT'
  | 'STRATEGY_ASYNC' | 'STRATEGY_FAILED' | 'TIMEOUT' | 'UNSUPPORTED' | 'LIVELOCK' | 'BUG'

/**
 * Why a code is thrown, and what helps.
 *
 * @example
 * import { errorTable, type ErrorEntry } from 'haggle'
 * const entry: ErrorEntry = errorTable.CLOSED
 * console.log(entry.cause)   // An object was used after its close().
 */
export interface ErrorEntry {
  /** What happened, in general. */
  readonly cause: string
  /** What to do about it, in general; a thrown error's `hint` is more precise. */
  readonly remedy: string
}

/**
 * Every code with its cause and remedy, in the order of the core's table.
 *
 * @example
 * import { errorTable } from 'haggle'
 * console.log(errorTable.CLOSED.remedy)
 */
export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = Object.freeze({
  INVALID_ARGUMENT: {
    cause: 'A value has the wrong type, sign, range or shape.',
    remedy: 'Correct the field that `path` names.',
  },
  UNKNOWN_NAME: {
    cause: 'No field, instrument, exchange, strategy or asset has this name.',
    remedy: 'Check the spelling: `hint` has the nearest name that exists, or all of them.',
  },
  AMBIGUOUS_NAME: {
    cause: 'Two things answer to this name.',
    remedy: "Say which one is meant: 'binance_spot:BTC/USDT' instead of 'BTC/USDT'.",
  },
  INVALID_DATA: {
    cause: 'Market data cannot be read, or contradicts itself.',
    remedy: 'Look at the line or row that the message names.',
  },
  OVERFLOW: {
    cause: 'A number needs more digits than exact arithmetic has here: 28 for money, 64 bits for times and counts.',
    remedy: 'Use fewer decimals or smaller amounts. Nothing is ever rounded or wrapped in silence.',
  },
  CLOSED: {
    cause: 'An object was used after its close().',
    remedy: 'Close it later, or make a new one.',
  },
  REENTRANT: {
    cause: 'A run was started inside a callback of a run, or an order was sent outside of the strategy\'s callbacks.',
    remedy: 'Start runs one after the other; send orders from within a callback.',
  },
  STRATEGY_ASYNC: {
    cause: 'A strategy callback returned a value, a promise most likely: what comes after `await` would run at a place that the clock decides.',
    remedy: 'Make the callback synchronous and return nothing.',
  },
  STRATEGY_FAILED: {
    cause: 'In a batch a strategy threw; or its module cannot be loaded, or its worker thread ended before the run did.',
    remedy: 'Look at the message and at `cause`, which is what was thrown.',
  },
  TIMEOUT: {
    cause: 'Something did not happen in the time given for it.',
    remedy: 'Give it more time, or find out what it is waiting for.',
  },
  UNSUPPORTED: {
    cause: 'This part of the API is not built yet.',
    remedy: '`hint` says what can be used instead.',
  },
  LIVELOCK: {
    cause: 'A strategy kept one instant of virtual time busy for 100,000 rounds, so that the clock could not move on.',
    remedy: 'Do not answer every order event with a new order, or give the exchange a latency.',
  },
  BUG: {
    cause: 'haggle broke an invariant of its own.',
    remedy: 'Please report it with the seed and the version in the result.',
  },
})

/**
 * Where an error happened and what helps; both may be missing.
 *
 * @example
 * import { HaggleError, type ErrorDetails } from 'haggle'
 * const details: ErrorDetails = { path: 'rows[3]', hint: 'leave it out' }
 * console.log(new HaggleError('INVALID_DATA', 'no price', details).message)   // rows[3]: no price (leave it out)
 */
export interface ErrorDetails {
  /** The bad field, as `executions[0].latency_ms`. */
  readonly path?: string | undefined
  /** What to do about it. */
  readonly hint?: string | undefined
  /** The error beneath it. */
  readonly cause?: unknown
}

/**
 * The one error class of haggle. What a venue would answer is an event and not an error; what a strategy throws
 * reaches the caller as it is.
 *
 * @example
 * import { HaggleError } from 'haggle'
 * try {
 *   throw new HaggleError('INVALID_ARGUMENT', 'expected a fraction below 1, found 5', { path: 'fees.taker', hint: "'0.001' is 0.1 %" })
 * } catch (error) {
 *   if (!(error instanceof HaggleError)) throw error
 *   console.log(error.code)      // INVALID_ARGUMENT
 *   console.log(error.message)   // fees.taker: expected a fraction below 1, found 5 ('0.001' is 0.1 %)
 * }
 */
export class HaggleError extends Error {
  /** Which kind of error: the part to branch on. */
  readonly code: ErrorCode
  /** The bad field, as `executions[0].latency_ms`, where there is one. */
  declare readonly path?: string
  /** What to do about it, where something better than the message is known. */
  declare readonly hint?: string

  /** An error whose text is `path: message (hint)`. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(describe(message, details), 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    if (details.path) this.path = details.path
    if (details.hint) this.hint = details.hint
  }

  static {
    // On the prototype, so that the name leads the stack and is no field of each error.
    Object.defineProperty(this.prototype, 'name', { value: 'HaggleError', configurable: true, writable: true })
  }
}

function describe(message: string, { path, hint }: ErrorDetails): string {
  return `${path ? `${path}: ` : ''}${message}${hint ? ` (${hint})` : ''}`
}

/** `INVALID_ARGUMENT` at a path. @internal */
export function invalid(path: string, message: string, hint?: string): HaggleError {
  return new HaggleError('INVALID_ARGUMENT', message, { path, hint })
}

/** An error from its parts, with a text that has path and hint in it already. @internal */
export function restored(code: ErrorCode, text: string, { path, hint, ...details }: ErrorDetails): HaggleError {
  const error = new HaggleError(code, text, details)
  return Object.assign(error, path ? { path } : {}, hint ? { hint } : {})
}

/** The same error about a field of something larger. @internal */
export function under(error: HaggleError, parent: string): HaggleError {
  const { code, path = '', hint, message } = error
  const place = path === '' || path.startsWith('[') ? `${parent}${path}` : `${parent}.${path}`
  const text = path !== '' && message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message
  return restored(code, `${place}: ${text}`, { path: place, hint, ...('cause' in error ? { cause: error.cause } : {}) })
}

/** How a value reads in a message: short, and never through a `toString` of the caller's. @internal */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string': return value.length > 60 ? `'${value.slice(0, 57)}...'` : `'${value}'`
    case 'bigint': return `${value}n`
    case 'number': case 'boolean': case 'undefined': return String(value)
    case 'function': return 'a function'
    case 'symbol': return 'a symbol'
    default: return value === null ? 'null' : isRevoked(value) ? 'a revoked proxy' : types.isPromise(value) ? 'a promise'
      : types.isMap(value) ? 'a Map' : types.isSet(value) ? 'a Set' : Array.isArray(value) ? 'a list' : 'an object'
  }
}

/** Whether a value is a proxy that was revoked: every look into it throws. @internal */
export function isRevoked(value: unknown): boolean {
  if (!types.isProxy(value)) return false
  try {
    // It looks through a proxy without asking it.
    Array.isArray(value)
    return false
  } catch {
    return true
  }
}
