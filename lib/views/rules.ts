import type { View, ViewedList, ViewQuery } from './schema'

export interface BuiltInView {
  id: string
  list: ViewedList
  name: string
  description: string
  query: ViewQuery
}

/** The questions that matter, shipped with the product: code, not rows, so that every organization has them at once. */
export const builtInViews: readonly BuiltInView[] = [
  {
    id: 'all-identities',
    list: 'identities',
    name: 'All identities',
    description: 'Everything that is known and not gone from its source.',
    query: {},
  },
  {
    id: 'no-owner',
    list: 'identities',
    name: 'No owner',
    description: 'Nobody was ever named who answers for them.',
    query: { owner: 'none' },
  },
  {
    id: 'owner-left',
    list: 'identities',
    name: 'Owner left',
    description: 'The last owner left or was disabled, and nobody took over.',
    query: { owner: 'left' },
  },
  {
    id: 'unused-90-days',
    list: 'identities',
    name: 'Unused for 90 days',
    description: 'Last used more than 90 days ago, or never.',
    query: { used: '90d', sort: 'lastUsed' },
  },
  {
    id: 'never-expires',
    list: 'identities',
    name: 'Never expires',
    description: 'Has a credential in use to which no end is set.',
    query: { expiry: 'never' },
  },
  {
    id: 'older-than-a-year',
    list: 'identities',
    name: 'Older than a year',
    description: 'The oldest credential in use was issued more than 365 days ago.',
    query: { age: '365d', sort: 'oldest' },
  },
  {
    id: 'admin-in-production',
    list: 'identities',
    name: 'Admin in production',
    description: 'Administrates something in production.',
    query: { environment: 'production', privilege: 'admin' },
  },
  {
    id: 'across-environments',
    list: 'identities',
    name: 'Shared across environments',
    description: 'Reaches, or is used from, more than one environment.',
    query: { trait: 'cross_environment' },
  },
  {
    id: 'expiring-in-30-days',
    list: 'identities',
    name: 'Expiring in 30 days',
    description: 'A credential in use ends within 30 days, or has ended.',
    query: { expiry: '30d', sort: 'expiry' },
  },
  {
    id: 'destructive-agents',
    list: 'identities',
    name: 'Agents with destructive tools',
    description: 'AI agents that may call a tool that destroys or alters.',
    query: { trait: 'destructive_tools' },
  },
  {
    id: 'third-party-write',
    list: 'identities',
    name: 'Third-party apps with write',
    description: 'Apps of other vendors that may do more than read.',
    query: { privilege: 'write,secret_read,admin', trait: 'third_party' },
  },
  {
    id: 'break-glass',
    list: 'identities',
    name: 'Break-glass accounts',
    description: 'Kept for emergencies, by tag or name.',
    query: { trait: 'break_glass' },
  },
  {
    id: 'all-credentials',
    list: 'credentials',
    name: 'All credentials',
    description: 'Everything that is known and not gone, without what people hold.',
    query: {},
  },
  {
    id: 'credentials-expired',
    list: 'credentials',
    name: 'Expired',
    description: 'Past their end and still at their source.',
    query: { expiry: 'expired', sort: 'expiry' },
  },
  {
    id: 'credentials-expiring-in-30-days',
    list: 'credentials',
    name: 'Expiring in 30 days',
    description: 'End within 30 days.',
    query: { expiry: '30d', sort: 'expiry' },
  },
  {
    id: 'credentials-never-expiring',
    list: 'credentials',
    name: 'Never expire',
    description: 'No end is set.',
    query: { expiry: 'never' },
  },
  {
    id: 'credentials-older-than-a-year',
    list: 'credentials',
    name: 'Older than a year',
    description: 'Issued or last rotated more than 365 days ago.',
    query: { age: '365d', sort: 'issued' },
  },
  {
    id: 'credentials-unused-90-days',
    list: 'credentials',
    name: 'Unused for 90 days',
    description: 'Not used for more than 90 days.',
    query: { sort: 'lastUsed', used: '90d' },
  },
]

/** The address at which a view is open: its parameters, spelled out, and where they come from. */
export function viewHref(view: { id: string; list: ViewedList; query: ViewQuery }): string {
  return hrefOf(view.list, { ...view.query, from: view.id })
}

/** The link to give to others: it opens the view as it is then, or says that there is none. */
export function viewLink(view: { id: string; list: ViewedList }): string {
  return hrefOf(view.list, { view: view.id })
}

function hrefOf(list: ViewedList, query: Record<string, string>): string {
  const search = new URLSearchParams(list === 'credentials' ? { tab: 'credentials', ...query } : query)
  // Readable, as the lists write it themselves: commas need no escape in a query.
  return `${list === 'paths' ? '/explore' : '/inventory'}?${search.toString().replaceAll('%2C', ',')}`
}

/** Parameters of the inventory's address that belong to views; lists leave them alone. */
export const viewParameterNames = ['view', 'from'] as const

/** The person for whom an actor acts: an API key has the views of its owner, a job has none. */
export function personOf(actor: { kind: string; id: string; ownerId?: string }): string {
  if (actor.kind === 'user') return actor.id
  return actor.kind === 'api_key' ? (actor.ownerId ?? '') : ''
}

/** What the decision point is told of a view. */
export function viewTarget(view: { id: string; name: string; authorId: string; isShared: boolean }) {
  const { id, name, authorId, isShared } = view
  return { kind: 'view' as const, id, label: name, attr: { authorId, isShared } }
}

type Sortable = Pick<View, 'id' | 'name' | 'origin'>

const weight: Record<View['origin'], number> = { personal: 0, shared: 0, builtin: 1 }

/** In the person's own order; those that it does not name after them: saved ones by name, then the product's in theirs. */
export function sortViews<T extends Sortable>(views: readonly T[], order: readonly string[]): T[] {
  const place = new Map(order.map((id, index) => [id, index]))
  const placeOf = (view: T) => place.get(view.id) ?? Number.POSITIVE_INFINITY
  return views.toSorted((a, b) => {
    const [one, other] = [placeOf(a), placeOf(b)]
    if (one !== other) return one - other
    if (a.origin === 'builtin' || b.origin === 'builtin') return weight[a.origin] - weight[b.origin]
    return a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1)
  })
}

/** A name that is still free: "No owner", then "No owner 2", … */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name.toLowerCase())) return name
  for (let number = 2; ; number += 1) {
    const candidate = `${name.slice(0, 75)} ${number}`
    if (!taken.has(candidate.toLowerCase())) return candidate
  }
}
