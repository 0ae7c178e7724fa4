import { HaggleError, restored, type ErrorCode } from '../errors'
import type { RunOutcome } from '../results/run'

/*
 * What goes between the calling thread and a worker: plain data, since functions and objects of ours do not survive the way.
 */

/** What a worker is started with. @internal */
export interface Start {
  /** Of the prepared data. */
  readonly ticket: number
  /** One 64-bit number: market rows that the present run has done. */
  readonly rows: SharedArrayBuffer
}

/** One run. @internal */
export interface Request {
  /** The module whose default export makes the strategy. */
  readonly url: string
  /** The run's other arguments, as the core reads them. */
  readonly dynamic: string
  /** Whether all of the outcome is asked for, and not only the summary. */
  readonly isWhole: boolean
}

/** What came of it. @internal */
export type Answer = { readonly outcome: RunOutcome } | { readonly summary: string } | { readonly error: Packed }

/** Something thrown, on its way. @internal */
export type Packed =
  | { readonly kind: 'haggle', readonly code: ErrorCode, readonly text: string, readonly path: string | undefined, readonly hint: string | undefined, readonly stack: string | undefined, readonly cause?: Packed }
  | { readonly kind: 'value', readonly value: unknown }
  | { readonly kind: 'text', readonly name: string, readonly text: string, readonly stack: string | undefined }

/** Packs what was thrown, of any type. @internal */
export function packed(thrown: unknown): Packed {
  if (thrown instanceof HaggleError) {
    const { code, message: text, path, hint, stack } = thrown
    return { kind: 'haggle', code, text, path, hint, stack, ...('cause' in thrown ? { cause: packed(thrown.cause) } : {}) }
  }
  try {
    return { kind: 'value', value: structuredClone(thrown) }
  } catch {
    // A function, or something that has one: its words have to do.
    return thrown instanceof Error
      ? { kind: 'text', name: String(thrown.name), text: String(thrown.message), stack: String(thrown.stack) }
      : { kind: 'text', name: 'Error', text: `a ${typeof thrown} that cannot be sent from one thread to another was thrown`, stack: undefined }
  }
}

/** What was thrown there, to be thrown here. @internal */
export function unpacked(sent: Packed): unknown {
  switch (sent.kind) {
    case 'value': return sent.value
    case 'haggle': {
      const { code, text, path, hint, stack, cause } = sent
      return withStack(restored(code, text, { path, hint, ...(cause ? { cause: unpacked(cause) } : {}) }), stack)
    }
    case 'text': return withStack(Object.assign(new Error(sent.text), { name: sent.name }), sent.stack)
  }
}

/** The stack of the worker says where it happened. */
function withStack<T extends Error>(error: T, stack: string | undefined): T {
  if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
  return error
}
