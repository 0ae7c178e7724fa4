import { types } from 'node:util'
import { errorTable, HaggleError, type ErrorCode } from '../errors'

/**
 * What the core threw, as a {@link HaggleError}; everything else as it is.
 *
 * The core's errors are known by three own properties: a `code` of the table, `path` and `hint` (texts, empty where
 * there is none). All three are asked for, because what a strategy throws comes through the same door and has to
 * reach the caller untouched, be it an Error with a `code` of its own.
 * @internal
 */
export function fromNative(error: unknown): unknown {
  if (error instanceof HaggleError || !isError(error)) return error
  const code = own(error, 'code')
  const path = own(error, 'path')
  const hint = own(error, 'hint')
  if (code === undefined || path === undefined || hint === undefined || !Object.hasOwn(errorTable, code)) return error
  const converted = new HaggleError(code as ErrorCode, error.message, { path, hint })
  Error.captureStackTrace(converted, fromNative)
  return converted
}

/**
 * What napi itself threw around a call in which no code of the caller's ran: its own words for a borrowed object
 * and for a panic that nothing else caught become codes of the table.
 * @internal
 */
export function fromGlue(error: unknown): unknown {
  const converted = fromNative(error)
  if (converted instanceof HaggleError || !isError(error)) return converted
  const status = own(error, 'code')
  if (status === 'InvalidArg' && error.message.includes('borrow')) {
    return new HaggleError('REENTRANT', 'this object is in use by a call that has not returned', { cause: error })
  }
  if (status !== undefined && STATUSES.has(status)) {
    return new HaggleError('BUG', error.message || status, { hint: errorTable.BUG.remedy, cause: error })
  }
  return error
}

/** Calls the core where no code of the caller's can run inside, and turns what it throws into {@link HaggleError}s. @internal */
export function call<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw fromGlue(error)
  }
}

// The statuses with which napi says that an argument had the wrong type or that an export panicked.
const STATUSES = new Set([
  'InvalidArg', 'ObjectExpected', 'StringExpected', 'NameExpected', 'FunctionExpected', 'NumberExpected', 'BooleanExpected',
  'ArrayExpected', 'GenericFailure', 'BigintExpected', 'DateExpected', 'ArrayBufferExpected', 'HandleScopeMismatch',
])

/**
 * Whether it is an error, of any realm: where code runs in a `vm` context, as in jest, the core still makes errors
 * of the realm that loaded it, and they are no `instanceof Error` there.
 * @internal
 */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value)
}

function own(error: Error, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value
  return typeof value === 'string' ? value : undefined
}
