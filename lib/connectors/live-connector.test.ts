import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { secretField } from './live-config'
import { liveConnector } from './live-connector'
import type { Call, DiscoveryPage, DiscoveryPart, LiveDefinition, SemanticsCard } from './live-contract'
import { LiveError } from './live-error'
import { pause } from './retry'
import { makeSecret, Secret } from './secret'
import { Snapshots } from './snapshot-pages'

// A system in memory that breaks when it is told to; the real ones are in the conformance run.

const card: SemanticsCard = {
  ...{ disable: 'Off.', delete: 'Gone.', openSessions: { goOn: false, says: 'End.' }, residualSeconds: 0 },
  ...{
    refusedWithinSeconds: 1,
    enablingRevives: { does: true, says: 'Yes.' },
    twoSecrets: { can: false, says: 'No.' },
  },
  ...{ undo: 'None.', source: 'https://example.org' },
}
const setting = { outbound: { allow: [], allowLoopback: true }, instance: 'x', fingerprint: (text: string) => text }
const quick = { retry: { tries: 3, firstWaitMs: 1, longestWaitMs: 5 } }
const page = (next: string | null, more: Partial<DiscoveryPage> = {}): DiscoveryPage => ({
  ...{ records: [], rights: [], refused: [], unresolved: [], skipped: [], next },
  ...more,
})

interface Config {
  password: Secret
}
interface Session {
  no: number
}

function system(change: Partial<LiveDefinition<Config, Session>> = {}) {
  const told = { opened: 0, closed: 0, disabled: [] as string[] }
  const connector = liveConnector<Config, Session>({
    id: 'memory',
    title: 'Memory',
    evidence: 'recorded',
    instructions: [],
    requestsPerSecond: 1000,
    config: z.object({ password: secretField('Password') }),
    semantics: { identity: card },
    open: async () => {
      told.opened += 1
      return { no: told.opened }
    },
    close: async () => {
      told.closed += 1
    },
    self: () => ['user:own', 'user:own#password'],
    describeRights: async () => ({ account: 'own', product: 'Memory', statements: [] }),
    readPage: async () => page(null),
    changes: { why: 'It is in memory.' },
    explain: () => undefined,
    hands: {
      identity: {
        whoUses: async () => ({ sessions: [] }),
        disable: async (_, { target }) => {
          told.disabled.push(target.identity)
          return { did: 'done', evidence: 'off' }
        },
      },
    },
    ...change,
  })
  return {
    told,
    connect: () => connector.connect({ password: 'own-secret-of-the-connection' }, setting, quick),
    connector,
  }
}

async function all(parts: AsyncIterable<DiscoveryPart>): Promise<DiscoveryPart[]> {
  const found: DiscoveryPart[] = []
  for await (const part of parts) found.push(part)
  return found
}

test('what has hands is what is declared, and nothing else can be called', async () => {
  const { connector, connect } = system()
  expect(connector.capabilities).toEqual({ identity: ['disable', 'whoUses'] })
  expect(Object.keys((await connect()).hands.identity ?? {})).toEqual(['disable', 'whoUses'])
})

test('its own account is refused before the system is asked; looking at it is allowed', async () => {
  const { told, connect } = system()
  const { identity } = (await connect()).hands
  for (const target of [{ identity: 'user:own' }, { identity: 'user:x', credential: 'user:own#password' }])
    await expect(identity?.disable?.({ target })).rejects.toMatchObject({ code: 'own_credential' })
  expect(told.disabled).toEqual([])
  expect(await identity?.whoUses?.({ target: { identity: 'user:own' } })).toEqual({ sessions: [] })
  expect(await identity?.disable?.({ target: { identity: 'user:x' } })).toMatchObject({ did: 'done' })
})

test('discovery goes on where it broke, in a new session', async () => {
  let breaks = 2
  const { told, connect } = system({
    readPage: async (_, { cursor }) => {
      if (cursor === 'b' && breaks-- > 0) throw new LiveError('unreachable', 'gone')
      return page(cursor === null ? 'b' : null)
    },
  })
  const parts = await all((await connect()).discover())
  expect(parts.map(({ kind }) => kind)).toEqual(['page', 'page', 'end'])
  expect(parts.at(-1)).toMatchObject({ isComplete: true, resumeAt: null })
  expect(told.opened).toBe(3)
})

test('discovery that stays broken says that it is a part, and where to go on', async () => {
  const { connect } = system({
    readPage: async (_, { cursor }) => {
      if (cursor === 'b') throw new LiveError('unreachable', 'gone')
      return page('b')
    },
  })
  expect((await all((await connect()).discover())).at(-1)).toMatchObject({
    ...{ kind: 'end', isComplete: false, resumeAt: 'b', problem: { code: 'unreachable' } },
  })
})

test('what was skipped makes a part of it', async () => {
  const skipped = [{ scope: 'database b', reason: 'closed' }]
  const { connect } = system({ readPage: async () => page(null, { skipped }) })
  expect((await all((await connect()).discover())).at(-1)).toEqual({
    kind: 'end',
    isComplete: false,
    skipped,
    resumeAt: null,
  })
})

test('the next page is read while one is taken in, and none more for who stops taking', async () => {
  const asked: (string | null)[] = []
  const { connect } = system({
    readPage: async (_, { cursor }, { signal }) => {
      asked.push(cursor)
      if (cursor === 'c') await new Promise((_resolve, reject) => signal.addEventListener('abort', reject))
      return page(cursor === null ? 'b' : 'c')
    },
  })
  const parts = (await connect()).discover()
  expect(await parts.next()).toMatchObject({ value: { kind: 'page', next: 'b' } })
  await expect.poll(() => asked).toEqual([null, 'b'])
  expect(await parts.next()).toMatchObject({ value: { kind: 'page', next: 'c' } })
  await expect.poll(() => asked).toEqual([null, 'b', 'c'])
  await parts.return(undefined)
  expect(asked).toEqual([null, 'b', 'c'])
})

test('a page that was read ahead is not handed over after the work was cancelled', async () => {
  const stop = new AbortController()
  let pages = 0
  const { connect } = system({ readPage: async () => page(String(++pages)) })
  const parts = (await connect()).discover({ signal: stop.signal })
  expect(await parts.next()).toMatchObject({ value: { kind: 'page', next: '1' } })
  await expect.poll(() => pages).toBe(2)
  stop.abort()
  const end = { kind: 'end', isComplete: false, resumeAt: '1', problem: { code: 'cancelled' } }
  expect(await parts.next()).toMatchObject({ value: end })
})

test('what is cut off while it begins ends without a rejection that nobody hears', async () => {
  const unheard: unknown[] = []
  const hear = (reason: unknown) => unheard.push(reason)
  process.on('unhandledRejection', hear)
  const stop = new AbortController()
  const { connect } = system({
    readPage: async (_, __, { signal }) => {
      if (signal.aborted) throw new LiveError('cancelled', 'too late')
      return page('b')
    },
  })
  const parts: DiscoveryPart[] = []
  for await (const part of (await connect()).discover({ signal: stop.signal })) {
    parts.push(part)
    stop.abort()
  }
  expect(parts).toMatchObject([{ kind: 'page' }, { kind: 'end', isComplete: false, problem: { code: 'cancelled' } }])
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
})

test('changes are read only where the system tells them, and a mark that it refuses ends the reading', async () => {
  expect((await system().connect()).changes).toBeUndefined()
  const marks: string[] = []
  const { connect } = system({
    changes: {
      ...{ how: 'By a number.', unseen: null, source: 'https://example.org' },
      begin: async () => {
        if (marks.length === 0) throw new LiveError('forbidden', 'no numbers with own-secret-of-the-connection')
        return `after ${marks.at(-1)}`
      },
      finish: async (_, begun) => `${begun}, read`,
      readPage: async (_, { mark, cursor }) => {
        marks.push(mark)
        if (mark === 'old') throw new LiveError('mark_refused', 'forgotten')
        if (cursor === null) return page('b', { skipped: [] })
        return { ...page(null), gone: [], end: { mark: 'next', whole: [], listsIdentities: false } }
      },
    },
  })
  const { changes } = await connect()
  expect(await changes?.begin()).toEqual({ cannot: 'no numbers with [secret]' })
  expect(await changes?.finish({ cannot: 'no' })).toEqual({ cannot: 'no' })
  expect(await all(changes?.discover('old') ?? never())).toMatchObject([
    { kind: 'end', isComplete: false, problem: { code: 'mark_refused' } },
  ])
  expect(marks).toEqual(['old'])
  expect(await changes?.finish((await changes?.begin()) ?? { cannot: '' })).toEqual({ mark: 'after old, read' })
  const parts = await all(changes?.discover('m') ?? never())
  expect(parts.map(({ kind }) => kind)).toEqual(['page', 'page', 'end'])
  expect(parts).toMatchObject([{}, { end: { mark: 'next' } }, { isComplete: true }])
})

async function* never(): AsyncGenerator<DiscoveryPart> {}

test('a whole that takes longer than a call may is read to its end, and one question that hangs is not waited for', async () => {
  const identity = { type: 'identity', externalId: 'a', kind: 'service_account', name: 'a', status: 'active' } as const
  let hangs = false
  const snapshots = new Snapshots<Session>(
    async (_, call) => {
      for (let question = 0; question < 20; question++) {
        await call.pace()
        await pause(hangs ? 5_000 : 25, call.signal)
      }
      return { records: [identity], refused: [], unresolved: [], skipped: [] }
    },
    async () => ({ rights: [] }),
    50,
  )
  const { connector } = system({ readPage: (session, from, call) => snapshots.page(session, from, call) })
  const given = { password: 'own-secret-of-the-connection' }
  const open = await connector.connect(given, setting, { ...quick, timeoutMs: 150 })
  const parts = await all(open.discover())
  expect(parts.at(-1)).toMatchObject({ kind: 'end', isComplete: true })
  expect(parts.flatMap((part) => (part.kind === 'page' ? part.records : []))).toEqual([identity])
  expect(parts.length).toBeGreaterThan(5)
  hangs = true
  expect((await all(open.discover())).at(-1)).toMatchObject({
    isComplete: false,
    problem: { code: 'unexpected_answer' },
  })
})

test('a page may take longer than one question may; an act may not', async () => {
  const work = async (call: Call, questions: number, ms: number) => {
    for (let question = 0; question < questions; question++) {
      await call.pace()
      await pause(ms, call.signal)
    }
  }
  let [questions, ms] = [12, 20]
  const { connector } = system({
    readPage: async (_, __, call) => {
      await work(call, questions, ms)
      return page(null)
    },
    hands: {
      identity: {
        disable: async (_, __, call) => {
          await work(call, 12, 20)
          return { did: 'done', evidence: 'off' }
        },
      },
    },
  })
  const open = await connector.connect({ password: 'own-secret' }, setting, { ...quick, timeoutMs: 100 })
  expect(await all(open.discover())).toMatchObject([{ kind: 'page' }, { isComplete: true }])
  ;[questions, ms] = [1, 400]
  expect(await all(open.discover())).toMatchObject([{ isComplete: false, problem: { code: 'timed_out' } }])
  ;[questions, ms] = [100, 20]
  expect(await all(open.discover())).toMatchObject([{ isComplete: false, problem: { code: 'timed_out' } }])
  const act = open.hands.identity?.disable?.({ target: { identity: 'user:x' } })
  await expect(act).rejects.toMatchObject({ code: 'timed_out' })
}, 30_000)

test('a refused right is not tried again', async () => {
  let asked = 0
  const { connect } = system({
    readPage: async () => {
      asked += 1
      throw new LiveError('forbidden', 'no')
    },
  })
  await all((await connect()).discover())
  expect(asked).toBe(1)
})

test('an act is never repeated, and the next one has a new session', async () => {
  let tries = 0
  const { told, connect } = system({
    hands: {
      identity: {
        disable: async () => {
          tries += 1
          if (tries === 1) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
          return { did: 'done', evidence: 'off' }
        },
      },
    },
  })
  const { identity } = (await connect()).hands
  await expect(identity?.disable?.({ target: { identity: 'user:x' } })).rejects.toMatchObject({ code: 'unreachable' })
  expect(tries).toBe(1)
  await identity?.disable?.({ target: { identity: 'user:x' } })
  expect(told.opened).toBe(2)
})

test('a call that is cancelled ends at once, though the driver knows no signals', async () => {
  const hang = (_: Session, __: unknown, ___: Call) => new Promise<never>(() => {})
  const { connect } = system({ hands: { identity: { disable: hang } } })
  const stop = new AbortController()
  const act = (await connect()).hands.identity?.disable?.({ target: { identity: 'user:x' } }, stop.signal)
  stop.abort()
  await expect(act).rejects.toMatchObject({ code: 'cancelled' })
})

test('no secret of the configuration or of the order is in an error', async () => {
  const ordered = makeSecret()
  const { connect } = system({
    explain: (error) => new LiveError('refused_by_source', (error as Error).message),
    hands: {
      password: {
        issue: async (_, { secret }) => {
          throw new Error(`bad password ${secret?.reveal()} for own-secret-of-the-connection`)
        },
      },
    },
  })
  const act = (await connect()).hands.password?.issue?.({ target: { identity: 'user:x' }, secret: ordered })
  const error: unknown = await act?.catch((thrown: unknown) => thrown)
  const text = `${inspect(error, { showHidden: true, depth: 9 })} ${JSON.stringify(error)}`
  expect(text).toContain('bad password [secret] for [secret]')
  expect(text).not.toContain(ordered.reveal())
  expect(text).not.toContain('own-secret')
})

test('a configuration that does not fit is refused by field, without its values', async () => {
  const { connector } = system()
  const error = await connector.connect({ password: 7, hunter: 'hunter2' }, setting).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ code: 'invalid_config', message: expect.stringContaining('password') })
  expect(String(error)).not.toContain('hunter2')
  expect(new Secret('x')).toBeDefined()
})
