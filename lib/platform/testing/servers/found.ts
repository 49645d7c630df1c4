import { createHash } from 'node:crypto'
import os from 'node:os'
import { inspect } from 'node:util'
import { expect } from 'vitest'
import type { NormalisedRecord } from '../../../connectors/contract'
import { fieldsOf } from '../../../connectors/live-config'
import type { BoundHands, LiveConnection, LiveConnector } from '../../../connectors/live-connector'
import {
  type Capability,
  capabilities,
  type DiscoveryPart,
  type GrantOrder,
  type IdentityRights,
  type LiveSetting,
  type LiveSubject,
  type Order,
  type Verdict,
} from '../../../connectors/live-contract'
import { LiveError } from '../../../connectors/live-error'
import type { Secret } from '../../../connectors/secret'
import type { RunningSystem, SystemUnderTest } from './running-system'

/** What the installation would give: everything on this machine, nothing else. */
export const setting: LiveSetting = {
  outbound: { allow: [], allowLoopback: true },
  instance: 'conformance',
  fingerprint: (secret) => createHash('sha256').update(`conformance ${secret}`).digest('hex').slice(0, 32),
  folders: [os.tmpdir()],
  // The connection itself goes on with the newest.
  keep: async () => {},
}

/**
 * The same connection, whose acts are held to what they promise: what takes one back is given to be kept before it is done, or
 * somebody who is killed between the two could never bring it back.
 */
export function keepingFirst(connection: LiveConnection): LiveConnection {
  const held = (hand: (order: Order, signal?: AbortSignal) => Promise<{ former?: Secret }>) => {
    return async (order: Order, signal?: AbortSignal) => {
      const kept: string[] = []
      const keep = async (former: Secret) => void kept.push(former.reveal())
      const did = await hand({ ...order, keep }, signal)
      if (did.former) expect(kept, 'what takes it back was not kept before').toEqual([did.former.reveal()])
      return did
    }
  }
  const watch = (hands: BoundHands) =>
    Object.fromEntries(
      Object.entries(hands).map(([act, hand]) => [
        act,
        acts.includes(act) ? held(hand as unknown as Parameters<typeof held>[0]) : hand,
      ]),
    )
  const hands = Object.entries(connection.hands).map(([subject, each]) => [subject, watch(each)])
  return Object.assign(Object.create(connection), { hands: Object.fromEntries(hands) })
}
const acts = ['issue', 'disable', 'delete']

/** What one pass of discovery found. */
export interface Found {
  records: Map<string, NormalisedRecord>
  rights: Map<string, IdentityRights>
  end: Extract<DiscoveryPart, { kind: 'end' }>
}

/** What a record is the same by, from one pass to the next. */
export const keyOf = (record: NormalisedRecord) =>
  record.type === 'entitlement'
    ? `${record.kind} ${record.from.externalId} > ${record.to.externalId}`
    : `${record.type} ${record.externalId}`

export async function discover(connection: LiveConnection, pageSize?: number): Promise<Found> {
  const found: Found = {
    records: new Map(),
    rights: new Map(),
    end: { kind: 'end', isComplete: false, skipped: [], resumeAt: null },
  }
  for await (const part of connection.discover(pageSize === undefined ? {} : { pageSize })) {
    if (part.kind === 'end') return { ...found, end: part }
    for (const record of part.records) found.records.set(keyOf(record), record)
    for (const right of part.rights) found.rights.set(right.identity, right)
  }
  return found
}

/** The code of the error that the work ends with. */
export const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was thrown',
    (error) => (error instanceof LiveError ? error.code : error),
  )

/** The state of an identity as it was discovered; `undefined` = it was not. */
export function statusOf({ records }: Found, identity: string): string | undefined {
  const record = records.get(`identity ${identity}`)
  return record?.type === 'identity' ? record.status : undefined
}

export function credentialsOf({ records }: Found, identity: string) {
  return [...records.values()].flatMap((record) =>
    record.type === 'credential' && record.subject?.externalId === identity ? [record] : [],
  )
}

export const identitiesOf = ({ records }: Found) =>
  [...records.keys()].filter((key) => key.startsWith('identity ')).sort()

/** What stays the same where the source gives ids of its own. */
export const namesOf = ({ records }: Found) =>
  [...records.values()].flatMap((record) => (record.type === 'identity' ? [record.name] : [])).sort()

/** The identities once a second secret was made: the same, and one more where a key is an identity of its own. */
export const withSecond = (before: Found, { keysAreIdentities }: SystemUnderTest, credential?: string) =>
  [...identitiesOf(before), ...(keysAreIdentities ? [`identity ${credential}`] : [])].sort()

export const mayRotate = ({ capabilities: declared }: LiveConnector, { credential }: SystemUnderTest) =>
  declared[credential]?.includes('issue') === true

/** Disables, or deletes where nothing can be disabled. */
export const endWith = async (hands: BoundHands | undefined, order: Order): Promise<unknown> =>
  (hands?.disable ?? hands?.delete)?.(order)

/** Asks until the answer comes or the time that the card states is over; the last verdict. */
export async function askUntil(
  ask: () => Promise<Verdict>,
  wanted: Verdict['answer'],
  withinSeconds: number,
): Promise<Verdict> {
  const until = Date.now() + withinSeconds * 1000
  for (;;) {
    const verdict = await ask()
    if (verdict.answer === wanted || Date.now() >= until) return verdict
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Everything in every form in which it could be printed. */
export const printed = (values: readonly unknown[]) =>
  values
    .map((value) => `${inspect(value, { depth: 12, showHidden: true })} ${JSON.stringify(value)} ${String(value)}`)
    .join('\n')

/** Hands of subjects that the script itself does not go through. */
export function otherHands(connector: LiveConnector, system?: SystemUnderTest): [LiveSubject, Capability][] {
  const further = new Set(system?.further?.flatMap(({ proves }) => proves.map(String)))
  return (Object.entries(connector.capabilities) as [LiveSubject, Capability[]][])
    .filter(([subject]) => subject !== system?.credential && subject !== system?.principal)
    .flatMap(([subject, acts]) => acts.map((act): [LiveSubject, Capability] => [subject, act]))
    .filter((hand) => !further.has(String(hand)))
}

const secretsOf = (connector: LiveConnector) =>
  fieldsOf(connector.config).flatMap(({ name, secret }) => (secret ? [name] : []))

/** The secrets that the connections of the tests sign in with. */
const ownSecrets = (connector: LiveConnector, { config, powerless }: RunningSystem): string[] =>
  secretsOf(connector).flatMap((name) => [config[name], powerless[name]].filter(Boolean).map(String))

/** What shows that one of these or of a connection's own secrets was seen: all of it, and of a key within JSON each line. */
export const tracesOf = (secrets: Secret[], connector: LiveConnector, server: RunningSystem): string[] =>
  [...secrets.map((each) => each.reveal()), ...ownSecrets(connector, server)].flatMap((secret) => {
    const lines = secret.startsWith('{') ? secret.split('\\n') : []
    return [secret, ...lines.filter((line) => /^[\w+/=]{40,}$/.test(line))]
  })

/** Connections that cannot be, by the code of the error that each has to end with. */
export function attemptsThatFail(
  connector: LiveConnector,
  { config, attempts }: RunningSystem,
  wrong: Secret,
): Record<string, () => Promise<unknown>> {
  if (attempts !== undefined)
    return Object.fromEntries(
      Object.entries(attempts).map(([code, change]) => [
        code,
        () => connector.connect({ ...config, ...change }, setting),
      ]),
    )
  const field = ['password', 'secret', ...secretsOf(connector)].find((name) => name in config) ?? ''
  const nowhere = { ...setting, outbound: { allow: [], allowLoopback: false } }
  return {
    login_refused: () => connector.connect({ ...config, [field]: wrong.reveal() }, setting),
    blocked_address: () => connector.connect(config, nowhere),
    unreachable: () => connector.connect({ ...config, port: 9 }, setting),
    invalid_config: () => connector.connect({ ...config, host: '' }, setting),
  }
}

/** Every hand that changes something, turned upon what the connection lives on, as such and under another identity. */
export async function expectSelfRefused(connection: LiveConnection, identity: string, secret: Secret): Promise<void> {
  const own = connection.self()
  expect(own.length).toBeGreaterThan(0)
  for (const [subject, hands] of Object.entries(connection.hands))
    for (const [act, hand] of Object.entries(hands ?? {})) {
      if (act === 'verify' || act === 'attempt' || act === 'whoUses') continue
      const call = hand as (order: object) => Promise<unknown>
      for (const id of own)
        for (const target of [{ identity: id }, { identity, credential: id }])
          expect(await codeOf(call({ target, secret, former: secret, on: 'x', scopes: [] })), `${subject} ${act}`).toBe(
            'own_credential',
          )
    }
}

/** Signs in where the certificate and the name are right, and nowhere else. */
export async function expectEncrypted(
  connector: LiveConnector,
  { config, caPem }: NonNullable<RunningSystem['encrypted']>,
): Promise<void> {
  const safe = await connector.connect({ ...config, caPem }, setting)
  expect((await safe.describeRights()).account).not.toBe('')
  safe.close()
  expect(await codeOf(connector.connect(config, setting))).toBe('unreachable')
  const unnamed = connector.connect({ ...config, caPem, host: '127.0.0.1' }, setting)
  expect(['unreachable', 'invalid_config']).toContain(await codeOf(unnamed))
}

/** A step of one system alone. */
export async function proveFurther(
  { further }: RunningSystem,
  title: string,
  connection: LiveConnection,
): Promise<void> {
  const prove = further?.[title]
  if (prove === undefined) throw new Error(`nothing is prepared for: ${title}`)
  await prove(connection)
}

/** A right tried as the account itself, where the system can: before it is given, with it, and after it was taken away. */
export async function expectTried(
  { attempt, grant, ungrant }: BoundHands,
  order: GrantOrder,
  { good, wrong }: { good: Secret; wrong: Secret },
): Promise<unknown[]> {
  if (attempt === undefined) return []
  const verdicts = [await attempt({ ...order, secret: good })]
  await grant?.(order)
  verdicts.push(await attempt({ ...order, secret: good }))
  // Who cannot sign in has shown nothing about the right.
  verdicts.push(await attempt({ ...order, secret: wrong }))
  await ungrant?.(order)
  verdicts.push(await attempt({ ...order, secret: good }))
  expect(verdicts.map(({ answer }) => answer)).toEqual(['refused', 'accepted', 'unknown', 'refused'])
  return verdicts
}

/** What one server proved, for the table of `npm run test:connectors`. */
export interface Result {
  system: string
  connector: string
  evidence: LiveConnector['evidence']
  declared: LiveConnector['capabilities']
  capabilities: readonly Capability[]
  version?: string
  skipped?: string
  proved: string[]
  failed: string[]
}

export const newResult = (
  system: Pick<SystemUnderTest, 'name' | 'connector'>,
  { evidence, capabilities: declared }: LiveConnector,
): Result => ({
  ...{ system: system.name, connector: system.connector, evidence, declared, capabilities, proved: [], failed: [] },
})
