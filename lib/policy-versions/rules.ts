import type { VersionState } from './values'

export interface TargetVersion {
  id: string
  no: number
  title: string
  authorIds: readonly string[]
}

/** What policies read of a version: who wrote in it. */
export const versionTarget = ({ id, no, title, authorIds }: TargetVersion) => ({
  kind: 'policy_version' as const,
  id,
  label: `version ${no}: ${title}`,
  attr: { authorIds: [...authorIds] },
})

/** All of them together, for lists, the first draft and the way back. */
export const anyVersion = { kind: 'policy_version' as const, id: '*', label: 'policies', attr: { authorIds: [] } }

export type Act = 'update' | 'test' | 'approve' | 'shadow' | 'publish' | 'replay' | 'discard'

/** In which states something may be done at all; whether this person may is the policy's. */
export const statesOf: Readonly<Record<Act, readonly VersionState[]>> = {
  update: ['draft', 'tested', 'reviewed', 'shadow'],
  test: ['draft', 'tested'],
  approve: ['tested'],
  shadow: ['reviewed'],
  publish: ['shadow'],
  replay: ['tested', 'reviewed', 'shadow', 'published', 'superseded', 'rolled_back'],
  discard: ['draft', 'tested', 'reviewed', 'shadow'],
}

/** A trial tells nothing any more once something else answers, or the version is another text. */
export function isStale(
  trial: { activeHash: string; contentHash: string | null },
  now: { activeHash: string | null; contentHash: string | null },
): boolean {
  return trial.activeHash !== now.activeHash || trial.contentHash !== now.contentHash
}
