import { z } from 'zod'
import type { OutboundPolicy } from '@/lib/connectors/outbound'
import { askUrl } from '@/lib/connectors/outbound-http'
import type { Tenant } from '@/lib/platform/db/tenant'
import { env } from '@/lib/platform/env'
import { type ContextSource, type Facts, keyOf, type Named, tooDeep } from '../rules'
import { type DirectorySource, maxDepth } from '../schema'

/** In characters: as much of an answer is taken. */
const maxAnswer = 512 * 1024
/** What is kept of all enrichers of the process. */
const maxKept = 20_000

const Told = z.object({
  subjects: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  resources: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
})

interface Kept {
  until: number
  facts: Facts | null
}
const kept = globalThis as typeof globalThis & { bailiwickEnriched?: Map<string, Kept> }

/**
 * A service of the organization that knows more of subjects and resources. It is sent
 * `{"subjects":[{"type","id"}],"resources":[…]}` and answers `{"subjects":{"<type>:<id>":{…}},"resources":{…}}`; whom it does not
 * name it knows nothing of. Where it may lie is judged like any connection's address, no redirect is followed.
 */
export function enricherOf(tenant: Tenant, source: DirectorySource): ContextSource {
  const { name, url, types, timeoutMs, freshSeconds, whenAbsent } = source
  return {
    ...{ name, timeoutMs, whenAbsent },
    async read({ subjects, resources }, signal) {
      kept.bailiwickEnriched ??= new Map()
      const store = kept.bailiwickEnriched
      const now = Date.now()
      const place = (side: string, key: string) => `${tenant.orgId}\n${name}\n${url}\n${side}\n${key}`
      const known = { subjects: new Map<string, Facts>(), resources: new Map<string, Facts>() }
      const missing: Named = { subjects: [], resources: [] }
      for (const side of ['subjects', 'resources'] as const)
        for (const each of { subjects, resources }[side]) {
          if (!types.includes(each.type)) continue
          const found = store.get(place(side, keyOf(each)))
          if (!found || found.until <= now) missing[side].push(each)
          else if (found.facts) known[side].set(keyOf(each), found.facts)
        }
      if (missing.subjects.length + missing.resources.length === 0) return known
      const told = await ask(url, missing, signal)
      for (const side of ['subjects', 'resources'] as const)
        for (const each of missing[side]) {
          const facts = Object.hasOwn(told[side], keyOf(each)) ? (told[side][keyOf(each)] ?? null) : null
          if (facts) known[side].set(keyOf(each), facts)
          if (freshSeconds > 0) store.set(place(side, keyOf(each)), { until: now + freshSeconds * 1000, facts })
        }
      if (store.size > maxKept) store.clear()
      return known
    },
  }
}

async function ask(url: string, named: Named, signal: AbortSignal) {
  const policy: OutboundPolicy = { allow: env().OUTBOUND_NETWORKS, allowLoopback: env().OUTBOUND_LOOPBACK }
  const headers = { 'content-type': 'application/json' }
  const answer = await askUrl(url, policy, { method: 'POST', headers, body: JSON.stringify(named) }, signal)
  if (answer.status !== 200) throw new Error(`the source answered ${answer.status}`)
  if (answer.text.length > maxAnswer) throw new Error('the answer of the source is too large')
  const told: unknown = JSON.parse(answer.text)
  if (tooDeep(told, maxDepth) !== undefined) throw new Error('the answer of the source is nested too deeply')
  return Told.parse(told)
}
