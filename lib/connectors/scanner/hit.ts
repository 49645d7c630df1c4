import type { Refusal, Validity } from '../contract'

/** One hit of a scanner, before it becomes a sighting. */
export interface Hit {
  /** Where in the report it stands. */
  at: string
  /** The scanner's rule or detector, by its id or name. */
  rule: string
  /** What to call it, when the report has more than the rule's id. */
  title?: string | undefined
  /** The value as an owner would paste it, or a mask of it; fingerprinted at once, never kept. */
  secret?: string | undefined
  /** The id of the AWS access key that the secret belongs to; no secret. */
  keyId?: string | undefined
  file?: string | undefined
  line?: number | undefined
  column?: number | undefined
  commit?: string | undefined
  repository?: string | undefined
  /** More about the place, after the file: `in container web`; or the place itself when there is no file. */
  where?: string | undefined
  firstSeenAt?: string | undefined
  validity?: Validity | undefined
  /** The scanner's own id of the hit, when it has one that does not contain the secret. */
  nativeId?: string | undefined
  /** Tells hits at one place apart that have no value; made into a fingerprint, never kept. */
  distinct?: string | undefined
  /** Facts to show. Never a secret, never a line of the file. */
  attributes: Record<string, string | number | boolean | string[] | undefined>
}

/** What a report holds. */
export interface Report {
  hits: Hit[]
  refused: Refusal[]
}
