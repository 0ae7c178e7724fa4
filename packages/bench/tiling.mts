// Lets the public API run over the tiled sample. A user has no use for tiling, so the facade has no option for it; the
// core has, and the facade's call is given it here. Everything else is what a user's call does.
import { PERIOD_NS } from './workload.mjs'
import { binding } from './native.mjs'

const NativePrepared = binding.NativePrepared

/** Runs `action` with every back-test repeating its data so often. */
export async function tiled<T>(passes: number, action: () => Promise<T>): Promise<T> {
  const replaced = class extends NativePrepared {
    constructor(data: ConstructorParameters<typeof NativePrepared>[0], constant: string) {
      super(data, constant, passes, PERIOD_NS)
    }
  }
  Object.assign(binding, { NativePrepared: replaced })
  try {
    return await action()
  } finally {
    Object.assign(binding, { NativePrepared })
  }
}
