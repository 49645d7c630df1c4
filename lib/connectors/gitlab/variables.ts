import { type Fields, flag, idText, instant, own, publicAddress, text } from './fields'
import { type Mapping, placeOf, withAttributes } from './mapping'
import { credentialTypeOf, isMasked, namesSecret } from './secret-names'
import { secretMarks } from './tokens'
import type { Hint } from './unwrap'

/** A CI variable: a credential when it is masked, hidden or named like one, else a name only. */
export function mapVariable(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const key = text(value.key)
  if (key === undefined) {
    records.refuse(at, 'a variable without a key')
    return
  }
  const place = placeOf(hint, mapping)
  const of = place?.externalId ?? '(unknown)'
  const scope = text(own(value, 'environment_scope')) ?? '*'
  const externalId = `variable:${of}/${key}${scope === '*' ? '' : `@${scope}`}`
  const facts = withAttributes({
    variableType: text(own(value, 'variable_type')),
    protected: flag(value.protected),
    masked: flag(value.masked),
    hidden: flag(value.hidden),
    environmentScope: scope,
    of,
  })
  const isSecret = flag(value.masked) === true || flag(value.hidden) === true || namesSecret(key)
  const environment = /^[\w-]+$/.test(scope) ? { environment: scope.toLowerCase() } : {}
  if (!isSecret) {
    records.add({ type: 'resource', externalId, kind: 'variable', name: key, ...environment, ...facts })
    return
  }
  const store = records.add({
    type: 'resource',
    externalId: `variables:${of}`,
    kind: 'secret_store',
    name: `CI variables of ${of}`,
    ...withAttributes({ scopeUnknown: place === undefined ? true : undefined }),
  })
  if (place === undefined)
    records.unresolved(store.externalId, at, 'the listing does not say of which project or group its variables are')
  const held = text(value.value)
  const credential = records.add({
    type: 'credential',
    externalId,
    credentialType: credentialTypeOf(key),
    name: key,
    status: 'active',
    ...(held === undefined || held.length < 8 || isMasked(held) ? {} : secretMarks(held, mapping)),
    ...facts,
  })
  records.edge({ kind: 'stores', from: store, to: credential, basis: 'declared' })
}

/** A webhook or system hook. GitLab never shows its secret token; newer answers say whether one is set. */
export function mapHook(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const id = idText(value.id)
  if (id === undefined) {
    records.refuse(at, 'a webhook without an id')
    return
  }
  const target = publicAddress(value.url)
  const number = idText(own(value, 'project_id')) ?? idText(own(value, 'group_id'))
  const of =
    number === undefined
      ? (placeOf(hint, mapping)?.externalId ?? 'instance')
      : `${own(value, 'project_id') === undefined ? 'group' : 'project'}:${number}`
  const events = Object.entries(value).flatMap(([name, on]) =>
    on === true && name.endsWith('_events') ? [name.slice(0, -7)] : [],
  )
  const tokenSet = flag(own(value, 'token_present')) ?? (text(value.token) === undefined ? undefined : true)
  const status = text(own(value, 'alert_status'))
  const hook = records.add({
    type: 'resource',
    externalId: `webhook:${of}/${id}`,
    kind: 'webhook',
    name: text(value.name) ?? `webhook to ${target ?? 'an address that is not given'}`,
    ...withAttributes({
      target,
      of,
      events,
      verifiesTls: flag(own(value, 'enable_ssl_verification')),
      secretSet: tokenSet,
      alertStatus: status,
      createdAt: instant(own(value, 'created_at')),
    }),
  })
  if (tokenSet !== true) return
  const credential = records.add({
    type: 'credential',
    externalId: `${hook.externalId}#token`,
    credentialType: 'signing_key',
    name: `secret token of the webhook to ${target ?? '(unknown)'}`,
    status: 'active',
    ...secretMarks(value.token, mapping),
    expiresAt: null,
  })
  records.edge({ kind: 'stores', from: hook, to: credential, basis: 'declared' })
}

/** Whether the job tokens of other projects may come in. */
export function mapJobTokenScope(value: Fields, hint: Hint, mapping: Mapping): void {
  const place = placeOf(hint, mapping)
  mapping.records.add({
    type: 'resource',
    externalId: `job-token-scope:${place?.externalId ?? '(unknown)'}`,
    kind: 'job_token_scope',
    name: `job token scope${place === undefined ? '' : ` of ${place.externalId}`}`,
    ...withAttributes({
      limitsIncoming: flag(own(value, 'inbound_enabled')),
      limitsOutgoing: flag(own(value, 'outbound_enabled')),
    }),
  })
}
