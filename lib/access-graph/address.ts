import { edgeKinds } from '@/lib/connectors/contract'
import { listOfEach, uuid, wholeNumber, wordOf } from '@/lib/platform/browser/address-parsers'
import { changedSearch } from '@/lib/platform/browser/write-address'

/** The kinds of steps that a path can be kept to. */
export const pathKinds = [...edgeKinds, 'covers'] as const
export type PathKind = (typeof pathKinds)[number]

/** The address of a search for paths: its two ends, the kinds of edges that may be used, how many, and which is open. */
export const pathParsers = {
  start: uuid,
  end: uuid,
  kinds: listOfEach(wordOf(pathKinds)),
  k: wholeNumber(1, 20),
}

/** The address of Explore that shows the paths between two nodes; an end that is left out is still to be chosen. */
export function pathsHref(ends: { start?: string | undefined; end?: string | undefined }): string {
  return `/explore${changedSearch(pathParsers, '', ends)}`
}
