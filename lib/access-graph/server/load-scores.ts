import { readMoment } from '@/lib/platform/db/copy-rows'
import type { AccessGraph } from '../engine/contract'
import { compareIds } from '../engine/ids'
import type { IdentityScores } from '../engine/requests'
import { allIdentities } from '../engine/score-all'

/** Reads the scores that are written of the identities of a graph: both ascend by id, so one walk finds them. */
export async function loadScores(graph: AccessGraph): Promise<IdentityScores> {
  const scores = new Float32Array(allIdentities(graph).length).fill(-1)
  const id = new Uint8Array(16)
  let no = 0
  await readMoment(graph.orgId, (moment) =>
    moment.copy(
      `SELECT identity_id, score FROM identity_score WHERE org_id = '${graph.orgId}'::uuid ORDER BY identity_id`,
      (bytes, at) => {
        id.set(bytes.subarray(at + 4, at + 20))
        while (no < scores.length && compareIds(graph.principalIds, no, id, 0) < 0) no += 1
        const isKnown = no < scores.length && compareIds(graph.principalIds, no, id, 0) === 0
        if (isKnown) scores[no] = bytes.readFloatBE(at + 24)
      },
    ),
  )
  return scores
}
