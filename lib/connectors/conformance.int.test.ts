import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  askUntil,
  attemptsThatFail,
  codeOf,
  credentialsOf,
  discover,
  endWith,
  expectEncrypted,
  expectSelfRefused,
  expectTried,
  type Found,
  identitiesOf,
  keepingFirst,
  keyOf,
  mayRotate,
  namesOf,
  newResult,
  otherHands,
  printed,
  proveFurther,
  type Result,
  setting,
  statusOf,
  tracesOf,
  withSecond,
} from '../platform/testing/servers/found'
import type { RunningSystem, SystemUnderTest } from '../platform/testing/servers/running-system'
import { systemsUnderTest, watchedSystems } from '../platform/testing/servers/systems'
import type { NormalisedRecord } from './contract'
import type { LiveConnection, LiveConnector } from './live-connector'
import type { Capability, DiscoveryPart, LiveSubject, LiveUse, Verdict } from './live-contract'
import { findLiveConnector, liveConnectors } from './live-registry'
import { makeSecret, type Secret } from './secret'

// One script for every system, against the real server, which the test starts itself. Each step builds on the ones before.

const results: Result[] = []

afterAll(() => {
  const place = process.env.CONNECTORS_REPORT
  if (place !== undefined) fs.writeFileSync(place, JSON.stringify(results))
})

test('every system that says it is proved on a real server is in this run', () => {
  const run = new Set([...systemsUnderTest, ...watchedSystems].map(({ connector }) => connector))
  expect(liveConnectors.filter(({ evidence, id }) => evidence === 'real' && !run.has(id))).toEqual([])
})

for (const system of systemsUnderTest) {
  describe(system.name, () => conform(system))
}

function conform(system: SystemUnderTest): void {
  const connector = findLiveConnector(system.connector) as LiveConnector
  const result = newResult(system, connector)
  const name = 'svc-billing'
  const made = () => system.made?.() ?? connector.propose?.(system.credential) ?? makeSecret()
  const [first, third, wrong] = [made(), made(), made()]
  let second = made()
  /** The credential that a secret belongs to, where several are alive. */
  const idOf = new Map<Secret, string>()
  const card = connector.semantics[system.credential]
  const principalCard = connector.semantics[system.principal]
  const seen: unknown[] = []
  let running: RunningSystem | undefined
  let connection: LiveConnection
  let identity = ''
  let credential = ''
  let former: Secret | undefined

  beforeAll(async () => {
    results.push(result)
    const started = await system.start()
    if ('skipped' in started) {
      result.skipped = started.skipped
      return
    }
    running = started
    result.version = started.version
    connection = keepingFirst(await connector.connect(started.config, setting))
    // On a new machine the server's package is fetched first.
  }, 420_000)
  afterAll(async () => {
    connection?.close()
    await running?.stop()
  })

  const step = (title: string, proves: [LiveSubject, Capability][], work: (server: RunningSystem) => Promise<void>) => {
    const declared = proves.filter(([subject, act]) => connector.capabilities[subject]?.includes(act))
    if (proves.length > 0 && declared.length === 0) return
    test(title, async (context) => {
      if (running === undefined) return context.skip(`${system.name}: ${result.skipped}`)
      const marks = declared.map(([subject, act]) => `${subject} ${act}`)
      try {
        await work(running)
        result.proved.push(...marks)
      } catch (error) {
        result.failed.push(...(marks.length > 0 ? marks : [title]))
        throw error
      }
      // Some servers are slow where others work beside them.
    }, 120_000)
  }
  const hands = (subject: LiveSubject) => connection.hands[subject] ?? {}
  const password = () => hands(system.credential)
  const principal = () => hands(system.principal)
  const verify = async (secret: Secret): Promise<Verdict> => {
    const verdict = await password().verify?.({
      target: { identity, credential: idOf.get(secret) ?? credential },
      secret,
    })
    if (verdict === undefined) throw new Error('the system cannot verify')
    seen.push(verdict)
    return verdict
  }
  const expectAnswer = async (secret: Secret, answer: Verdict['answer'], withinSeconds = 0) =>
    expect(await askUntil(() => verify(secret), answer, withinSeconds)).toMatchObject({ answer })
  const bound = (card?.refusedWithinSeconds ?? 1) + 1
  step('tells whom it signs in as and what it may do', [], async () => {
    const report = await connection.describeRights()
    seen.push(report)
    expect(report.account).not.toBe('')
    expect(report.statements.length).toBeGreaterThan(2)
    expect(report.statements.every(({ allowed, missing }) => allowed === true || missing !== undefined)).toBe(true)
  })

  let before: Found
  step('discovers an account that was made at the source, and says what it may do with it', [], async (server) => {
    ;({ identity } = await server.createAccount(name, first))
    before = await discover(connection)
    seen.push([...before.records.values()])
    expect(before.end).toEqual({ kind: 'end', isComplete: true, skipped: [], resumeAt: null })
    expect(statusOf(before, identity)).toBe('active')
    const own = credentialsOf(before, identity)
    expect(own.map(({ credentialType }) => credentialType)).toEqual([system.credential])
    credential = own[0]?.externalId ?? ''
    idOf.set(first, credential)
    expect(before.rights.get(identity)).toMatchObject({ rotate: mayRotate(connector, system), revoke: true })
    for (const id of connection.self().filter((self) => before.rights.has(self)))
      expect(before.rights.get(id)).toMatchObject({ rotate: false, revoke: false })
  })

  step('gives the same records in small pages', [], async () => {
    const paged = await discover(connection, 2)
    expect(paged.end.isComplete).toBe(true)
    expect([...paged.records.keys()].sort()).toEqual([...before.records.keys()].sort())
  })

  step('tells a good secret from a wrong one', [[system.credential, 'verify']], async () => {
    await expectAnswer(first, 'accepted')
    await expectAnswer(wrong, 'refused')
  })

  step('sees who uses it', [[system.principal, 'whoUses']], async (server) => {
    const session = await server.openSession(name, first)
    const look = () => principal().whoUses?.({ target: { identity } })
    const seesIt = (use?: LiveUse) =>
      system.hidesSessions ? typeof use?.lastUsedAt === 'string' : use?.sessions.length === 1
    // Some sources tell of a session a moment after it was opened.
    await expect.poll(async () => seesIt(await look()), { timeout: 10_000 }).toBe(true)
    seen.push(await look())
    await session.close()
  })

  step(
    'issues a second secret, and the first does as the card says',
    [[system.credential, 'issue']],
    async (server) => {
      const session = await server.openSession(name, first)
      const proposed = connector.propose === undefined ? {} : { secret: second }
      const issued = await password().issue?.({ target: { identity, credential }, ...proposed })
      seen.push(issued)
      expect(issued?.replacesFormer).toBe(!card?.twoSecrets.can)
      former = issued?.former
      second = issued?.secret ?? second
      idOf.set(second, issued?.credential ?? '')
      await expectAnswer(second, 'accepted')
      await expectAnswer(first, card?.twoSecrets.can ? 'accepted' : 'refused', bound)
      expect(await session.isAlive()).toBe(card?.twoSecrets.can || card?.openSessions.goOn)
      await session.close()
      const after = await discover(connection)
      expect(identitiesOf(after)).toEqual(withSecond(before, system, issued?.credential))
      const holder = system.keysAreIdentities ? (issued?.credential ?? '') : identity
      expect(credentialsOf(after, holder).map(({ externalId }) => externalId)).toContain(issued?.credential)
      if (card?.twoSecrets.can) {
        // The first is ended, and brought back where that can be.
        const ended = await password().delete?.({ target: { identity, credential } })
        seen.push(ended)
        former = ended?.former
        await expectAnswer(first, 'refused', bound)
        await expectAnswer(second, 'accepted')
        expect(await password().delete?.({ target: { identity, credential } })).toMatchObject({ did: 'already' })
        result.proved.push(`${system.credential} delete`)
      }
      credential = issued?.credential ?? ''
      if (system.keysAreIdentities) [identity, before] = [credential, await discover(connection)]
    },
  )

  step(
    'disables and enables the secret alone',
    [
      [system.credential, 'disable'],
      [system.credential, 'enable'],
    ],
    async () => {
      const target = { identity, credential }
      if (system.keepsOneSecret) seen.push(await password().issue?.({ target, secret: third }))
      const disabled = await password().disable?.({ target })
      seen.push(disabled)
      await expectAnswer(second, 'refused', bound)
      await password().enable?.({ target, ...(disabled?.former ? { former: disabled.former } : {}) })
      await expectAnswer(second, card?.enablingRevives.does ? 'accepted' : 'refused', bound)
    },
  )

  step(
    'disables it, ends its sessions, and enables it again',
    [
      [system.principal, 'disable'],
      [system.principal, 'endSessions'],
      [system.principal, 'enable'],
    ],
    async (server) => {
      const session = await server.openSession(name, second)
      const target = { identity }
      const disabled = await principal().disable?.({ target })
      seen.push(disabled)
      expect(disabled?.did).toBe('done')
      await expectAnswer(second, 'refused', bound)
      expect(await session.isAlive()).toBe(principalCard?.openSessions.goOn)
      const endSessions = principal().endSessions
      if (endSessions !== undefined) {
        const ended = await endSessions({ target })
        seen.push(ended)
        expect(await session.isAlive()).toBe(false)
        if (principalCard?.openSessions.goOn) expect(ended).toMatchObject({ did: 'done', ended: 1 })
        expect(await endSessions({ target })).toMatchObject({ did: 'already', ended: 0 })
      }
      await session.close()
      expect(await principal().disable?.({ target })).toMatchObject({ did: 'already' })
      const after = await discover(connection)
      expect(statusOf(after, identity)).toBe('disabled')
      expect(identitiesOf(after)).toEqual(identitiesOf(before))
      await principal().enable?.({ target, ...(disabled?.former ? { former: disabled.former } : {}) })
      await expectAnswer(second, principalCard?.enablingRevives.does ? 'accepted' : 'refused', bound)
      expect(statusOf(await discover(connection), identity)).toBe('active')
    },
  )

  step(
    'grants and takes back',
    [
      [system.principal, 'grant'],
      [system.principal, 'ungrant'],
      [system.principal, 'attempt'],
    ],
    async ({ grantable }) => {
      if (grantable === undefined) throw new Error('nothing to grant is prepared')
      const order = { target: { identity }, on: grantable.on, scopes: grantable.scopes }
      expect(await grantable.mayUse(name, second)).toBe(false)
      seen.push(await principal().grant?.(order))
      expect(await grantable.mayUse(name, second)).toBe(true)
      seen.push(await principal().ungrant?.(order))
      expect(await grantable.mayUse(name, second)).toBe(false)
      seen.push(await expectTried(principal(), order, { good: second, wrong }))
    },
  )

  step('brings a former secret back', [[system.credential, 'restore']], async ({ strong }) => {
    const target = { identity, credential }
    if (former !== undefined) {
      seen.push(await password().restore?.({ target, former }))
      await expectAnswer(first, 'accepted', bound)
      if (!card?.twoSecrets.can) await password().issue?.({ target, secret: second })
      return
    }
    // Only a connection with more rights is given what brings it back.
    if (strong === undefined) throw new Error('nothing that brings a secret back is prepared')
    const stronger = await connector.connect(strong, setting)
    try {
      const issued = await stronger.hands[system.credential]?.issue?.({ target, secret: third })
      seen.push(issued)
      await expectAnswer(third, 'accepted', bound)
      if (issued?.former === undefined) throw new Error('nothing came that brings the former secret back')
      await stronger.hands[system.credential]?.restore?.({ target, former: issued.former })
      await expectAnswer(second, 'accepted', bound)
      await expectAnswer(third, 'refused', bound)
    } finally {
      stronger.close()
    }
  })

  step('refuses to touch its own account, by every hand', [], async () => {
    await expectSelfRefused(connection, identity, wrong)
    expect((await connection.describeRights()).account).not.toBe('')
  })

  step('refuses a wrong password of its own, an address inside and a port where nobody listens', [], async (server) => {
    for (const [code, attempt] of Object.entries(attemptsThatFail(connector, server, wrong))) {
      const error = await attempt().catch((thrown) => thrown)
      seen.push(error)
      expect(error).toMatchObject({ code })
    }
  })

  step('speaks TLS to who proves its name, and to nobody else', [], async ({ encrypted }) => {
    if (encrypted !== undefined) await expectEncrypted(connector, encrypted)
  })

  step('goes on after its connection was cut', [], async (server) => {
    const kept: string[] = []
    let isCut = false
    for await (const part of connection.discover({ pageSize: 2 })) {
      if (part.kind === 'page') kept.push(...part.records.map(keyOf))
      else expect(part).toMatchObject({ isComplete: true, resumeAt: null })
      if (!isCut) await server.cut()
      isCut = true
    }
    expect([...new Set(kept)].sort()).toEqual([...(await discover(connection)).records.keys()].sort())
    await server.cut()
    // The first call after a cut may say so; the next one works.
    await connection.describeRights().catch((error) => expect(error).toMatchObject({ code: 'unreachable' }))
    expect((await connection.describeRights()).account).not.toBe('')
  })

  step('says that it is a part when it is cancelled half way', [], async () => {
    const stop = new AbortController()
    const parts: DiscoveryPart[] = []
    for await (const part of connection.discover({ pageSize: 1, signal: stop.signal })) {
      parts.push(part)
      stop.abort()
    }
    expect(parts.map(({ kind }) => kind)).toEqual(['page', 'end'])
    const end = parts.at(-1)
    expect(end).toMatchObject({ isComplete: false, problem: { code: 'cancelled' } })
    expect(end?.kind === 'end' && end.resumeAt !== null).toBe(true)
    const rest: NormalisedRecord[] = []
    for await (const part of connection.discover({ cursor: end?.kind === 'end' ? end.resumeAt : null }))
      if (part.kind === 'page') rest.push(...part.records)
    expect(rest.length).toBeGreaterThan(0)
    const order = { target: { identity }, secret: second }
    expect(await codeOf(password().verify?.(order, AbortSignal.abort()) as Promise<unknown>)).toBe('cancelled')
  })

  step('does nothing where it holds no rights, and says so', [], async ({ powerless }) => {
    const weak = await connector.connect(powerless, setting)
    try {
      const report = await weak.describeRights()
      expect(report.statements.some(({ allowed }) => allowed === false)).toBe(true)
      const { records, rights, end } = await discover(weak)
      seen.push(end)
      if (records.has(`identity ${identity}`))
        expect(rights.get(identity)).toMatchObject({ rotate: false, revoke: false })
      else expect(end.isComplete).toBe(false)
      expect(await codeOf(endWith(weak.hands[system.principal], { target: { identity } }))).toBe('forbidden')
      await expectAnswer(second, 'accepted')
    } finally {
      weak.close()
    }
  })

  for (const [subject, act] of otherHands(connector, system))
    step(`${act} of ${subject}`, [[subject, act]], async ({ also }) => {
      const prove = also?.[`${subject} ${act}`]
      if (prove === undefined) throw new Error('nothing that proves it is prepared')
      seen.push(await prove(connection))
    })
  for (const { title, proves } of system.further ?? [])
    step(title, proves, (server) => proveFurther(server, title, connection))

  step('deletes the last secret', [[system.credential, 'delete']], async () => {
    seen.push(await password().delete?.({ target: { identity, credential } }))
    await expectAnswer(second, 'refused', bound)
  })

  step('deletes it, and a second time says that it is gone', [[system.principal, 'delete']], async (server) => {
    seen.push(await principal().delete?.({ target: { identity } }))
    await expectAnswer(second, 'refused', bound)
    const after = await discover(connection)
    expect(after.end.isComplete).toBe(true)
    expect(after.records.has(`identity ${identity}`)).toBe(false)
    expect(await principal().delete?.({ target: { identity } })).toMatchObject({ did: 'already' })
    const again = (await server.createAccount(name, first)).identity
    expect(again === identity).toBe(system.givesOwnIds !== true)
    const same = system.givesOwnIds ? namesOf : identitiesOf
    expect(same(await discover(connection))).toEqual(same(before))
  })

  step('leaves no secret in what it gives or in any log of the server', [], async (server) => {
    const [given, logs] = [printed(seen), await server.logs()]
    expect(logs.length).toBeGreaterThan(0)
    for (const secret of tracesOf([second, third, wrong], connector, server))
      for (const [place, text] of Object.entries({ given, logs }))
        expect(text.includes(secret), `a secret stands in ${place}`).toBe(false)
  })
}
