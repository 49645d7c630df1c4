import type { Criticality, ExclusionRule } from '@/lib/identities/edits'

export const criticalityWords: Record<Criticality, string> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
}

/** What an identity is excepted from. */
export const ruleWords: Record<ExclusionRule, string> = {
  rotation: 'Rotation of its credentials',
  expiry: 'An end for every credential',
  usage: 'Disuse',
  ownership: 'An owner who confirmed',
}

/** The name of an edited value by its path: `tags.team` is “Tag team”. */
export function pathWord(path: string): string {
  const [field = '', ...rest] = path.split('.')
  if (field === 'tags') return `Tag ${rest.join('.')}`
  if (field === 'exclusions') return `Exception: ${ruleWords[rest[0] as ExclusionRule] ?? rest[0]}`
  return `${field.charAt(0).toUpperCase()}${field.slice(1)}`
}
