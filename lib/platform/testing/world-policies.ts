import type pg from 'pg'
import { effectiveHash } from '../../policy-versions/server/decide-by-version'
import { contentHashOf } from '../../policy-versions/server/parse-policy'
import { readBase } from '../../policy-versions/server/read-base'
import { starterFiles } from '../../policy-versions/values'

const files = JSON.stringify(starterFiles)
/** Of the text that every version here has. */
export const policyTextHash = contentHashOf([...starterFiles])
const text = policyTextHash

let activeHash = ''
/** What answers in every world: the same text is the same hash in all of them. */
export const activePolicyHash = (): string => activeHash

/** Versions of policies in the states that endpoints ask for, one of them in use. */
export async function makePolicies(db: pg.Client, orgId: string, { author }: { author: string }) {
  let no = 0
  const version = async (state: string): Promise<string> => {
    no += 1
    const isTested = state !== 'draft'
    const isReviewed = isTested && state !== 'tested'
    const { rows } = await db.query(
      `INSERT INTO policy_version (org_id, no, title, files, content_hash, kinds, state, author_name, author_ids, tested_hash, reviewed_by_id, reviewed_by, reviewed_at,
         published_at)
       VALUES ($1, $2, 'Agents do not delete', $3, $4, '{resource}', $5::text, 'Mia', ARRAY[$6::text], $7, $8, $8, $9, $10) RETURNING id`,
      [
        ...[orgId, no, files, text, state, author, isTested ? text : null, isReviewed ? 'sam' : null],
        ...[isReviewed ? new Date() : null, state === 'published' ? new Date() : null],
      ],
    )
    return rows[0].id
  }
  const ids = {
    'policy-versions': await version('draft'),
    'tested-policies': await version('tested'),
    'reviewed-policies': await version('reviewed'),
    'shadow-policies': await version('shadow'),
    'active-policies': await version('published'),
  }
  const { hash } = await readBase()
  await db.query(
    `INSERT INTO policy_setting (org_id, active_id, active_no, active_hash, active_kinds, last_no, changes) VALUES ($1, $2, $3, $4, '{resource}', $3, 1)`,
    [orgId, ids['active-policies'], no, text],
  )
  await db.query(
    `INSERT INTO policy_activation (org_id, no, version_id, version_no, content_hash, base_hash, how, by) VALUES ($1, 1, $2, $3, $4, $5, 'published', 'Sam')`,
    [orgId, ids['active-policies'], no, text, hash],
  )
  activeHash = effectiveHash(hash, text) ?? ''
  return ids
}
