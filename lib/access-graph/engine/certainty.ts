import { edgeBases } from '@/lib/connectors/contract'

/**
 * How sure it is that an edge carries, in three bits: its basis, and this one when it holds only under a condition or could not
 * be evaluated in full.
 */
export const doubtful = 4
const [observed, inferred] = [edgeBases.indexOf('observed'), edgeBases.indexOf('inferred')]

/** Index into `edgeBases`. */
export const basisOf = (certainty: number) => certainty & 3

export const isObserved = (certainty: number) => basisOf(certainty) === observed

/** The same, but that its use was seen. */
export const observedLike = (certainty: number) => certainty - basisOf(certainty) + observed

/** More than the steps of any way whose use was not seen. */
const heavy = 2 ** 32
const doubts = Array.from(
  { length: 8 },
  (_, said) => (said >= doubtful || basisOf(said) === inferred ? heavy : 0) + (isObserved(said) ? 0 : 1),
)

/** What a step adds to the doubt of a way: of two ways the one with fewer doubtful steps is surer, then that with more use seen. */
export function doubtOf(certainty: number): number {
  return doubts[certainty] ?? 0
}
