import type { PathStep } from '@/lib/access-graph/blast-radius'
import type { PathKind } from '@/lib/access-graph/filters'
import type { Level } from '@/lib/access-graph/score'
import type { EdgeKind } from '@/lib/connectors/contract'
import { formatWord } from '@/lib/platform/browser/format'
import { hopWords } from './hop-words'

/** What a grant at a level lets its holder do, before the resource's name. */
const levelVerbs: Record<Level, string> = {
  unknown: 'may use',
  read: 'may read',
  write: 'may write to',
  secret_read: 'may read the secrets of',
  admin: 'administers',
}

export const levelLabels: Record<Level, string> = {
  unknown: 'Not known',
  read: 'Read',
  write: 'Write',
  secret_read: 'Secret read',
  admin: 'Admin',
}

const ownVerbs = { authenticates_as: 'signs in as', covers: 'covers' }

/** The kinds of edges by what they say, for the filter of paths. */
export const pathKindLabels: Record<PathKind, string> = {
  grants: 'Grants on resources',
  member_of: 'Roles and groups',
  assumes: 'Assuming a role',
  impersonates: 'Impersonation',
  runs_as: 'Running as',
  stores: 'Stored secrets',
  delegates_to: 'Delegation to tools',
  owns_code: 'Code that it owns',
  covers: 'What a resource covers',
}

/** The kind of a resource or role, as words within a line: "API path", "secret store". */
export function kindWords(kind: string): string {
  return formatWord(kind).replace(/\b(api|iam|dns|vm)\b/gi, (word) => word.toUpperCase())
}

/** The same where it stands alone: "Secret store". */
export function kindLabel(kind: string): string {
  const words = kindWords(kind)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** How one step leads on: "assumes", "may read the secrets of". */
export function verbOf({ kind, level }: Pick<PathStep, 'kind' | 'level'>): string {
  if (kind === 'grants') return levelVerbs[level ?? 'unknown']
  return kind in ownVerbs ? ownVerbs[kind as keyof typeof ownVerbs] : hopWords[kind as EdgeKind]
}

type Named = Pick<PathStep, 'kind' | 'level'> & { from: { name: string }; to: { name: string } }

/** A path as one sentence: "api-bot assumes deployer, which may read the secrets of vault." */
export function sentenceOf(steps: readonly Named[]): string {
  const [first, ...rest] = steps
  if (!first) return ''
  const start = `${first.from.name} ${verbOf(first)} ${first.to.name}`
  return `${[start, ...rest.map((step) => `which ${verbOf(step)} ${step.to.name}`)].join(', ')}.`
}

/** What a path rests on that may not hold: conditions and what was not evaluated. */
export function doubtsOf(steps: readonly Pick<PathStep, 'condition' | 'notEvaluable'>[]): number {
  return steps.filter(({ condition, notEvaluable }) => condition !== null || notEvaluable !== null).length
}

/** A share of 0 to 1 in percent, never rounded to nothing: "3.5 %", "under 0.1 %". */
export function shareWords(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return 'under 0.1 %'
  return `${percent >= 10 || Number.isInteger(percent) ? Math.round(percent) : percent.toFixed(1)} %`
}
