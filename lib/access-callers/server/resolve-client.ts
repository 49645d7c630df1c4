import { decodeJwt, errors, jwtVerify } from 'jose'
import { type Actor, roles } from '@/lib/platform/context'
import { type Tenant, tenantOf } from '@/lib/platform/db/tenant'
import { AppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import type { ForwardedCertificate } from '../rules'
import { keysOf } from './read-issuer-keys'
import { readClient, readIssuer, type StoredCaller, touchClient } from './store'

/** A program that asks without an API key: an actor in its owner's role, narrowed to asking, and the identity that it is. */
export interface ResolvedClient {
  tenant: Tenant
  actor: Actor & { kind: 'api_key' }
  identity: { id: string; ref: string }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** What is signed with a secret that both sides know proves nothing of its issuer. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** An access token (RFC 9068), or one that does not say what it is. */
const tokenTypes = ['at+jwt', 'application/at+jwt', 'jwt', undefined]
/** By how much clocks may differ, in seconds. */
const toleranceSeconds = 10

const refuse = (message: string, detail?: string) => new AppError('unauthenticated', message, { detail })

/** The organization that a client names. It is asked for, since two organizations may know the same issuer. */
function tenantNamed(organization: string | null): Tenant {
  if (organization === null || !uuid.test(organization))
    throw refuse(
      'Send the id of your organization too: X-Organization-Id. It stands in the settings, under Decision point.',
    )
  return tenantOf(organization.toLowerCase())
}

/**
 * Whose access token this is: of an issuer that the organization told of, for its audience, not expired, and of a client that stands
 * for an identity. One that is bound to a certificate (RFC 8705) counts with that certificate alone; one that is bound to a key, never.
 * @throws AppError `unauthenticated`; `upstream_failed` while the issuer's keys cannot be read
 */
export async function resolveTokenClient(
  token: string,
  organization: string | null,
  certificate?: ForwardedCertificate,
): Promise<ResolvedClient> {
  const tenant = tenantNamed(organization)
  const named = issuerNamed(token)
  const issuer = await readIssuer(tenant, named)
  if (!issuer)
    throw refuse('This organization knows no issuer of such tokens. Settings, Decision point, lists them.', named)
  const { payload, protectedHeader } = await verified(tenant, token, issuer)
  const type = protectedHeader.typ?.toLowerCase()
  if (!tokenTypes.includes(type)) throw refuse('This is no access token: its type is another one.', `type ${type}`)
  demandBinding(payload.cnf, certificate)
  const client = payload[issuer.clientClaim]
  if (typeof client !== 'string' || client === '')
    throw refuse(`This access token names no client: it has no claim ${issuer.clientClaim}.`)
  return clientOf(tenant, await readClient(tenant, issuer.id, [client]), 'OAuth client')
}

/** Whose certificate this is, as a proxy tells that we believe. @throws AppError `unauthenticated` */
export async function resolveCertificateClient(
  certificate: ForwardedCertificate,
  organization: string | null,
): Promise<ResolvedClient> {
  const tenant = tenantNamed(organization)
  const names = [certificate.uri, certificate.subject].filter((name) => name !== null)
  return clientOf(tenant, await readClient(tenant, null, names), 'certificate')
}

function issuerNamed(token: string): string {
  try {
    const { iss } = decodeJwt(token)
    if (typeof iss === 'string' && iss.length <= 2000) return iss
  } catch {
    // Told below.
  }
  throw refuse('Send an API key (Authorization: Bearer bwk_…) or an access token: this is neither.')
}

async function verified(tenant: Tenant, token: string, issuer: { issuer: string; audience: string; jwksUrl: string }) {
  try {
    return await jwtVerify(token, keysOf(tenant, issuer.jwksUrl), {
      ...{ issuer: issuer.issuer, audience: issuer.audience, algorithms, clockTolerance: toleranceSeconds },
      requiredClaims: ['exp'],
    })
  } catch (error) {
    const told = explainProblem(error)
    if (told) throw refuse(`This access token is not valid: ${told}.`)
    log.warn({ org: tenant.orgId, reason: String(error).slice(0, 200) }, 'the keys of an issuer could not be read')
    throw new AppError(
      'upstream_failed',
      'The keys of the token’s issuer could not be read. Take it for a no, and ask again.',
      {
        retryAfterSeconds: 1,
      },
    )
  }
}

/** What is wrong with a token; undefined when it is not the token. */
function explainProblem(error: unknown): string | undefined {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is not as it must be`
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'it names no key of its issuer'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is not of its issuer'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'it is signed in a way that proves nothing'
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'it is damaged'
  return undefined
}

/** @throws AppError `unauthenticated` for a token that whoever sends it may have found */
function demandBinding(confirmation: unknown, certificate: ForwardedCertificate | undefined): void {
  if (confirmation === undefined) return
  const bound = (confirmation as { 'x5t#S256'?: unknown } | null)?.['x5t#S256']
  if (typeof bound !== 'string') throw refuse('This access token is bound to a key, which cannot be checked here.')
  const shown = certificate?.hash ? Buffer.from(certificate.hash, 'hex').toString('base64url') : undefined
  if (shown !== bound) throw refuse('This access token is bound to a certificate, and was not sent with it.')
}

async function clientOf(tenant: Tenant, found: StoredCaller | undefined, what: string): Promise<ResolvedClient> {
  const role = roles.find((known) => known === found?.role)
  if (!found || !role)
    throw refuse(
      'This client stands for no identity here, or nobody answers for it any more. Settings, Decision point.',
    )
  if (found.isTouchDue)
    touchClient(tenant, found.id).catch((error: unknown) =>
      log.warn({ err: error }, 'the use of a client was not noted'),
    )
  const { id, ownerId, teamIds, mayAskAny, identityId, identityRef, subject } = found
  const scopes = ['decisions:ask', ...(mayAskAny ? ['decisions:ask_any'] : [])]
  return {
    tenant,
    actor: { kind: 'api_key', id, name: `${what} ${subject}`.slice(0, 300), ownerId, role, teamIds, scopes },
    identity: { id: identityId, ref: identityRef },
  }
}
