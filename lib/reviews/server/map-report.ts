import { type Cell, writeCsvLine } from '@/lib/platform/files/write-csv'
import { parseEvidence } from './map-evidence'

interface Line {
  no: number
  identityId: string
  name: string
  subject: string | null
  owner: string | null
  score: number | null
  recommendation: string
  evidence: string
  evidenceHash: string
  outcome: string | null
  outcomeUntil: string | null
  settledBy: string | null
  settledAt: string | null
  words: { name: string; by: string; decision: string; note: string | null; at: string; inConflict: boolean }[]
  remedy: { way: string; state: string; says: string; owner: string | null; dueAt: string | null } | null
}

const columns: Record<string, (item: Line) => Cell> = {
  item: ({ no }) => no,
  identity_id: ({ identityId }) => identityId,
  name: ({ name }) => name,
  subject: ({ subject }) => subject,
  system: ({ evidence }) => parseEvidence(evidence).identity.system,
  owner: ({ owner }) => owner,
  blast_radius: ({ score }) => score,
  recommendation: ({ recommendation }) => recommendation,
  outcome: ({ outcome }) => outcome,
  until: ({ outcomeUntil }) => outcomeUntil,
  settled_by: ({ settledBy }) => settledBy,
  settled_at: ({ settledAt }) => settledAt,
  decided_by: ({ words }) => words.map(({ by }) => by),
  decisions: ({ words }) => words.map(({ decision }) => decision),
  notes: ({ words }) => words.flatMap(({ note }) => (note === null ? [] : [note])),
  in_conflict: ({ words }) => words.some(({ inConflict }) => inConflict),
  remediation: ({ remedy }) => remedy?.state ?? null,
  remediation_says: ({ remedy }) => remedy?.says ?? null,
  remediation_owner: ({ remedy }) => remedy?.owner ?? null,
  remediation_due: ({ remedy }) => remedy?.dueAt ?? null,
  evidence_sha256: ({ evidenceHash }) => evidenceHash,
}

export const csvHead = writeCsvLine(Object.keys(columns))

/** An item of a report as a row; texts are guarded as in every export. */
export function csvOf(line: string): string {
  const item = JSON.parse(line) as Line
  return writeCsvLine(Object.values(columns).map((read) => read(item)))
}
