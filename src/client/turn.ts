import * as timers from 'node:timers'

// As it was when this was loaded: what a test runner puts in its place is for what is tested.
const nextTurn = timers.setImmediate
const CLOSES_PER_TURN = 64
let closes = 0

/**
 * Waits now and then for the event loop: only between its turns Node frees what collected native objects leave behind, and a loop that
 * makes and closes clients, waiting for nothing else, would never give it one.
 * @internal
 */
export async function turnAfterClose(): Promise<void> {
  closes = (closes + 1) % CLOSES_PER_TURN
  if (closes === 0) await new Promise<void>((done) => { nextTurn(done) })
}
