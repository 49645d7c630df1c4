import { z } from 'zod'
import { Level, type ReachedQuery, reachedSorts, SensitivityClass } from '@/lib/access-graph/blast-radius'
import type { SensitivityClass as ClassName, Level as LevelName } from '@/lib/access-graph/score'
import { listOf, parsersFor } from '@/lib/platform/browser/query-parsers'
import { changesParser } from './what-if-address'

/** All that the tab shows is in its address. */
export const blastParsers = {
  ...parsersFor({
    system: z.string().min(1).max(60).optional(),
    level: Level.optional(),
    sensitivity: SensitivityClass.optional(),
    q: z.string().trim().min(1).max(200).optional(),
    sort: z.enum(reachedSorts).optional(),
    dir: z.enum(['asc', 'desc']).optional(),
    /** The row at the top of the table, counted from 0. */
    at: z.coerce.number<string | number>().int().min(1).max(100_000_000).optional(),
    /** The reached resource whose path is open. */
    open: z.uuid().optional(),
    /** Of the two lists of identities the one that is shown, where it begins, and whose path is open. */
    side: z.literal('exposed').optional(),
    from: z.coerce.number<string | number>().int().min(1).max(100_000_000).optional(),
    who: z.uuid().optional(),
    /** Of the picture: groups that are drawn apart, the most nodes, and the node whose ways are shown. */
    expand: listOf(z.string().min(1).max(200)).optional(),
    cap: z.coerce.number<string | number>().int().min(301).max(2000).optional(),
    node: z.string().min(1).max(200).optional(),
  }),
  'what-if': changesParser,
}

export interface ReachedState {
  system: string | null
  level: LevelName | null
  sensitivity: ClassName | null
  q: string | null
  sort: ReachedQuery['sort'] | null
  dir: ReachedQuery['dir'] | null
}

/** The part of the question that is not its pages. */
export type ReachedFilter = Omit<ReachedQuery, 'at' | 'limit'>

export function reachedFilterOf({ system, level, sensitivity, q, sort, dir }: ReachedState): ReachedFilter {
  return {
    ...(system ? { system } : {}),
    ...(level ? { level } : {}),
    ...(sensitivity ? { sensitivity } : {}),
    ...(q ? { q } : {}),
    sort: sort ?? 'level',
    dir: dir ?? 'desc',
  }
}

/** Another question begins at its first row. */
export const noReachedFilter = { system: null, level: null, sensitivity: null, q: null, at: null }
