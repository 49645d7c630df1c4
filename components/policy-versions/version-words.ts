import type { VersionState } from '@/lib/policy-versions/values'

export const stateLabels: Record<VersionState, string> = {
  draft: 'Draft',
  tested: 'Passed its tests',
  reviewed: 'Agreed to',
  shadow: 'In shadow',
  published: 'In use',
  superseded: 'Followed by another',
  rolled_back: 'Taken back',
  discarded: 'Put aside',
}

export const stateSays: Record<VersionState, string> = {
  draft: 'Nobody is asked by it. Test it next.',
  tested: 'It compiles, and its tests and the mandatory set pass. Somebody who did not write it has to agree.',
  reviewed: 'Somebody else agreed. Put it in shadow next: it is asked beside what answers, and changes nothing.',
  shadow: 'Each question is put to it too, after the answer. Look at what would differ, then publish it.',
  published: 'It answers every question about its types, together with the product’s own policies.',
  superseded: 'It answered until another version was published.',
  rolled_back: 'It answered until somebody went back to what was before.',
  discarded: 'It was put aside and never answered.',
}

export const shortHash = (hash: string | null): string => (hash === null ? 'unknown' : hash.slice(0, 12))
