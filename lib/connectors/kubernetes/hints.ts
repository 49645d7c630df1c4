import type { OwnerHint } from '../contract'
import { wordTable } from '../word-table'

/** Names of labels and annotations, after any `domain/`, that name who answers for an object. */
const ownerKeys =
  /^(?:owners?|owned-by|owner-?(?:e?mail|name|team)|team|team-?name|squad|contact|maintainers?|responsible)$/i

/** Owners that labels and annotations suggest. `app.kubernetes.io/managed-by` names a tool, not an owner. */
export function ownerHints(
  labels: Record<string, string>,
  annotations: Record<string, string>,
): OwnerHint[] | undefined {
  const hints: OwnerHint[] = []
  for (const [from, map] of [
    ['label', labels],
    ['annotation', annotations],
  ] as const) {
    for (const [key, value] of Object.entries(map)) {
      const bare = key.slice(key.lastIndexOf('/') + 1)
      const trimmed = value.trim()
      if (ownerKeys.test(bare) && trimmed !== '' && trimmed.length <= 200)
        hints.push({ value: trimmed, from: `${from}:${key}` })
    }
  }
  return hints.length === 0 ? undefined : hints
}

const environmentLabels = ['environment', 'env', 'app.kubernetes.io/environment', 'stage']

const environmentNames: Record<string, string> = wordTable({
  prod: 'production',
  production: 'production',
  prd: 'production',
  live: 'production',
  stage: 'staging',
  staging: 'staging',
  stg: 'staging',
  preprod: 'staging',
  dev: 'development',
  development: 'development',
  test: 'test',
  testing: 'test',
  qa: 'test',
  uat: 'test',
})

/** The environment that a label states, or that a whole word of the namespace's name says; else unknown. */
export function environmentOf(namespace: string | undefined, labels: Record<string, string> = {}): string | undefined {
  for (const key of environmentLabels) {
    const value = Object.hasOwn(labels, key) ? labels[key]?.trim().toLowerCase() : undefined
    if (value) return named(value) ?? value
  }
  for (const word of namespace?.toLowerCase().split(/[-_.]/) ?? []) {
    const environment = named(word)
    if (environment !== undefined) return environment
  }
  return undefined
}

function named(word: string): string | undefined {
  return Object.hasOwn(environmentNames, word) ? environmentNames[word] : undefined
}
