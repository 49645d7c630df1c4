import { createHash } from 'node:crypto'
import type { NodeRef } from '../contract'
import { expiry, type Fields, flag, idText, instant, instantOrNull, isFields, list, own, text } from './fields'
import { addProject, addUser, type Mapping, placeOf, withAttributes } from './mapping'
import type { Hint } from './unwrap'

/** `SHA256:…` of a public key, as GitLab's pages print it; `undefined` when the key is not whole. */
export function sshFingerprint(key: string): string | undefined {
  const blob = /(?:^|\s)(AAAA[A-Za-z0-9+/]{40,}={0,2})(?:\s|$)/.exec(key)?.[1]
  if (blob === undefined) return undefined
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`
}

function printOf(value: Fields): string | undefined {
  return text(own(value, 'fingerprint_sha256')) ?? sshFingerprint(text(value.key) ?? '')
}

/** A deploy key: one key, which may open several projects, with its own right in each. */
export function mapDeployKey(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const id = idText(value.id)
  if (id === undefined) {
    records.refuse(at, 'a deploy key without an id')
    return
  }
  const name = text(value.title) ?? `deploy key ${id}`
  const createdAt = instant(own(value, 'created_at'))
  const identity = records.add({
    type: 'identity',
    externalId: `deploy-key:${id}`,
    kind: 'api_client',
    name,
    status: 'active',
    createdAt,
    ...withAttributes({ canPush: flag(own(value, 'can_push')) }),
  })
  records.add({
    type: 'credential',
    externalId: `deploy-key:${id}`,
    subject: identity,
    credentialType: 'ssh_key',
    name,
    status: 'active',
    createdAt,
    expiresAt: expiry(own(value, 'expires_at')),
    lastUsedAt: instantOrNull(own(value, 'last_used_at')),
    ...withAttributes({ sshFingerprint: printOf(value) }),
  })
  const grant = (to: NodeRef | undefined, push: boolean) => {
    if (to !== undefined)
      records.edge({
        kind: 'grants',
        from: identity,
        to,
        basis: 'entitlement',
        scopes: [push ? 'push' : 'pull'],
        privilege: push ? 'write' : 'read',
      })
  }
  const writable = list(own(value, 'projects_with_write_access'))
  const readable = list(own(value, 'projects_with_readonly_access'))
  for (const project of writable) grant(addProject(project, mapping), true)
  for (const project of readable) grant(addProject(project, mapping), false)
  const push = flag(own(value, 'can_push'))
  if (push === undefined) return
  const place = placeOf(hint, mapping)
  if (place === undefined)
    records.unresolved(`the project of deploy key ${id}`, at, 'the listing does not say of which project its keys are')
  else grant(place, push)
}

/** An SSH key of a user, or a group's SSH certificate authority. */
export function mapSshKey(value: Fields, at: string, mapping: Mapping): void {
  const id = idText(value.id)
  if (id === undefined) {
    mapping.records.refuse(at, 'an SSH key without an id')
    return
  }
  const user = isFields(value.user) ? addUser(value.user, mapping, 'has an SSH key') : undefined
  mapping.records.add({
    type: 'credential',
    externalId: `ssh-key:${id}`,
    ...(user === undefined ? {} : { subject: user }),
    credentialType: 'ssh_key',
    name: text(value.title) ?? `SSH key ${id}`,
    status: 'active',
    createdAt: instant(own(value, 'created_at')),
    expiresAt: expiry(own(value, 'expires_at')),
    lastUsedAt: instantOrNull(own(value, 'last_used_at')),
    ...withAttributes({ usage: text(own(value, 'usage_type')), sshFingerprint: printOf(value) }),
  })
}
