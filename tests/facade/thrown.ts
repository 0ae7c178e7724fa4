import { HaggleError } from '../../src/errors'

/** What `run` throws, which has to be one of our errors. */
export function thrown(run: () => unknown): HaggleError {
  try {
    run()
  } catch (error) {
    if (error instanceof HaggleError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
