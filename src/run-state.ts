import { HaggleError } from './errors'

/** Whether a callback of a strategy is on the stack of this thread. */
let isInside = false

/** Runs a part of a back-test in which callbacks of the user are called. @internal */
export function inside<T>(run: () => T): T {
  const wasInside = isInside
  isInside = true
  try {
    return run()
  } finally {
    isInside = wasInside
  }
}

/** Refuses to start a run inside of another's callback. @internal */
export function refuseInside(what: string): void {
  if (!isInside) return
  throw new HaggleError('REENTRANT', `${what} was called inside a callback of a strategy`, { hint: 'start runs one after the other, outside of callbacks' })
}
