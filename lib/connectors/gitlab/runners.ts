import type { NodeRef } from '../contract'
import { expiry, type Fields, flag, idText, instant, list, own, text, texts } from './fields'
import { addGroup, addInstance, addProject, type Mapping, placeOf, withAttributes } from './mapping'
import { secretMarks } from './tokens'
import type { Hint } from './unwrap'

/** A runner: it gets the jobs of its project, group or instance, and with them their variables. */
export function mapRunner(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const id = idText(value.id)
  if (id === undefined) {
    records.refuse(at, 'a runner without an id')
    return
  }
  const sort = text(own(value, 'runner_type'))
  const stopped = flag(value.paused) === true || flag(value.active) === false
  const runner = records.add({
    type: 'identity',
    externalId: `runner:${id}`,
    kind: 'workload',
    name: text(value.description) ?? text(value.name) ?? `runner ${id}`,
    status: stopped ? 'disabled' : flag(value.active) === true || flag(value.paused) === false ? 'active' : 'unknown',
    createdAt: instant(own(value, 'created_at')),
    lastUsedAt: instant(own(value, 'contacted_at')),
    ...withAttributes({
      runnerType: sort,
      connection: text(value.status),
      tags: texts(own(value, 'tag_list')),
      runsUntagged: flag(own(value, 'run_untagged')),
      locked: flag(value.locked),
      jobsOf: text(own(value, 'access_level'))?.replaceAll('_', ' '),
      platform: text(value.platform),
      architecture: text(value.architecture),
    }),
  })
  if (text(value.token) !== undefined) addRunnerToken(id, value, runner, mapping)
  const places = [
    ...list(value.projects).map((entry) => addProject(entry, mapping)),
    ...list(value.groups).map((entry) => addGroup(entry, mapping)),
    sort === 'instance_type' ? addInstance(mapping) : placeOf(hint, mapping),
  ]
  for (const to of places)
    if (to !== undefined)
      records.edge({
        kind: 'grants',
        from: runner,
        to,
        basis: 'inferred',
        scopes: ['run jobs'],
        privilege: 'secret_read',
      })
}

/** The answer that makes a runner or resets its token. */
export function mapIssuedRunner(value: Fields, at: string, mapping: Mapping): void {
  const id = idText(value.id)
  if (id === undefined) {
    mapping.records.refuse(at, 'a runner without an id')
    return
  }
  const runner = mapping.records.add({
    type: 'identity',
    externalId: `runner:${id}`,
    kind: 'workload',
    name: `runner ${id}`,
    status: 'active',
  })
  addRunnerToken(id, value, runner, mapping)
}

function addRunnerToken(id: string, value: Fields, subject: NodeRef, mapping: Mapping): void {
  mapping.records.add({
    type: 'credential',
    externalId: `runner:${id}#token`,
    subject,
    credentialType: 'access_token',
    name: `token of runner ${id}`,
    status: 'active',
    ...secretMarks(value.token, mapping),
    expiresAt: expiry(own(value, 'token_expires_at')),
  })
}
