import type { ForwardedCertificate } from '@/lib/access-callers/rules'
import { resolveCertificateClient, resolveTokenClient } from '@/lib/access-callers/server/resolve-client'
import { keyIdentityRef } from '@/lib/api-keys/rules'
import { hashApiKey, resolveApiKey } from '@/lib/platform/auth/api-key-actor'
import { checkAction, checkMany } from '@/lib/platform/authz/check'
import type { Actor } from '@/lib/platform/context'
import type { Tenant } from '@/lib/platform/db/tenant'
import { AppError, isAppError } from '@/lib/platform/errors'
import { decisionTarget } from '../rules'
import { findKeyIdentity } from './store'

/** A program that asks: whose it is, and how much it may ask. */
export interface Caller {
  tenant: Tenant
  /** An API key, or what asks like one: in its owner's role, narrowed to asking. */
  actor: Actor & { kind: 'api_key' }
  /** As the log names it: `api_key:…` or `client:…`. */
  key: string
  /** Ids under which it is itself a subject. */
  selves: readonly string[]
  mayAskAny: boolean
  /** Nobody could say what the key may ask: the policy engine is away. */
  isUndecided: boolean
}

/** For how long what is known of a key is used again, in milliseconds: a revoked key is refused after this at the latest. */
const freshMs = 500
const most = 2000

interface Known {
  at: number
  caller: Promise<Caller>
}
const kept = globalThis as typeof globalThis & { bailiwickCallers?: Map<string, Known> }

export interface Credentials {
  authorization: string | null
  /** The id of the organization, for those who have no API key. */
  organization: string | null
  /** What a proxy that we believe says of the client's certificate. */
  certificate: ForwardedCertificate | undefined
}

/**
 * Who asks: by an API key, an access token of an issuer that the organization told of, or a certificate that a known proxy checked.
 * @throws AppError `unauthenticated`; `forbidden` for who may not ask at all; `upstream_failed` when nobody can say
 */
export async function resolveCaller(given: Credentials, now = Date.now()): Promise<Caller> {
  const { authorization, organization, certificate } = given
  const [, token] = /^bearer +(\S{1,8000})$/i.exec(authorization ?? '') ?? []
  if (!token && (authorization !== null || !certificate))
    throw new AppError('unauthenticated', 'Send an API key or an access token: Authorization: Bearer ….')
  kept.bailiwickCallers ??= new Map()
  const callers = kept.bailiwickCallers
  const hash = hashApiKey(JSON.stringify([token, organization, certificate]))
  const known = callers.get(hash)
  if (known && now - known.at < freshMs) return known.caller
  const caller = readCaller(token, given)
  // Only who was let in is remembered: floods of wrong keys take no memory.
  callers.set(hash, { at: now, caller })
  caller.then(
    ({ isUndecided }) => isUndecided && callers.delete(hash),
    () => callers.delete(hash),
  )
  if (callers.size > most) for (const [key, { at }] of callers) if (now - at >= freshMs) callers.delete(key)
  return caller
}

async function readCaller(token: string | undefined, { organization, certificate }: Credentials): Promise<Caller> {
  if (token?.startsWith('bwk_')) return ofKey(token)
  const found = token
    ? await resolveTokenClient(token, organization, certificate)
    : certificate && (await resolveCertificateClient(certificate, organization))
  if (!found) throw new Error('without a token there is a certificate')
  const { tenant, actor, identity } = found
  return { tenant, actor, key: `client:${actor.id}`, selves: [identity.ref, identity.id], ...(await rightsOf(actor)) }
}

async function ofKey(token: string): Promise<Caller> {
  const found = await resolveApiKey(token)
  if (found?.actor.kind !== 'api_key')
    throw new AppError('unauthenticated', 'This API key is not valid: unknown, expired, revoked, or its owner left.')
  const { actor, tenant } = found
  const rights = await rightsOf(actor)
  const ref = keyIdentityRef(actor.id)
  const identity = await findKeyIdentity(tenant, ref)
  return { tenant, actor, key: `api_key:${actor.id}`, selves: [ref, ...(identity ? [identity] : [])], ...rights }
}

/** @throws AppError `forbidden` for who may not ask at all */
async function rightsOf(actor: Caller['actor']): Promise<Pick<Caller, 'mayAskAny' | 'isUndecided'>> {
  const [can, problem] = await Promise.all([
    checkMany(actor, ['ask', 'ask_any'], [decisionTarget]).then(([each]) => each),
    // The same question once more, in the form that tells a no from silence.
    checkAction(actor, 'ask', decisionTarget).then(
      () => undefined,
      (error: unknown) => error,
    ),
  ])
  if (problem !== undefined && !isAppError(problem)) throw problem
  if (problem === undefined && can?.ask !== true)
    throw new AppError('forbidden', 'It may not ask the decision point: an API key needs the scope decisions:ask.')
  return { mayAskAny: can?.ask_any === true, isUndecided: problem !== undefined }
}
