import type { EdgeKind } from '@/lib/connectors/contract'

/** How one thing leads to the next, read from left to right: "runs as", "is in". */
export const hopWords: Record<EdgeKind, string> = {
  grants: 'may use',
  member_of: 'has',
  assumes: 'assumes',
  impersonates: 'impersonates',
  runs_as: 'runs as',
  stores: 'stores',
  delegates_to: 'delegates to',
  owns_code: 'owns the code of',
}
