import { z } from 'zod'
import { identityKinds } from '@/lib/connectors/contract'
import { Identity } from '@/lib/identities/schema'
import { apiFetch } from '@/lib/platform/browser/api'
import { looksSecret } from '@/lib/platform/browser/secret-shape'

const shownAtMost = 8

/** Only what the palette shows; the rest of the contract is not its matter. */
const FoundIdentities = z.object({
  items: z.array(Identity.pick({ id: true, kind: true, name: true, environment: true })),
})
export type FoundIdentity = z.infer<typeof FoundIdentities>['items'][number]

export interface PaletteQuery {
  text: string
  /** Of `type:ai_agent billing`; a beginning is enough when only one kind has it. */
  kind?: (typeof identityKinds)[number]
}

/** Splits a `type:` prefix from the words. A prefix that names no kind is taken for words. */
export function parsePaletteQuery(input: string): PaletteQuery {
  const trimmed = input.trim()
  const prefixed = /^(?:type|kind):(\S+)\s*(.*)$/i.exec(trimmed)
  if (!prefixed) return { text: trimmed }
  const wanted = (prefixed[1] ?? '').toLowerCase().replaceAll('-', '_')
  const hits = identityKinds.filter((kind) => kind === wanted || kind.startsWith(wanted))
  const kind = hits.length === 1 ? hits[0] : undefined
  return kind ? { text: prefixed[2] ?? '', kind } : { text: trimmed }
}

/** The identities that a palette query finds, in the server's order; `undefined` query words ask nothing. */
export function paletteIdentitiesQuery(query: PaletteQuery) {
  const isWorthAsking = (query.text.length >= 2 || query.kind !== undefined) && !looksSecret(query.text)
  return {
    queryKey: ['identities', 'palette', query.text, query.kind ?? null] as const,
    enabled: isWorthAsking,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<FoundIdentity[]> => {
      const search = new URLSearchParams({ limit: String(shownAtMost) })
      if (query.text) search.set('q', query.text)
      if (query.kind) search.set('kind', query.kind)
      const page = await apiFetch(`/api/v1/identities?${search}`, { schema: FoundIdentities, signal })
      return page.items
    },
  }
}
