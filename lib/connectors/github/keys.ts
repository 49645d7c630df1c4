import { createHash } from 'node:crypto'
import type { NodeRef } from '../contract'
import { type Fields, flag, instant, instantOrNull, own, text } from './fields'
import { scopeOfAddress } from './ids'
import { addAccount, addLogin, addRepository, idOrRefuse, type Mapping, withAttributes } from './mapping'

/** `SHA256:…` as GitHub's pages and audit log print it; `undefined` when the key is not whole. Public, not a secret. */
export function sshFingerprint(key: string): string | undefined {
  const blob = /(?:^|\s)(AAAA[A-Za-z0-9+/]{40,}={0,2})(?:\s|$)/.exec(key)?.[1]
  if (blob === undefined) return undefined
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`
}

/** A deploy key: a principal of its own that opens one repository, with its SSH key as credential. */
export function mapDeployKey(
  value: Fields,
  at: string,
  mapping: Mapping,
  event: { repository?: NodeRef | undefined; deleted?: boolean; path?: string | undefined } = {},
): void {
  const { records, assumed } = mapping
  const id = idOrRefuse(value, at, 'a deploy key', records)
  if (id === undefined) return
  const readOnly = flag(own(value, 'read_only'))
  const title = text(value.title) ?? `deploy key ${id}`
  const enabled = flag(value.enabled) !== false && !event.deleted
  const lastUsedAt = instantOrNull(own(value, 'last_used'))
  const createdAt = instant(own(value, 'created_at'))
  const addedBy = text(own(value, 'added_by'))
  const scope =
    scopeOfAddress(text(value.url) ?? '') ??
    scopeOfAddress(event.path ?? '') ??
    (assumed?.kind === 'repository' ? assumed : undefined)
  const fullName =
    scope?.owner === undefined || scope.repository === undefined ? undefined : `${scope.owner}/${scope.repository}`
  const facts = withAttributes({
    readOnly,
    verified: flag(value.verified),
    repository: fullName,
    addedBy,
    deleted: event.deleted ? true : undefined,
  })
  const identity = records.add({
    type: 'identity',
    externalId: `deploy-key:${id}`,
    kind: 'api_client',
    name: title,
    status: enabled ? 'active' : 'disabled',
    createdAt,
    lastUsedAt,
    ...facts,
    ...(addedBy === undefined ? {} : { ownerHints: [{ value: addedBy, from: 'added the deploy key' }] }),
  })
  const print = sshFingerprint(text(value.key) ?? '')
  records.add({
    type: 'credential',
    externalId: `deploy-key:${id}`,
    subject: identity,
    credentialType: 'ssh_key',
    name: title,
    status: enabled ? 'active' : 'disabled',
    createdAt,
    expiresAt: null,
    lastUsedAt,
    ...withAttributes({ readOnly, verified: flag(value.verified), sshFingerprint: print }),
  })
  if (addedBy !== undefined) addLogin(addedBy, mapping, 'added a deploy key')
  if (event.deleted) return
  const repository =
    event.repository ?? (fullName === undefined ? undefined : addRepository({ full_name: fullName }, mapping))
  if (repository === undefined) {
    records.unresolved(`the repository of deploy key ${id}`, at, 'the listing does not name its repository')
    return
  }
  const rights =
    readOnly === undefined
      ? { notEvaluable: 'the file does not say whether the key may write' }
      : readOnly
        ? { scopes: ['contents:read'], privilege: 'read' as const }
        : { scopes: ['contents:write'], privilege: 'write' as const }
  records.edge({ kind: 'grants', from: identity, to: repository, basis: 'entitlement', ...rights })
}

/** An SSH key of a user: of whom, the listing of one's own keys does not say. */
export function mapUserKey(value: Fields, at: string, mapping: Mapping): void {
  const id = idOrRefuse(value, at, 'an SSH key', mapping.records)
  if (id === undefined) return
  const user = addAccount(value.user, mapping, 'has an SSH key')
  mapping.records.add({
    type: 'credential',
    externalId: `ssh-key:${id}`,
    ...(user === undefined ? {} : { subject: user }),
    credentialType: 'ssh_key',
    name: (text(value.title) ?? `SSH key ${id}`).slice(0, 200),
    status: 'active',
    createdAt: instant(own(value, 'created_at')),
    expiresAt: null,
    lastUsedAt: instantOrNull(own(value, 'last_used')),
    ...withAttributes({
      verified: flag(value.verified),
      readOnly: flag(own(value, 'read_only')),
      sshFingerprint: sshFingerprint(text(value.key) ?? ''),
    }),
  })
}

/** A GPG key of a user. */
export function mapGpgKey(value: Fields, at: string, mapping: Mapping): void {
  const id = idOrRefuse(value, at, 'a GPG key', mapping.records)
  if (id === undefined) return
  mapping.records.add({
    type: 'credential',
    externalId: `gpg-key:${id}`,
    credentialType: 'signing_key',
    name: text(value.name) ?? text(own(value, 'key_id')) ?? `GPG key ${id}`,
    status: flag(value.revoked) === true ? 'disabled' : 'active',
    createdAt: instant(own(value, 'created_at')),
    expiresAt: instantOrNull(own(value, 'expires_at')),
    ...withAttributes({ keyId: text(own(value, 'key_id')), canSign: flag(own(value, 'can_sign')) }),
  })
}
