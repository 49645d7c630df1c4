import { createHash } from 'node:crypto'
import { type CheckResourcesResponse, Effect, type Principal } from '@cerbos/core'
import { policyHash } from '@/lib/decisions/server/read-policy-hash'
import { type ResourceCheck, versionPoint } from '@/lib/platform/authz/client'
import type { Tenant } from '@/lib/platform/db/tenant'
import { isAppError } from '@/lib/platform/errors'
import { markerRule, pointVersionOf, reloadVersion, scopeOf } from './load-version'
import { baseKinds } from './read-base'

/** A version that can be asked; without id and hash the product's policies alone. */
export interface AskedVersion {
  id: string | null
  hash: string | null
  kinds: readonly string[]
}

type Whole = CheckResourcesResponse['results'][number]
type Result = Pick<Whole, 'actions' | 'outputs'>
/** `absent`: the very text is not there, so nobody can say what it would answer. */
export type VersionAnswer = Result | 'absent' | 'silent'

/** What decisions carry: the product's policies and the organization's own together; the former alone where there are no others. */
export function effectiveHash(baseHash: string | null, contentHash: string | null): string | null {
  if (contentHash === null || baseHash === null) return contentHash === null ? baseHash : null
  return createHash('sha256').update(`${baseHash}\n${contentHash}`).digest('hex')
}

/**
 * Puts questions to a version. An answer counts only with the mark of the text that gave it: a policy that was taken away where it is
 * asked would otherwise leave behind what it had forbidden.
 */
export async function askVersion(
  tenant: Tenant,
  version: AskedVersion,
  principal: Principal,
  checks: readonly ResourceCheck[],
  withinMs: number,
): Promise<VersionAnswer[]> {
  const until = performance.now() + withinMs
  for (const pauseMs of [...pausesMs, 0]) {
    const left = Math.floor(until - performance.now())
    const answers = left < 10 ? checks.map(() => 'silent' as const) : await askOnce(version, principal, checks, left)
    if (!answers.includes('absent')) return answers
    if (pauseMs === 0 || until - performance.now() < pauseMs + 10) {
      reloadVersion(tenant, version)
      return answers
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  return checks.map(() => 'absent')
}

/** The decision point is without a policy for some milliseconds while it takes it in: what is absent is asked again before it counts. */
const pausesMs = [15, 30, 60, 120]

async function askOnce(
  version: AskedVersion,
  principal: Principal,
  checks: readonly ResourceCheck[],
  withinMs: number,
): Promise<VersionAnswer[]> {
  const point = versionPoint()
  const base = policyHash()
  const above = baseKinds()
  if (!point || base === null || !above) return checks.map(() => 'absent')
  const policyVersion = pointVersionOf(base)
  const scopes = checks.map(({ resource }) =>
    version.hash !== null && version.kinds.includes(resource.kind) ? scopeOf(version.hash) : '',
  )
  let results: Whole[]
  try {
    const asked = checks.map(({ resource, actions }, at) => ({
      ...{ resource: { ...resource, policyVersion, scope: scopes[at] ?? '' }, actions },
    }))
    results = (await point.check(principal, asked, withinMs)).results
  } catch (error) {
    if (isAppError(error)) return checks.map(() => 'silent')
    throw error
  }
  return checks.map(({ resource, actions }, at): VersionAnswer => {
    const result = results[at]
    if (!result || result.resource.kind !== resource.kind || result.resource.id !== resource.id) return 'silent'
    const scope = scopes[at] || policyVersion
    const isAllowed = actions.some((action) => result.actions[action] === Effect.ALLOW)
    // A type of the organization's own is answered by its policy alone; of the product's, both have to have been asked for a yes.
    const needed = isAllowed && (scope === policyVersion || above.has(resource.kind)) ? [scope, policyVersion] : [scope]
    const marks = result.outputs.flatMap(({ source, value }) => (source.endsWith(`#${markerRule}`) ? [value] : []))
    return needed.every((mark) => marks.includes(mark)) ? tidy(result) : 'absent'
  })
}

/** Without the marks, and with sources as people know them. */
function tidy({ actions, outputs: all }: Whole): Result {
  const outputs = all
    .filter(({ source }) => !source.endsWith(`#${markerRule}`))
    .map((output) => ({
      ...output,
      source: output.source
        .replace(/\.vb[0-9a-f]{32}\/o[0-9a-f]{40}#/, '.own#')
        .replace(/\.vb[0-9a-f]{32}#/, '.vruntime#'),
    }))
  return { actions, outputs }
}
