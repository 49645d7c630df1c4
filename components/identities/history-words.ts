import { fieldsOf, type HistoryEntry, type HistoryField } from '@/lib/identities/history'
import { formatDate } from '@/lib/platform/browser/format'

export const fieldWords: Record<HistoryField, string> = {
  owner: 'Owner',
  description: 'Description',
  environment: 'Environment',
  tags: 'Tags',
  criticality: 'Criticality',
  exclusions: 'Exceptions',
  name: 'Name',
  kind: 'Kind',
  state: 'State',
  use: 'Use',
  created: 'Date of creation',
  attributes: 'Facts of the source',
}

interface Named {
  label: string
  duty: string
  /** ` until 1 Dec 2026`, when it lapses; empty when it does not. */
  until: string
}

const somebody = 'somebody'

const phrases: Record<string, (before: Named, after: Named) => string> = {
  'identity.owner.assign': (_, after) => `assigned ${after.label} as ${after.duty} owner${after.until}`,
  'identity.owner.confirm': (_, after) => `confirmed ${after.label} as ${after.duty} owner`,
  'identity.owner.transfer': (before, after) =>
    before.label === somebody
      ? `transferred it to ${after.label}`
      : `transferred it from ${before.label} to ${after.label}`,
  'identity.owner.reject': (before) => `rejected ${before.label} as a suggested owner`,
  'identity.owner.remove': (before) => `removed ${before.label} as ${before.duty} owner`,
  'identity.owner.resolve': (_, after) => `settled who owns it: ${after.label}`,
  'identity.owner.attest': () => 'said that it is still theirs',
  'identity.owner.release': () => 'gave it up',
  'identity.owner.restore': () => 'took a change of owners back',
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The owner that an event's before or after names. */
function named(value: unknown): Named {
  const { label, duty, validUntil } = isObject(value) ? value : {}
  return {
    label: typeof label === 'string' ? label : somebody,
    duty: typeof duty === 'string' ? duty : '',
    until: typeof validUntil === 'string' ? ` until ${formatDate(validUntil)}` : '',
  }
}

/** What an entry is about, in words that follow who did it: "assigned Mia as technical owner". */
export function historyPhrase({ event, before, after }: HistoryEntry): string {
  if (event) {
    const phrase = phrases[event.action]
    if (phrase) return phrase(named(before), named(after))
    if (event.action !== 'identity.update') return event.action
  }
  if (isObject(after) && after.gone === true) return 'no longer told of it: gone from its source'
  if (isObject(after) && after.gone === false) return 'told of it again'
  const fields = fieldsOf({ before, after }).map((field) => fieldWords[field].toLowerCase())
  if (fields.length === 0) return event ? 'edited it' : 'changed it'
  return `${event ? 'edited' : 'changed'} ${fields.join(', ')}`
}
