import type { Call, Skipped } from '../live-contract'
import { LiveError } from '../live-error'
import { codeOf, type Directory, nextPage, type Question, result } from './client'
import type { DirectoryEntry } from './entry'

/** Where a page begins. A place in a list is valid on the connection that gave it; on another the list begins anew. */
interface Cursor<Stage> {
  stage: Stage
  page: number
  /** Which connection gave it. */
  of: string
  /** How often a list began anew. */
  again: number
}

const restartsAtMost = 5

export interface ListPage<Stage> {
  stage: Stage
  entries: DirectoryEntry[]
  skipped: Skipped[]
  next: string | null
}

/**
 * One page of the first list, then of the next, in their order. `prepare` reads what else has to be known: one connection reads one list at a
 * time, so that this comes before a list begins.
 */
export async function readList<Stage extends string>(
  directory: Directory,
  questions: Record<Stage, Question>,
  options: {
    cursor: string | null
    pageSize: number
    prepare: (isFirst: boolean, stage: Stage) => Promise<void>
  },
  call: Call,
): Promise<ListPage<Stage>> {
  const { cursor, pageSize: size, prepare } = options
  const stages = Object.keys(questions) as Stage[]
  let at: Cursor<Stage> =
    cursor === null ? { stage: stages[0] as Stage, page: 0, of: '', again: 0 } : JSON.parse(cursor)
  for (;;) {
    if (at.page > 0 && at.of !== directory.connection) at = startAgain(at)
    await prepare(at.page === 0, at.stage)
    const { stage } = at
    const entries = await pageOf(directory, questions[stage], at, size, call)
    if (entries === 'lost') {
      at = startAgain(at)
      continue
    }
    if (Array.isArray(entries)) {
      const next = { ...at, page: at.page + 1, of: directory.connection }
      return { stage, entries, skipped: [], next: JSON.stringify(next) }
    }
    const following = stages[stages.indexOf(stage) + 1]
    const after = following === undefined ? undefined : { stage: following, page: 0, of: '', again: at.again }
    if (entries === 'limited') {
      const reason = 'the directory gives this account only so many entries: allow it more (size.prtotal=unlimited)'
      const skipped = [{ scope: `the rest of the ${stage}`, reason }]
      return { stage, entries: [], skipped, next: after === undefined ? null : JSON.stringify(after) }
    }
    // An end is no page of its own: what comes after it is.
    if (after === undefined) return { stage, entries: [], skipped: [], next: null }
    at = after
  }
}

async function pageOf(
  directory: Directory,
  question: Question,
  { stage, page }: { stage: string; page: number },
  size: number,
  call: Call,
): Promise<DirectoryEntry[] | undefined | 'lost' | 'limited'> {
  try {
    return await nextPage(directory, call, question, { list: stage, page, size })
  } catch (thrown) {
    const code = codeOf(thrown)
    if (code === result.sizeLimitExceeded || code === result.adminLimitExceeded) return 'limited'
    throw thrown
  }
}

/** All that a question finds, as far as the directory gives it. Ends with whether that was everything. */
export async function* readWhole(
  directory: Directory,
  question: Question,
  call: Call,
): AsyncGenerator<DirectoryEntry, boolean> {
  for (let page = 0; ; page++) {
    const entries = await pageOf(directory, question, { stage: `all of ${question.filter}`, page }, 500, call)
    if (!Array.isArray(entries)) return entries === undefined
    yield* entries
  }
}

function startAgain<Stage>(at: Cursor<Stage>): Cursor<Stage> {
  if (at.again >= restartsAtMost)
    throw new LiveError(
      'unexpected_answer',
      'The directory ended the connection in the middle of a list again and again.',
    )
  return { ...at, page: 0, again: at.again + 1 }
}
