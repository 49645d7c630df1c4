import type { Context } from '@/lib/platform/context'
import { findStores } from './store'

const most = 20

export interface Stores {
  /** At most 20, by name. */
  shown: { id: string; name: string; kind: string; environment: string | null }[]
  count: number
}

/** The resources that keep each of these credentials. The caller must have been allowed to see the credentials. */
export async function listStores(ctx: Context, credentialIds: readonly string[]): Promise<Map<string, Stores>> {
  const found = new Map<string, Stores>()
  for (const { credentialId, count, ...store } of await findStores(ctx, credentialIds, most)) {
    const known = found.get(credentialId)
    if (known) known.shown.push(store)
    else found.set(credentialId, { shown: [store], count })
  }
  return found
}
