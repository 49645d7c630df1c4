import { contextForJob } from '@/lib/platform/auth/request-context'
import { env } from '@/lib/platform/env'
import { pushMethod } from '../schema'
import { findKey } from './store'

/** By what an organization's events name where they come from: each organization is an issuer of its own. */
export const issuerOf = (orgId: string): string => `${env().PUBLIC_URL}/access/v1/signals/${orgId}`

/** Who sends events and how streams are managed (Shared Signals Framework 1.0, section 6). Open to everybody: addresses only. */
export function getTransmitter(orgId: string): Record<string, unknown> {
  const api = `${env().PUBLIC_URL}/api/v1/ssf`
  return {
    spec_version: '1_0',
    issuer: issuerOf(orgId),
    jwks_uri: `${issuerOf(orgId)}/keys`,
    delivery_methods_supported: [pushMethod],
    configuration_endpoint: `${api}/streams`,
    status_endpoint: `${api}/status`,
    verification_endpoint: `${api}/verify`,
    critical_subject_members: ['tenant', 'user', 'session', 'resource'],
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6750' }],
    default_subjects: 'ALL',
  }
}

/** What its events can be checked with; no keys for who has none, or is nobody. */
export async function getTransmitterKeys(orgId: string): Promise<{ keys: Record<string, unknown>[] }> {
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(orgId)
  const key = isUuid ? await findKey(contextForJob(orgId, 'signals')) : undefined
  return { keys: key ? [{ ...key.public, kid: key.id, alg: 'RS256', use: 'sig' }] : [] }
}
