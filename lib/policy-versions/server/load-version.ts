import { setTimeout as sleep } from 'node:timers/promises'
import type { Policy } from '@cerbos/core'
import { parse } from 'yaml'
import { refreshPolicyHash } from '@/lib/decisions/server/read-policy-hash'
import { type VersionPoint, versionPoint } from '@/lib/platform/authz/client'
import type { Tenant } from '@/lib/platform/db/tenant'
import { AppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import type { PolicyFile } from '../schema'
import { isRecord, isTestFile } from './parse-policy'
import { type Base, readBase } from './read-base'
import { findFiles, listInUse } from './store-use'
import { rootOf } from './verify-policy'

type Json = Record<string, unknown>

/** Rules of this name stand in every policy that is given to the decision point, and never decide: they say that it was asked. */
export const markerRule = 'bailiwick-version'
export const pointVersionOf = (baseHash: string): string => `b${baseHash.slice(0, 32)}`
export const scopeOf = (contentHash: string): string => `o${contentHash.slice(0, 40)}`

/** Its condition is never met, and says so: the mark of the very text that was asked. */
const markerOf = (says: string) => ({
  name: markerRule,
  actions: ['*'],
  roles: ['*'],
  effect: 'EFFECT_DENY',
  condition: { match: { expr: 'false' } },
  output: { when: { conditionNotMet: `"${says}"` } },
})

/**
 * A policy under the names it has where it is asked: version and scope follow from its text, so that a name never means two texts, and
 * what is loaded under one is never changed.
 */
function named(policy: Json, baseHash: string, scope: string, mark: string): Json {
  const version = pointVersionOf(baseHash)
  const { resourcePolicy, exportVariables } = policy
  if (isRecord(exportVariables))
    return { ...policy, exportVariables: { ...exportVariables, name: `${exportVariables.name}_${version}` } }
  if (!isRecord(resourcePolicy)) return policy
  const variables = isRecord(resourcePolicy.variables) ? resourcePolicy.variables : {}
  const imports = Array.isArray(variables.import) ? variables.import : []
  const rules = Array.isArray(resourcePolicy.rules) ? resourcePolicy.rules : []
  return {
    ...policy,
    resourcePolicy: {
      ...resourcePolicy,
      ...{ version, scope, rules: [markerOf(mark), ...rules] },
      variables: { ...variables, import: imports.map((name) => `${name}_${version}`) },
    },
  }
}

const baseLoaded = globalThis as typeof globalThis & { bailiwickLoading?: Map<string, Promise<void>> }

/**
 * Gives the decision point a version and what it stands on. Loading the same twice at once is loading it once.
 * @param files null for the product's policies alone
 * @throws AppError `upstream_failed` when there is no such decision point, or it does not take them
 */
export async function loadVersion(files: readonly PolicyFile[] | null, contentHash: string | null): Promise<void> {
  await refreshPolicyHash()
  const base = await readBase()
  baseLoaded.bailiwickLoading ??= new Map()
  const loading = baseLoaded.bailiwickLoading
  const key = `${base.hash} ${contentHash ?? ''}`
  const known = loading.get(key)
  if (known) return known
  const work = give(base, files ?? [], contentHash).finally(() => loading.delete(key))
  loading.set(key, work)
  return work
}

async function give(base: Base, files: readonly PolicyFile[], contentHash: string | null): Promise<void> {
  const point = versionPoint()
  if (!point)
    throw new AppError(
      'upstream_failed',
      'This installation has no decision point for policies of one’s own (VERSIONS_CERBOS_ADDRESS).',
    )
  const version = pointVersionOf(base.hash)
  // What is there is left alone: giving it anew would leave a moment without it, in which every answer by it is a no.
  const isBaseThere = await isThere(point, version, [...base.kinds], '', version)
  const policies = isBaseThere ? [] : base.policies.map((policy) => named(policy, base.hash, '', version))
  const awaited = isBaseThere ? [] : [{ kinds: [...base.kinds], scope: '', mark: version }]
  for (const { name, text } of files) {
    if (isTestFile(name) || contentHash === null) continue
    const policy = parse(text, { maxAliasCount: 20 }) as Json
    const kind = isRecord(policy.resourcePolicy) ? String(policy.resourcePolicy.resource) : ''
    const scope = scopeOf(contentHash)
    if (!base.kinds.has(kind) && !(await isThere(point, version, [kind], '', version)))
      policies.push(named(rootOf(kind), base.hash, '', version))
    if (await isThere(point, version, [kind], scope, scope)) continue
    policies.push(named(policy, base.hash, scope, scope))
    awaited.push({ kinds: [kind], scope, mark: scope })
  }
  if (policies.length === 0) return
  try {
    await point.push(policies as unknown as Policy[])
  } catch (cause) {
    throw new AppError(
      'upstream_failed',
      'The decision point did not take the policies. Try again; if it persists, ask your administrator to check it.',
      { cause },
    )
  }
  // It answers by them some milliseconds after it took them; whoever came before that would give them anew.
  for (const until = performance.now() + takenInMs; awaited.length > 0; await sleep(takenInPauseMs)) {
    const [next] = awaited
    if (next && (await isThere(point, version, next.kinds, next.scope, next.mark))) awaited.shift()
    else if (performance.now() > until)
      throw new AppError(
        'upstream_failed',
        'The decision point took the policies and does not answer by them. Try again; if it persists, ask your administrator to check it.',
      )
  }
}

const takenInMs = 5000
const takenInPauseMs = 20
const probeMs = 2000

/** Whether each of these types is answered there by a policy with this mark. What does not answer counts as not there. */
async function isThere(
  point: VersionPoint,
  policyVersion: string,
  kinds: string[],
  scope: string,
  mark: string,
): Promise<boolean> {
  const principal = { id: 'nobody', roles: ['stranger'], attr: {} }
  const checks = kinds.map((kind) => ({
    ...{ resource: { kind, id: 'none', policyVersion, scope, attr: {} }, actions: ['none'] },
  }))
  try {
    const { results } = await point.check(principal, checks, probeMs)
    return results.every(({ outputs }) =>
      outputs.some(({ source, value }) => source.endsWith(`#${markerRule}`) && value === mark),
    )
  } catch {
    return false
  }
}

const reloading = new Map<string, number>()
/** In milliseconds: a version that is missing is not given anew more often than this. */
const againMs = 500

/** Loads what should be there and is not, aside from the questions that noticed it. */
export function reloadVersion(tenant: Tenant, version: { id: string | null; hash: string | null }): void {
  const key = `${tenant.orgId} ${version.id}`
  const now = Date.now()
  if (now - (reloading.get(key) ?? 0) < againMs) return
  if (reloading.size > 1000) reloading.clear()
  reloading.set(key, now)
  void loadById(tenant, version.id, version.hash).then(
    () =>
      log.warn({ org: tenant.orgId, version: version.id }, 'a version of policies was missing and was loaded again'),
    (error: unknown) =>
      log.error({ err: error, org: tenant.orgId }, 'a version of policies is missing and cannot be loaded'),
  )
}

export async function loadById(tenant: Tenant, id: string | null, hash: string | null): Promise<void> {
  if (id === null) return loadVersion(null, null)
  const files = await findFiles(tenant, id, hash ?? '')
  if (!files) throw new Error('there is no such version any more')
  return loadVersion(files, hash)
}

/** After a start: everything that answers or stands in shadow, of all organizations. What fails is found by the questions. */
export async function loadInUse(): Promise<void> {
  if (!versionPoint()) return
  await loadVersion(null, null).catch((error: unknown) =>
    log.error({ err: error }, 'the product’s policies were not loaded'),
  )
  for (const { tenant, id, hash } of await listInUse())
    await loadById(tenant, id, hash).catch((error: unknown) =>
      log.error({ err: error, org: tenant.orgId }, 'a version of policies was not loaded'),
    )
}
