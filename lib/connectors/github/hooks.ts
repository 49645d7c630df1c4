import { type Fields, flag, idText, instant, isFields, own, publicAddress, text, texts } from './fields'
import { printScope, scopeOfAddress } from './ids'
import { addOwner, addRepository, type Mapping, withAttributes } from './mapping'
import { isMasked, lastFourOf } from './secret-names'

/**
 * A webhook as a resource. GitHub shows a set secret as `********` and leaves an unset one out, so a hook without one
 * sends unsigned. `path` is the request's, where a recorded answer has one.
 */
export function mapHook(value: Fields, at: string, mapping: Mapping, path?: string, deleted = false): void {
  const { records, fingerprint } = mapping
  const config = isFields(value.config) ? value.config : value
  const isConfig = config === value
  const id = isConfig ? /\/hooks\/(\d+)/.exec(path ?? '')?.[1] : idText(value.id)
  const target = publicAddress(config.url)
  if (id === undefined && target === undefined) {
    records.refuse(at, 'a webhook without id and address')
    return
  }
  const address = isConfig ? undefined : text(value.url)
  const scope = scopeOfAddress(address ?? path ?? '')
  if (scope?.owner !== undefined) {
    if (scope.repository === undefined) addOwner(scope.owner, mapping)
    else addRepository({ full_name: `${scope.owner}/${scope.repository}` }, mapping)
  }
  const place = scope === undefined ? (text(value.type) ?? '(unknown)') : printScope(scope)
  const externalId = `webhook:${place}/${id ?? target}`
  const secret = text(config.secret)
  const insecure = config.insecure_ssl
  const hook = records.add({
    type: 'resource',
    externalId,
    kind: 'webhook',
    name: `webhook to ${target ?? 'an address that is not given'}`,
    ...withAttributes({
      target,
      of: place,
      active: deleted ? false : flag(value.active),
      deleted: deleted ? true : undefined,
      events: texts(value.events),
      secretSet: secret !== undefined,
      insecureTls: insecure === undefined ? undefined : String(insecure) === '1',
      contentType: text(config.content_type),
    }),
  })
  if (secret === undefined) return
  const known = isMasked(secret) ? undefined : secret
  const lastFour = known === undefined ? undefined : lastFourOf(known)
  const credential = records.add({
    type: 'credential',
    externalId: `${externalId}#secret`,
    credentialType: 'signing_key',
    name: `secret of the webhook to ${target ?? '(unknown)'}`,
    status: deleted || flag(value.active) === false ? 'disabled' : 'active',
    ...(known === undefined ? {} : { fingerprint: fingerprint(known) }),
    ...(lastFour === undefined ? {} : { lastFour }),
    createdAt: instant(own(value, 'created_at')),
    expiresAt: null,
  })
  records.edge({ kind: 'stores', from: hook, to: credential, basis: 'declared' })
}
