import type { RunSql } from '../../audit/append'

/** Lines that a combination may have before they are added up. */
const crowded = 8

/**
 * Adds up the lines of combinations that have many, in the caller's transaction. Lines that somebody else adds up just now are
 * left to them, so nobody waits; at every moment the sum of the lines is the count. A sum of none is
 * written too: whoever has not seen the lines shall see that there was a change.
 */
export async function compactTally(run: RunSql, orgId: string, tally: 'identity_tally' | 'credential_tally') {
  await run(
    `WITH many AS (
       SELECT combo_id FROM ${tally} WHERE org_id = $1::uuid GROUP BY combo_id HAVING count(*) > ${crowded}
     ), held AS MATERIALIZED (
       SELECT t.combo_id, t.line FROM ${tally} t WHERE t.org_id = $1::uuid AND t.combo_id IN (SELECT combo_id FROM many)
       FOR UPDATE SKIP LOCKED
     ), gone AS (
       DELETE FROM ${tally} t USING held h WHERE t.org_id = $1::uuid AND t.combo_id = h.combo_id AND t.line = h.line
       RETURNING t.combo_id, t.n
     )
     INSERT INTO ${tally} (org_id, combo_id, n) SELECT $1::uuid, combo_id, sum(n) FROM gone GROUP BY combo_id`,
    [orgId],
  )
}
