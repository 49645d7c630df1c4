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
  actor: Actor & { kind: 'api_key' }
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

/**
 * Who asks, by `Authorization: Bearer bwk_…`.
 * @throws AppError `unauthenticated`; `forbidden` for a key that may not ask at all; `upstream_failed` when nobody can say
 */
export async function resolveCaller(authorization: string | null, now = Date.now()): Promise<Caller> {
  const [, token] = /^bearer +(\S{1,300})$/i.exec(authorization ?? '') ?? []
  if (!token) throw new AppError('unauthenticated', 'Send an API key: Authorization: Bearer bwk_….')
  kept.bailiwickCallers ??= new Map()
  const callers = kept.bailiwickCallers
  const hash = hashApiKey(token)
  const known = callers.get(hash)
  if (known && now - known.at < freshMs) return known.caller
  const caller = readCaller(token)
  // Only who was let in is remembered: floods of wrong keys take no memory.
  callers.set(hash, { at: now, caller })
  caller.then(
    ({ isUndecided }) => isUndecided && callers.delete(hash),
    () => callers.delete(hash),
  )
  if (callers.size > most) for (const [key, { at }] of callers) if (now - at >= freshMs) callers.delete(key)
  return caller
}

async function readCaller(token: string): Promise<Caller> {
  const found = await resolveApiKey(token)
  if (found?.actor.kind !== 'api_key')
    throw new AppError('unauthenticated', 'This API key is not valid: unknown, expired, revoked, or its owner left.')
  const { actor, tenant } = found
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
    throw new AppError('forbidden', 'This API key may not ask the decision point: it lacks the scope decisions:ask.')
  const ref = keyIdentityRef(actor.id)
  const identity = await findKeyIdentity(tenant, ref)
  return {
    tenant,
    actor,
    selves: [ref, ...(identity ? [identity] : [])],
    mayAskAny: can?.ask_any === true,
    isUndecided: problem !== undefined,
  }
}
