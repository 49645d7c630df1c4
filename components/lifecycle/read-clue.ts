import { looksSecret } from '@/lib/platform/browser/secret-shape'

/** How a clue about a leaked key is looked up. `name`: nothing of it may be a secret, as far as its shape tells. */
export type ClueWay = 'value' | 'fingerprint' | 'lastFour' | 'name'

const fingerprintForm = /^fp\d+:[\w+/=-]{6,}$/

/**
 * The ways to look a clue up, the surest first. It is always tried as the key itself, as a password has no shape; as a name only
 * when it does not look like a secret. Pure.
 */
export function readClue(clue: string): ClueWay[] {
  const text = clue.trim()
  if (text === '') return []
  if (fingerprintForm.test(text)) return ['fingerprint']
  if (/^(…|\.\.\.)?[\w+/=-]{4}$/.test(text)) return ['lastFour', 'value', 'name']
  const isName = !looksSecret(text) && text.length <= 200 && !text.includes('\n')
  const isValue = text.length >= 4
  return [...(isValue ? (['value'] as const) : []), ...(isName ? (['name'] as const) : [])]
}

/** The last four characters that a clue says. */
export const endOf = (clue: string) => clue.trim().slice(-4)
