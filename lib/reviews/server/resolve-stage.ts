import type { BulkTx } from '@/lib/platform/db/commit'
import { type Directory, type Resolution, resolveReviewers } from '../rules'
import type { CampaignRules } from '../templates'
import type { Conflict, ReviewerWay } from '../values'
import { findDirectory, findSignatures, type SignatureRow } from './store-population'

export interface Load {
  key: string
  name: string
  way: ReviewerWay
  ways: Map<ReviewerWay, number>
  items: number
}

export interface StageResolution {
  resolved: { signature: string; resolution: Resolution }[]
  /** The reviewers, the busiest first. */
  loads: Load[]
  conflicts: Map<Conflict, number>
  unassignable: number
  unassignableSignatures: string[]
}

const keysOf = (sequence: string, kind: 'o' | 'b') =>
  sequence.split(' ').flatMap((part) => (part.startsWith(`${kind}|`) ? [part.slice(2)] : []))

/** Finds the reviewers of a stage for everything in the population, once for each kind of ownership. */
export async function resolveStage(bulk: BulkTx, rules: CampaignRules, stageNo: number): Promise<StageResolution> {
  const stage = rules.stages[stageNo - 1]
  if (!stage) throw new Error('there is no such stage')
  const [signatures, directory] = [await findSignatures(bulk), await findDirectory(bulk)]
  const loads = new Map<string, Load>()
  const conflicts = new Map<Conflict, number>()
  const found: StageResolution = {
    resolved: [],
    loads: [],
    conflicts,
    unassignable: 0,
    unassignableSignatures: [],
  }
  const isFinal = stageNo === rules.stages.length
  for (const row of signatures) {
    const resolution = resolveReviewers(stage, { ...rules, isFinal }, ownershipOf(row), directory, row.chain)
    found.resolved.push({ signature: row.signature, resolution })
    for (const conflict of resolution.passed) conflicts.set(conflict, (conflicts.get(conflict) ?? 0) + row.items)
    if (resolution.chosen.length === 0) {
      found.unassignable += row.items
      found.unassignableSignatures.push(row.signature)
    }
    for (const { key, way } of resolution.chosen) {
      const load = loads.get(key) ?? { key, name: nameOf(directory, key), way, ways: new Map(), items: 0 }
      load.items += row.items
      load.ways.set(way, (load.ways.get(way) ?? 0) + row.items)
      loads.set(key, load)
    }
  }
  found.loads = [...loads.values()].sort((a, b) => b.items - a.items || (a.key < b.key ? -1 : 1))
  for (const load of found.loads) load.way = [...load.ways].sort((a, b) => b[1] - a[1])[0]?.[0] ?? load.way
  return found
}

function ownershipOf({ sequence, sole, creators, users }: SignatureRow) {
  return {
    owners: keysOf(sequence, 'o'),
    backups: keysOf(sequence, 'b'),
    soleOwnerIds: sole === null ? [] : [sole],
    creatorIds: creators,
    userIds: users,
  }
}

function nameOf(directory: Directory, key: string): string {
  const [kind, id = ''] = key.split(':')
  return (kind === 'user' ? directory.people.get(id)?.name : directory.teams.get(id)?.name) ?? ''
}
