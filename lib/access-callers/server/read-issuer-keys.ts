import { createRemoteJWKSet, customFetch, type FetchImplementation, type RemoteJWKSet } from 'jose'
import { z } from 'zod'
import type { OutboundPolicy } from '@/lib/connectors/outbound'
import { askUrl } from '@/lib/connectors/outbound-http'
import type { Tenant } from '@/lib/platform/db/tenant'
import { env } from '@/lib/platform/env'
import { metadataPlaces } from '../rules'

/** In characters: as much of an answer is taken. */
const maxAnswer = 512 * 1024
/** In milliseconds. */
const answerMs = 5000
/** For how long keys are used without asking again: a key that its issuer withdrew signs for no longer. */
const keysMs = 300_000
const mostSets = 500

const sets = new Map<string, RemoteJWKSet>()

/** An http or https address of an organization's own choice: judged like any connection's, no redirect is followed. */
async function read(url: string, signal: AbortSignal): Promise<string> {
  const policy: OutboundPolicy = { allow: env().OUTBOUND_NETWORKS, allowLoopback: env().OUTBOUND_LOOPBACK }
  const answer = await askUrl(url, policy, { method: 'GET' }, signal)
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  if (answer.text.length > maxAnswer) throw new Error(`what ${url} answered is too large`)
  return answer.text
}

const guarded: FetchImplementation = async (url, { signal }) => new Response(await read(url, signal))

/** The keys of an issuer, asked for once for all that a process checks, and again when a token names one that is not among them. */
export function keysOf(tenant: Tenant, jwksUrl: string): RemoteJWKSet {
  const place = `${tenant.orgId} ${jwksUrl}`
  const known = sets.get(place)
  if (known) return known
  const fresh = createRemoteJWKSet(new URL(jwksUrl), {
    ...{ timeoutDuration: answerMs, cacheMaxAge: keysMs, [customFetch]: guarded },
  })
  if (sets.size >= mostSets) sets.clear()
  sets.set(place, fresh)
  return fresh
}

const Metadata = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) })

/** Where an issuer's keys are, by its own metadata. @throws Error that says why not */
export async function findKeyPlace(issuer: string): Promise<string> {
  const problems: string[] = []
  for (const place of metadataPlaces(issuer))
    try {
      const metadata = Metadata.parse(JSON.parse(await read(place, AbortSignal.timeout(answerMs))))
      if (metadata.issuer !== issuer) throw new Error(`${place} speaks of another issuer: ${metadata.issuer}`)
      return metadata.jwks_uri
    } catch (error) {
      const isForm = error instanceof z.ZodError || error instanceof SyntaxError
      problems.push(isForm ? `${place} is no metadata of an issuer` : (error as Error).message)
    }
  throw new Error(problems.join('; '))
}

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), use: z.string().optional() })) })

/** How many keys an issuer signs with. @throws Error that says why nobody can say */
export async function countKeys(jwksUrl: string): Promise<number> {
  const text = await read(jwksUrl, AbortSignal.timeout(answerMs))
  const { keys } = KeySet.parse(JSON.parse(text))
  return keys.filter(({ kty, use }) => kty !== 'oct' && (use === undefined || use === 'sig')).length
}
