/** The keys of the review workspace: what they do, which they are unless changed, and what may be chosen. Pure. */

export const reviewActs = [
  'next',
  'previous',
  'certify',
  'revoke',
  'reduce',
  'choose',
  'until',
  'unsure',
  'note',
  'undo',
  'skip',
  'more',
  'fewer',
  'equal',
  'hand',
  'finish',
] as const
export type ReviewAct = (typeof reviewActs)[number]

export const actLabels: Record<ReviewAct, string> = {
  next: 'Next item',
  previous: 'Item before',
  certify: 'Certify',
  revoke: 'Revoke',
  reduce: 'Reduce to what was used',
  choose: 'Reduce to what you choose',
  until: 'Certify until a day',
  unsure: 'Not sure',
  note: 'Write a note',
  undo: 'Undo the last decision',
  skip: 'Skip: next that is not decided',
  more: 'Select the next too',
  fewer: 'Select the one before too',
  equal: 'Select all with equal evidence',
  hand: 'Hand on to somebody else',
  finish: 'Look at what you would sign off',
}

export type ReviewKeys = Record<ReviewAct, string>

export const usualKeys: ReviewKeys = {
  next: 'j',
  previous: 'k',
  certify: 'a',
  revoke: 'r',
  reduce: 'd',
  choose: 'shift+d',
  until: 't',
  unsure: 'q',
  note: 'n',
  undo: 'u',
  skip: 's',
  more: 'shift+j',
  fewer: 'shift+k',
  equal: 'e',
  hand: 'h',
  finish: 'f',
}

/** Of the console itself: sequences that begin with `g`, the help, the navigation, the search of lists. */
const taken = ['g', '?', '[', '/']

/** Why a key cannot be chosen for an act; undefined = it can. Only letters, digits and signs, with or without Shift. */
export function refuseKey(keys: ReviewKeys, act: ReviewAct, key: string): string | undefined {
  const bare = key.replace(/^shift\+/, '')
  if (bare.length !== 1 || bare.trim() === '') return 'Choose a letter, a digit or a sign, with or without Shift.'
  if (taken.includes(key)) return 'The console itself uses this key.'
  const other = reviewActs.find((each) => each !== act && keys[each] === key)
  return other ? `“${actLabels[other]}” has this key.` : undefined
}

export interface KeyChoice {
  areOn: boolean
  keys: ReviewKeys
}

export const usualChoice: KeyChoice = { areOn: true, keys: usualKeys }

/** What was kept, as far as it can hold: a key that is refused, or that two acts would have, goes back to the usual ones. */
export function readKeyChoice(text: string | null): KeyChoice {
  const kept = parse(text)
  const wanted = { ...usualKeys }
  for (const act of reviewActs) {
    const key = kept.keys[act]
    if (typeof key === 'string') wanted[act] = key
  }
  const isWhole = reviewActs.every((act) => refuseKey(wanted, act, wanted[act]) === undefined)
  return { areOn: kept.areOn !== false, keys: isWhole ? wanted : usualKeys }
}

function parse(text: string | null): { areOn?: unknown; keys: Record<string, unknown> } {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    if (typeof value !== 'object' || value === null) return { keys: {} }
    const keys = 'keys' in value && typeof value.keys === 'object' && value.keys !== null ? value.keys : {}
    return { ...('areOn' in value ? { areOn: value.areOn } : {}), keys: { ...keys } }
  } catch {
    return { keys: {} }
  }
}
