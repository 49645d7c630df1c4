import { z } from 'zod'
import { fieldsOf } from './live-config'
import {
  type Acts,
  type BoundDeposits,
  boundDeposits,
  type Call,
  type Capability,
  type ChangesPart,
  type ChangesReading,
  capabilities,
  type DepositEntry,
  type DepositPlace,
  type DiscoveryOptions,
  type DiscoveryPage,
  type DiscoveryPart,
  type LiveDefinition,
  type LiveSetting,
  type LiveSubject,
  type Order,
  type ReadWhole,
  type Rehearsal,
  type RightsReport,
  type Skipped,
} from './live-contract'
import { LiveError, networkError } from './live-error'
import { type BoundRehearsal, boundRehearsal } from './rehearsal'
import { type ConnectOptions, pacer, pause, type RetryBounds, usualBounds, waitBefore } from './retry'
import { Secret, withoutSecrets } from './secret'

/** Acts that change nothing at the source. All others are refused on the connection's own account. */
const looking: readonly Capability[] = ['verify', 'attempt', 'whoUses']
/** A call that hangs is let go after this long. */
const usualTimeoutMs = 60_000
/** A page may ask many questions, each of which has that time. It as a whole has so many times as much. */
const pageTimes = 10

export type BoundHands = {
  [Act in Capability]?: (order: Acts[Act][0], signal?: AbortSignal) => Promise<Acts[Act][1]>
}

/** An open connection, as use cases see it. Every error is a `LiveError`. */
export interface LiveConnection {
  readonly hands: { readonly [Subject in LiveSubject]?: BoundHands }
  /** The ids of what the connection itself lives on, which it refuses to change. */
  self: () => readonly string[]
  describeRights: (signal?: AbortSignal) => Promise<RightsReport>
  discover: (options?: DiscoveryOptions) => AsyncGenerator<DiscoveryPart>
  /** Absent where everything is read each time. */
  changes?: {
    /** Before a reading of everything begins. Fails for no error of the source: then there is no mark, and why. */
    begin: (signal?: AbortSignal) => Promise<MarkFound>
    /** After one that ended complete. */
    finish: (begun: MarkFound, signal?: AbortSignal) => Promise<MarkFound>
    /** What changed since the mark. Ends with the problem `mark_refused` where everything has to be read anew. */
    discover: (mark: string, signal?: AbortSignal) => AsyncGenerator<ChangesPart>
  }
  readonly rehearsal?: BoundRehearsal
  /** Absent where programs read no secrets from it. */
  deposits?: BoundDeposits
  close: () => void
}

export type MarkFound = { mark: string } | { cannot: string }

declare const guarded: unique symbol
export interface LiveConnector
  extends Pick<LiveDefinition<never, never>, 'id' | 'title' | 'evidence' | 'instructions' | 'semantics' | 'propose'> {
  /** Only `liveConnector` makes one: nobody meets a system without its guards. */
  readonly [guarded]: true
  readonly config: z.ZodType
  readonly rehearsal?: Pick<Rehearsal<never>, 'canaryId'>
  readonly changes: Pick<ChangesReading<never>, 'how' | 'unseen' | 'source'> | ReadWhole
  /** What the parts of a place are called; absent where programs read no secrets from it. */
  readonly depositWords?: DepositPlace
  /** Which entry a resource is, by its external id; absent where its discovery tells of none. */
  readonly entryOf?: ((resource: string) => DepositEntry | undefined) | undefined
  readonly capabilities: { readonly [Subject in LiveSubject]?: readonly Capability[] }
  /** @throws LiveError `invalid_config`, `blocked_address`, `unreachable`, `timed_out`, `login_refused`, `cancelled` */
  connect: (config: unknown, setting: LiveSetting, options?: ConnectOptions) => Promise<LiveConnection>
}

/** Puts around a system what holds for all of them: the own account is no target, errors are told without secrets, time is bounded. */
export function liveConnector<Config, Session>(definition: LiveDefinition<Config, Session>): LiveConnector {
  const { id, title, evidence, instructions, semantics, config, changes, propose, rehearsal, deposits } = definition
  const declared = Object.fromEntries(
    Object.entries(definition.hands).map(([subject, hands]) => [
      subject,
      capabilities.filter((capability) => hands?.[capability] !== undefined),
    ]),
  )
  return {
    ...{ id, title, evidence, instructions, semantics, config, changes, capabilities: declared },
    ...{
      ...(propose && { propose }),
      ...(rehearsal && { rehearsal }),
      ...(deposits && { depositWords: deposits.words, entryOf: deposits.entryOf }),
    },
    connect: async (given: unknown, setting: LiveSetting, options: ConnectOptions = {}) => {
      const parsed = config.safeParse(given)
      if (!parsed.success) throw new LiveError('invalid_config', z.prettifyError(parsed.error))
      const guard = new Guard(definition, parsed.data, setting, options)
      await guard.run(options.signal, () => Promise.resolve(), [])
      return guard.connection()
    },
  } as unknown as LiveConnector
}

class Guard<Config, Session> {
  readonly #definition: LiveDefinition<Config, Session>
  #config: Config
  readonly #setting: LiveSetting
  readonly #retry: RetryBounds
  readonly #timeoutMs: number
  readonly #pace: (signal: AbortSignal) => Promise<void>
  readonly #secrets: Secret[]
  #session: Promise<Session> | undefined
  #self: readonly string[] = []

  constructor(
    definition: LiveDefinition<Config, Session>,
    config: Config,
    setting: LiveSetting,
    { retry = usualBounds, timeoutMs = usualTimeoutMs }: ConnectOptions,
  ) {
    this.#definition = definition
    this.#config = config
    const { keep } = setting
    this.#setting =
      keep === undefined ? setting : { ...setting, keep: (field, revise) => this.#keep(field, revise, keep) }
    this.#retry = retry
    this.#timeoutMs = timeoutMs
    this.#pace = pacer(definition.requestsPerSecond)
    const secretNames = fieldsOf(definition.config).filter(({ secret }) => secret)
    this.#secrets = secretNames.flatMap(({ name }) => {
      const value = (config as Record<string, unknown>)[name]
      return value instanceof Secret ? [value] : []
    })
  }

  /** What is opened from now on knows the newest, whatever becomes of the store. */
  async #keep(
    field: string,
    revise: (stored: string) => string,
    store: NonNullable<LiveSetting['keep']>,
  ): Promise<void> {
    const value = (this.#config as Record<string, unknown>)[field]
    if (value instanceof Secret) {
      const revised = new Secret(revise(value.reveal()))
      this.#config = { ...this.#config, [field]: revised }
      this.#secrets.push(revised)
    }
    await store(field, revise)
  }

  connection(): LiveConnection {
    const hands = Object.fromEntries(
      Object.entries(this.#definition.hands).map(([subject, own]) => [
        subject,
        Object.fromEntries(
          capabilities.flatMap((act) => {
            const hand = own?.[act] as ((session: Session, order: Order, call: Call) => Promise<unknown>) | undefined
            return hand === undefined
              ? []
              : [[act, (order: Order, signal?: AbortSignal) => this.#act(act, hand, order, signal)]]
          }),
        ),
      ]),
    )
    return {
      hands,
      self: () => this.#self,
      describeRights: (signal) =>
        this.run(signal, (session, call) => this.#definition.describeRights(session, call), []),
      discover: (options) => this.#discover(options ?? {}),
      ...this.#changes(),
      ...boundRehearsal(this.#definition.rehearsal, (signal, work, secrets) => this.run(signal, work, secrets)),
      ...boundDeposits(this.#definition.deposits, this),
      close: () => this.#drop(),
    }
  }

  /** One act: never on the connection's own account, never again by itself, since it may have been done. */
  #act(
    act: Capability,
    hand: (session: Session, order: Order, call: Call) => Promise<unknown>,
    order: Order,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    return this.run(
      signal,
      (session, call) => {
        if (!looking.includes(act)) this.#refuseSelf(order)
        return hand(session, order, call)
      },
      Object.values(order).filter((value) => value instanceof Secret),
    )
  }

  #refuseSelf({ target }: Order): void {
    if (this.#self.includes(target.identity) || (target.credential && this.#self.includes(target.credential)))
      throw new LiveError(
        'own_credential',
        'This is the account that the connection itself signs in with. Change it at the source, then store the new secret in the connection.',
      )
  }

  /** Opens when needed, gives the call its signal and time, and turns whatever is thrown into a `LiveError` without secrets. */
  async run<Result>(
    signal: AbortSignal | undefined,
    work: (session: Session, call: Call) => Promise<Result>,
    secrets: readonly Secret[],
    mayAskOn = false,
  ): Promise<Result> {
    const timeoutMs = this.#timeoutMs
    const { limit, renew } = deadline(timeoutMs, mayAskOn ? timeoutMs * pageTimes : timeoutMs)
    const both = signal === undefined ? limit : AbortSignal.any([signal, limit])
    const call = {
      signal: both,
      pace: async () => {
        await this.#pace(both)
        if (mayAskOn) renew()
      },
    }
    try {
      if (signal?.aborted) throw new LiveError('cancelled', 'It was cancelled.')
      const session = await this.#open(call)
      return await unlessAborted(both, work(session, call))
    } catch (thrown) {
      const error = signal?.aborted
        ? new LiveError('cancelled', 'It was cancelled.')
        : limit.aborted
          ? new LiveError('timed_out', `The source did not answer within ${timeoutMs / 1000} s.`)
          : this.#explain(thrown, secrets)
      // What was cut in the middle of an answer cannot be used again.
      if (['unreachable', 'timed_out', 'cancelled', 'unexpected_answer'].includes(error.code)) this.#drop()
      throw error
    }
  }

  async #open(call: Call): Promise<Session> {
    const opening = this.#session === undefined ? this.#definition.open(this.#config, this.#setting, call) : undefined
    this.#session ??= opening
    try {
      const session = await unlessAborted(call.signal, this.#session as Promise<Session>)
      this.#self = this.#definition.self(session)
      return session
    } catch (error) {
      if (opening !== undefined) this.#drop()
      throw error
    }
  }

  #drop(): void {
    const session = this.#session
    this.#session = undefined
    if (session === undefined) return
    // What is being closed may be broken already, or still be opening; there is nothing left to tell anybody.
    void session.then((open) => this.#definition.close(open)).catch(() => {})
  }

  #explain(thrown: unknown, secrets: readonly Secret[]): LiveError {
    const known = thrown instanceof LiveError ? thrown : (this.#definition.explain(thrown) ?? networkError(thrown))
    if (known === undefined) throw thrown
    const clean = withoutSecrets(known.message, [...this.#secrets, ...secrets])
    return new LiveError(known.code, clean.slice(0, 2000), known.retryAfterMs)
  }

  /** The part of a connection that reads changes; nothing where the system cannot be asked so. */
  #changes(): Pick<LiveConnection, 'changes'> {
    const { changes } = this.#definition
    if ('why' in changes) return {}
    const found = async (
      signal: AbortSignal | undefined,
      ask: ChangesReading<Session>['begin'],
    ): Promise<MarkFound> => {
      try {
        const mark = await this.run(signal, ask, [], true)
        return typeof mark === 'string' ? { mark } : mark
      } catch (thrown) {
        if (!(thrown instanceof LiveError) || thrown.code === 'cancelled') throw thrown
        return { cannot: thrown.message }
      }
    }
    return {
      changes: {
        begin: (signal) => found(signal, changes.begin),
        finish: async (begun, signal) => {
          const { finish } = changes
          return 'cannot' in begun || finish === undefined
            ? begun
            : found(signal, (session, call) => finish(session, begun.mark, call))
        },
        discover: (mark, signal) =>
          this.#pages((session, cursor, call) => changes.readPage(session, { mark, cursor }, call), null, signal),
      },
    }
  }

  #discover({ cursor = null, pageSize, signal }: DiscoveryOptions): AsyncGenerator<DiscoveryPart> {
    const size = pageSize ? { pageSize } : {}
    return this.#pages(
      (session, from, call) => this.#definition.readPage(session, { cursor: from, ...size }, call),
      cursor,
      signal,
    )
  }

  /**
   * Page by page, each tried again within bounds from where the last whole one ended; the last part says whether it was all. The
   * next page is asked for before one is handed over, so that the source works while that one is taken in.
   */
  async *#pages<Page extends DiscoveryPage>(
    read: (session: Session, cursor: string | null, call: Call) => Promise<Page>,
    cursor: string | null,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<({ kind: 'page' } & Page) | Extract<DiscoveryPart, { kind: 'end' }>> {
    const skipped: Skipped[] = []
    const stop = new AbortController()
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
    const ask = (from: string | null) => {
      const page = this.run(
        either,
        async (session, call) => {
          await call.pace()
          return read(session, from, call)
        },
        [],
        true,
      )
      // Whoever takes the page before it hears of what went wrong.
      page.catch(() => {})
      return page
    }
    let at = cursor
    let asked = ask(at)
    try {
      for (let attempt = 1; ; ) {
        try {
          const page = await asked
          if (signal?.aborted) throw new LiveError('cancelled', 'It was cancelled.')
          attempt = 1
          skipped.push(...page.skipped)
          at = page.next
          if (at !== null) asked = ask(at)
          yield { kind: 'page', ...page }
          if (page.next !== null) continue
          const isComplete = skipped.every(({ within }) => within !== undefined)
          yield { kind: 'end', isComplete, skipped, resumeAt: null }
          return
        } catch (thrown) {
          if (!(thrown instanceof LiveError)) throw thrown
          const wait = waitBefore(attempt, thrown, this.#retry)
          const problem =
            wait === undefined ? thrown : await pause(wait, signal ?? never).catch((end) => end as LiveError)
          if (problem === undefined) {
            attempt += 1
            asked = ask(at)
            continue
          }
          yield { kind: 'end', isComplete: false, skipped, resumeAt: at, problem }
          return
        }
      }
    } finally {
      // Who stops taking pages wants none any more.
      stop.abort()
    }
  }
}

const never = new AbortController().signal

/** Ends so long after it was renewed, and in any case after the longest. */
function deadline(ms: number, longestMs: number): { limit: AbortSignal; renew: () => void } {
  const stop = new AbortController()
  let timer: NodeJS.Timeout | undefined
  // What is still on its way when the call has its answer ends by this too, so that it is not taken back then.
  const renew = () => {
    clearTimeout(timer)
    timer = setTimeout(() => stop.abort(), ms).unref()
  }
  renew()
  const limit = longestMs > ms ? AbortSignal.any([stop.signal, AbortSignal.timeout(longestMs)]) : stop.signal
  return { limit, renew }
}

/** Ends with `cancelled` when the signal does, even where a driver knows no signals. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new LiveError('cancelled', 'It was cancelled.'))
    if (signal.aborted) {
      // What it comes to is for nobody any more.
      work.catch(() => {})
      return stop()
    }
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
