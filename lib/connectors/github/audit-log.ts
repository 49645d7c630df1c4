import type { Privilege } from '../contract'
import { wordTable } from '../word-table'
import { type Fields, flag, idText, instant, own, text } from './fields'
import { addAccount, addLogin, addOwner, addRepository, type Mapping, withAttributes } from './mapping'

/** Actions whose privilege is sure; the others are shown without one. */
const known: Record<string, Privilege> = wordTable({
  'git.clone': 'read',
  'git.fetch': 'read',
  'git.push': 'write',
  'repo.download_zip': 'read',
})

/** An entry of the audit log: who acted, and with which token. Bots' use of repositories becomes observed edges. */
export function mapAuditEvent(value: Fields, at: string, mapping: Mapping): void {
  const { records } = mapping
  const action = text(value.action) ?? ''
  const time = instant(own(value, '@timestamp')) ?? instant(own(value, 'created_at'))
  const login = text(value.actor)
  const organization = text(value.org)
  if (organization !== undefined) addOwner(organization, mapping)
  const repository = addRepository({ full_name: text(value.repo) }, mapping)
  const affected = text(value.user)
  if (affected !== undefined) addLogin(affected, mapping, 'is named in the audit log')
  if (login === undefined) {
    records.passOver(at, 'an entry of the audit log that names no actor')
    return
  }
  const isBot = flag(own(value, 'actor_is_bot')) === true
  const actor = addAccount(isBot ? { login, type: 'Bot' } : { login }, mapping, 'acted in the audit log')
  if (actor === undefined) return
  if (actor.type === 'identity') {
    records.add({
      type: 'identity',
      externalId: actor.externalId,
      kind: isBot ? 'bot' : 'service_account',
      name: login,
      status: 'active',
      lastUsedAt: time,
    })
    const privilege = Object.hasOwn(known, action) ? known[action] : undefined
    if (repository !== undefined)
      records.edge({
        kind: 'grants',
        from: actor,
        to: repository,
        basis: 'observed',
        scopes: [action],
        lastUsedAt: time,
        ...(privilege === undefined
          ? { notEvaluable: 'seen in use; what it may do besides is not in the log' }
          : { privilege }),
      })
  }
  const token = idText(own(value, 'token_id'))
  const access = text(own(value, 'programmatic_access_type'))
  if (token === undefined || access === undefined) return
  records.add({
    type: 'credential',
    externalId: `pat:${token}`,
    subject: actor,
    credentialType: 'access_token',
    name: `token ${token}`,
    status: 'unknown',
    lastUsedAt: time,
    ...withAttributes({ tokenKind: access.toLowerCase(), seenInAuditLog: true }),
  })
}
