import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, rename, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../live-contract'
import { LiveError } from '../live-error'
import type { Secret } from '../secret'
import { allowedFolder, explainFile, openedFolder, readPlain } from './folder'

/** What the script at the authority takes; it may be told to take less. */
export const verbs = ['issue', 'hold', 'release', 'revoke'] as const
export type Verb = (typeof verbs)[number]

/** Where orders go in, and answers come out. */
export interface Mailbox {
  /** @returns what the authority answered, without the first word */
  order: (text: string, call: Call, withinMs?: number) => Promise<{ did: 'done' | 'already'; rest: string }>
  /** What the authority takes; a sentence where it does not say. */
  takes: (call: Call) => Promise<ReadonlySet<Verb> | string>
}

const answersWithinMs = 30_000
const takesWithinMs = 5000
/** As long as what an authority takes is not asked again. */
const knownMs = 60_000

/** @throws LiveError where the folder is not open to connections, or orders cannot be laid into it */
export async function openMailbox(
  folder: string,
  allowed: readonly string[],
  key: Secret | undefined,
): Promise<Mailbox> {
  const real = await openedFolder(folder, allowed, key)
  const [orders, answers] = await Promise.all(
    ['orders', 'answers'].map((name) => allowedFolder(path.join(real, name), [real])),
  )
  const inside = (place = '', name: string) => path.join(place, name)
  let known: { takes: ReadonlySet<Verb>; until: number } | undefined

  const order: Mailbox['order'] = async (text, call, withinMs = answersWithinMs) => {
    const id = randomBytes(16).toString('hex')
    const [hidden, place] = [inside(orders, `.${id}`), inside(orders, `${id}.order`)]
    try {
      await writeFile(hidden, text, { flag: 'wx', mode: 0o640 })
      await rename(hidden, place)
    } catch (error) {
      throw explainFile(error, folder) ?? error
    }
    const until = Date.now() + withinMs
    let isTaken = false
    for (;;) {
      const answer = await readPlain(inside(answers, `${id}.answer`), 64 * 1024)
      if (answer !== undefined) return told(answer.toString('utf8'))
      if (!isTaken && (call.signal.aborted || Date.now() > until)) {
        // What nobody has taken is taken back, so that nothing happens after all.
        isTaken = !(await unlink(place).then(
          () => true,
          () => false,
        ))
        if (!isTaken) throw unanswered(call, 'The order was taken back: nothing was done.')
      }
      if (Date.now() > until + answersWithinMs / 3 || (call.signal.aborted && isTaken))
        throw unanswered(call, 'The order was taken and not answered: look at the authority whether it was done.')
      await sleep(100)
    }
  }

  const takes: Mailbox['takes'] = async (call) => {
    if (known !== undefined && Date.now() < known.until) return known.takes
    const error = await access(orders ?? '', constants.W_OK).then(
      () => undefined,
      (reason) => explainFile(reason, folder)?.message ?? 'orders cannot be laid there',
    )
    if (error !== undefined) return error
    try {
      const { rest } = await order('status', call, takesWithinMs)
      const words = rest.split(/\s+/)
      known = { takes: new Set(verbs.filter((verb) => words.includes(verb))), until: Date.now() + knownMs }
      return known.takes
    } catch (thrown) {
      if (thrown instanceof LiveError && !call.signal.aborted) return thrown.message
      throw thrown
    }
  }
  return { order, takes }
}

const unanswered = ({ signal }: Call, more: string) =>
  signal.aborted
    ? new LiveError('cancelled', `It was cancelled. ${more}`)
    : new LiveError('timed_out', `The authority did not answer. ${more}`)

/** `done 1003`, `already`, `refused` with a reason. @throws LiveError */
function told(answer: string): { did: 'done' | 'already'; rest: string } {
  const [word = '', ...rest] = answer.trim().split(/\s+/)
  const text = rest.join(' ').slice(0, 500)
  if (word === 'done' || word === 'already') return { did: word, rest: text }
  if (word === 'refused') throw new LiveError('refused_by_source', `The authority refused it: ${text}.`)
  throw new LiveError('unexpected_answer', 'The authority answered what is no answer.')
}
