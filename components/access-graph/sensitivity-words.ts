import type { SensitivityChange, SensitivityHistory, SensitivityRule } from '@/lib/access-graph/blast-radius'
import { formatWord } from '@/lib/platform/browser/format'

/** Where a sensitivity comes from, in words that follow it: "as the rule “Secrets” decides". */
export function originWords(
  by: SensitivityHistory['by'],
  last: Pick<SensitivityChange, 'by' | 'who'> | undefined,
): string {
  const who = last && last.by === by ? last.who : undefined
  if (by === 'hand') return who ? `as ${who} has said` : 'as a person has said'
  if (by === 'rule') return who ? `as the rule “${who}” decides` : 'as a rule decides'
  if (by === 'source') return who ? `as its source ${who} says` : 'as its source says'
  return 'nobody has said what it is worth protecting'
}

/** What a rule is about: "secrets of aws in production whose name or id has prod-*". */
export function ruleSentence(rule: Pick<SensitivityRule, 'system' | 'kind' | 'environment' | 'pattern'>): string {
  const { system, kind, environment, pattern } = rule
  const parts = [
    kind ? `Everything of the kind ${formatWord(kind)}` : 'Everything',
    system ? `of ${system}` : '',
    environment ? `in ${environment}` : '',
    pattern ? `whose name or id has ${pattern}` : '',
  ]
  return parts.filter(Boolean).join(' ')
}
