import { createHash, type Hash } from 'node:crypto'
import { z } from 'zod'
import { Checkpoint, isSignedBy } from '@/lib/platform/audit/checkpoint'
import { type AuditEvent, hashEvent } from '@/lib/platform/audit/event'

/**
 * Confirms a report without the product running, from its bytes alone. Every line but the last is linked to the one before by
 * SHA-256; the last line, the seal, holds the end of that chain, the audit event that says the same, and a checkpoint of that event
 * that the installation signed. Beside that the report has to agree with itself: evidence with its hashes, signed decisions with
 * what was signed off, counts with items, outcome with what was proved.
 */

export const reportFormat = 'bailiwick-review-report/1'
/** A line longer than this is none of ours. */
const mostLineBytes = 8_000_000

export const chainStart = '0'.repeat(64)

/** The chain after a line, by its bytes without the line end. */
export const chainLine = (head: string, line: Buffer | string): string =>
  createHash('sha256').update(head).update('\n').update(line).digest('hex')

const Event = z.strictObject({
  orgId: z.string(),
  seq: z.int(),
  id: z.string(),
  occurredAt: z.string(),
  actor: z.strictObject({ kind: z.enum(['user', 'api_key', 'job']), id: z.string(), label: z.string() }),
  action: z.string(),
  target: z.strictObject({ kind: z.string(), id: z.string(), label: z.string() }),
  reason: z.string().nullable(),
  decisionId: z.string().nullable(),
  requestId: z.string().nullable(),
  before: z.json(),
  after: z.json(),
  prevHash: z.string(),
  hash: z.string(),
})

const Seal = z.strictObject({
  lines: z.int(),
  head: z.string(),
  event: Event,
  checkpoint: z.strictObject(Checkpoint.shape),
  publicKey: z.string(),
})

/** What is read of a report beside its campaign and items. */
const Parts = z.object({
  events: z.array(Event).default([]),
  signOffs: z
    .array(z.object({ id: z.string(), items: z.int(), decisionsHash: z.string(), by: z.string() }))
    .default([]),
})

/** What the audit event of a sign-off says. */
const SignedOff = z.object({ signOffId: z.string(), decisionsHash: z.string() })

export interface ReportVerdict {
  isIntact: boolean
  items: number
  /** SHA-256 of the public key that signed it: to be compared with what the installation says. */
  keyFingerprint: string | null
  campaign: string | null
  /** What is broken, as sentences; the first twenty. */
  problems: string[]
}

export const fingerprintOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex')

interface Word {
  reviewer: number
  decision: string
  until: string | null
  reduction: string | null
  note: string | null
  byId: string
  signOff: string
}
interface Item {
  no: number
  identityId: string
  credentialId: string | null
  entitlementId: string | null
  evidence: string
  evidenceHash: string
  outcome: string | null
  settledBy: string | null
  words: Word[]
  remedy: { state: string } | null
}

/** What an item says once more in sum. */
export class Totals {
  items = 0
  readonly outcomes: Record<string, number> = {}
  readonly settledBy: Record<string, number> = {}
  readonly remedies: Record<string, number> = {}
  readonly #population = createHash('sha256')
  readonly #evidence = createHash('sha256')

  add(item: Item): void {
    this.items += 1
    count(this.outcomes, item.outcome ?? 'none')
    count(this.settledBy, item.settledBy ?? 'none')
    if (item.remedy) count(this.remedies, item.remedy.state)
    const id = item.entitlementId ?? item.credentialId ?? item.identityId
    this.#population.update(Buffer.from(id.replaceAll('-', ''), 'hex'))
    this.#evidence.update(Buffer.from(item.evidenceHash, 'hex'))
  }

  /** In the one form in which a report holds it. */
  sum() {
    const { items, outcomes, settledBy, remedies } = this
    return { items, outcomes, settledBy, remedies }
  }

  hashes = () => ({ population: this.#population.copy().digest('hex'), evidence: this.#evidence.copy().digest('hex') })
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** A signed decision in the form in which sign-offs are hashed. */
const signedLine = (no: number, { reviewer, decision, until, reduction, note, byId }: Word): string =>
  [no, reviewer, decision, until, reduction, note === null ? null : md5(note), byId]
    .filter((part) => part !== null)
    .join('|')

/** Checks a report by its bytes, whatever their number: one line is in memory at a time. */
export async function verifyReport(
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
  expectedKey?: string,
): Promise<ReportVerdict> {
  const check = new Check()
  try {
    for await (const line of linesOf(bytes)) check.line(line)
    check.end(expectedKey)
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    check.problem(error.message)
  }
  const { problems, totals, campaign, keyFingerprint } = check
  return {
    isIntact: problems.length === 0,
    items: totals.items,
    campaign: typeof campaign?.name === 'string' ? campaign.name : null,
    keyFingerprint,
    problems,
  }
}

/** Nothing after this can be judged. */
class Broken extends Error {}

async function* linesOf(bytes: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const chunk of bytes) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      yield Buffer.concat([...held, chunk.subarray(from, at)])
      held = []
      size = 0
      from = at + 1
    }
    held.push(chunk.subarray(from))
    size += chunk.length - from
    if (size > mostLineBytes) throw new Broken('It has a line that is too long for a report.')
  }
  if (size > 0) throw new Broken('Its last line does not end: it was cut off, or something was added.')
}

class Check {
  readonly problems: string[] = []
  readonly totals = new Totals()
  campaign: Record<string, unknown> | undefined
  keyFingerprint: string | null = null
  #head = chainStart
  #lines = 0
  #before: Buffer | undefined
  #isAmongItems = false
  readonly #signed = new Map<string, { hash: Hash; items: number }>()
  readonly #parts: Record<string, unknown> = {}

  problem(says: string): void {
    if (this.problems.length < 20) this.problems.push(says)
  }

  /** Takes the line before: the last one is the seal, and no part of the chain. */
  line(line: Buffer): void {
    if (this.#before) this.#take(this.#before)
    this.#before = line
  }

  #take(line: Buffer): void {
    this.#lines += 1
    this.#head = chainLine(this.#head, line)
    let text: string
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(line)
    } catch {
      this.problem(`Line ${this.#lines} is no text.`)
      return
    }
    try {
      this.#read(text)
    } catch (error) {
      if (error instanceof Broken) throw error
      this.problem(`Line ${this.#lines} cannot be read.`)
    }
  }

  #read(text: string): void {
    if (this.#lines === 1) {
      const { format } = JSON.parse(`${text.replace(/,$/, '')}}`) as { format?: unknown }
      if (format !== reportFormat) throw new Broken('This is no report of a review, or of a later version.')
      return
    }
    if (text === '"items":[') {
      this.#isAmongItems = true
      return
    }
    if (this.#isAmongItems && text === '],') {
      this.#isAmongItems = false
      return
    }
    if (this.#isAmongItems) {
      this.#item(JSON.parse(text.replace(/,$/, '')) as Item)
      return
    }
    const part = JSON.parse(`{${text.replace(/,$/, '')}}`) as Record<string, unknown>
    Object.assign(this.#parts, part)
    if (part.campaign) this.campaign = part.campaign as Record<string, unknown>
  }

  #item(item: Item): void {
    if (item.no !== this.totals.items + 1)
      this.problem(`Item ${this.totals.items + 1} is missing, or not in its place.`)
    const hash = createHash('sha256').update(item.evidence).digest('hex')
    if (hash !== item.evidenceHash) this.problem(`The evidence of item ${item.no} is not what was frozen.`)
    this.totals.add(item)
    for (const word of item.words) {
      const signed = this.#signed.get(word.signOff) ?? { hash: createHash('sha256'), items: 0 }
      this.#signed.set(word.signOff, signed)
      signed.hash.update(`${signed.items > 0 ? '\n' : ''}${signedLine(item.no, word)}`)
      signed.items += 1
    }
  }

  end(expectedKey: string | undefined): void {
    if (!this.#before) throw new Broken('It is empty.')
    this.#checkSeal(this.#before, expectedKey)
    const parts = Parts.safeParse(this.#parts)
    if (!parts.success) throw new Broken('Its audit events or its sign-offs are not as a report has them.')
    this.#checkItems(parts.data)
    this.#checkSignOffs(parts.data)
  }

  #checkSeal(line: Buffer, expectedKey: string | undefined): void {
    let seal: z.infer<typeof Seal>
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(line)
      if (!text.startsWith('"seal":') || !text.endsWith('}}')) throw new Error('no seal')
      const given: unknown = JSON.parse(text.slice(7, -1))
      seal = Seal.parse(given)
      // Written in one way only: whatever else means the same was not written here.
      if (JSON.stringify(given) !== text.slice(7, -1)) throw new Error('not as it was written')
    } catch {
      throw new Broken('Its last line is no seal: the report was cut off, or changed.')
    }
    const { event, checkpoint, publicKey, head, lines } = seal
    this.keyFingerprint = fingerprintOf(publicKey)
    if (Buffer.from(publicKey, 'base64').toString('base64') !== publicKey)
      this.problem('Its key is not written as keys are.')
    if (expectedKey !== undefined && expectedKey.toLowerCase() !== this.keyFingerprint)
      this.problem('It is signed by another key than the one that was given.')
    if (lines !== this.#lines) this.problem(`It has ${this.#lines} lines; its seal knows ${lines}.`)
    if (head !== this.#head) this.problem('Its lines are not those that were sealed: something in them was changed.')
    if (hashEvent(event as AuditEvent) !== event.hash) this.problem('The audit event of its seal was changed.')
    const after = event.after as { head?: unknown; lines?: unknown } | null
    if (event.action !== 'review.report' || after?.head !== head || after?.lines !== lines)
      this.problem('The audit event of its seal is about something else.')
    if (this.campaign && event.target.id !== this.campaign.id) this.problem('Its seal is of another campaign.')
    if (checkpoint.seq !== event.seq || checkpoint.hash !== event.hash || checkpoint.orgId !== event.orgId)
      this.problem('Its checkpoint is of another event.')
    if (!isSignedBy(checkpoint, publicKey)) this.problem('Its checkpoint is not signed by its key.')
  }

  #checkItems({ events: trail }: z.output<typeof Parts>): void {
    const { campaign, totals } = this
    if (!campaign) throw new Broken('It does not say of which campaign it is.')
    const { population, evidence } = totals.hashes()
    if (campaign.populationHash !== population) this.problem('Its items are not the population that was frozen.')
    if (campaign.evidenceHash !== evidence) this.problem('Its evidence is not what was frozen at the launch.')
    if (JSON.stringify(this.#parts.totals) !== JSON.stringify(totals.sum()))
      this.problem('Its counts are not those of its items.')
    const unproved = Object.entries(totals.remedies).some(([state, n]) => state !== 'verified' && n > 0)
    if (campaign.state === 'closed_effective' && unproved)
      this.problem('It says that the campaign was effective, and not everything is proved.')
    for (const event of trail)
      if (hashEvent(event as AuditEvent) !== event.hash) this.problem(`The audit event ${event.seq} was changed.`)
    const launch = trail.find(({ action }) => action === 'review.campaign.launch')?.after as
      | Record<string, unknown>
      | undefined
    if (!launch) this.problem('The audit event of its launch is missing.')
    else if (launch.populationHash !== campaign.populationHash || launch.evidenceHash !== campaign.evidenceHash)
      this.problem('Its hashes are not those that the audit trail has of the launch.')
  }

  #checkSignOffs({ signOffs, events }: z.output<typeof Parts>): void {
    const known = new Map(
      events
        .filter(({ action }) => action === 'review.sign_off')
        .flatMap(({ after }) => SignedOff.safeParse(after).data ?? [])
        .map(({ signOffId, decisionsHash }) => [signOffId, decisionsHash]),
    )
    for (const { id, items, decisionsHash, by } of signOffs) {
      const found = this.#signed.get(id)
      this.#signed.delete(id)
      if (!found || found.items !== items || found.hash.digest('hex') !== decisionsHash)
        this.problem(`What ${by} signed off is not what the items say.`)
      if (known.get(id) !== decisionsHash) this.problem(`The audit trail knows another sign-off of ${by}.`)
    }
    if (this.#signed.size > 0) this.problem('Items have signed decisions that nobody signed off.')
  }
}
