import { demandGood } from '../json-source'
import type { Call, DepositEntry, DepositPlace, Deposits } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { administer, ask, type KubernetesSession, mayDo } from './client'
import { field, text } from './fields'

const named = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

function placeOf({ folder, name, field: key }: DepositPlace): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(folder) || !named.test(name) || !/^[\w.-]{1,253}$/.test(key))
    throw new LiveError(
      'conflict',
      'Write namespace, Secret and key as Kubernetes allows them: small letters, digits, dots and dashes.',
    )
  return `/api/v1/namespaces/${folder}/secrets/${name}`
}

async function read(
  session: KubernetesSession,
  place: string,
  call: Call,
): Promise<Record<string, unknown> | undefined> {
  const answer = await ask(session, { method: 'GET', path: place }, call)
  if (answer.status === 404) return undefined
  const found = demandGood(session.source, answer) as Record<string, unknown>
  const type = text(field(found, 'type')) ?? 'Opaque'
  if (type !== 'Opaque' || field(found, 'immutable') === true)
    throw new LiveError(
      'conflict',
      `The Secret there is ${type === 'Opaque' ? 'immutable' : `of the type ${type}`}: it is not changed from here.`,
    )
  return found
}

async function look(session: KubernetesSession, wanted: DepositPlace, call: Call): Promise<void> {
  const place = placeOf(wanted)
  const verbs = (await read(session, place, call)) === undefined ? ['create'] : ['update']
  for (const verb of verbs)
    if ((await mayDo(session, { verb, resource: 'secrets', namespace: wanted.folder }, call)) === false)
      throw new LiveError('forbidden', `The connection may not ${verb} Secrets in the namespace ${wanted.folder}.`)
}

async function put(
  session: KubernetesSession,
  { place: wanted, secret }: Parameters<Deposits<KubernetesSession>['put']>[1],
  call: Call,
): Promise<string> {
  const place = placeOf(wanted)
  const value = Buffer.from(secret.reveal()).toString('base64')
  const found = await read(session, place, call)
  const data = { ...((field(found, 'data') as object | undefined) ?? {}), [wanted.field]: value }
  if (found === undefined) {
    const metadata = { name: wanted.name, namespace: wanted.folder }
    const body = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata, data }
    await administer(session, { method: 'POST', path: place.slice(0, place.lastIndexOf('/')), body }, call, [secret])
  }
  // The version that was read goes along: whoever writes between the two is not overwritten.
  else await administer(session, { method: 'PUT', path: place, body: { ...found, data } }, call, [secret])
  const after = await read(session, place, call)
  if (text(field(field(after, 'data'), wanted.field)) !== value)
    throw new LiveError(
      'unexpected_answer',
      'Kubernetes took the Secret, and gave something else when it was read back.',
    )
  return `The Secret ${wanted.folder}/${wanted.name} has it under ${wanted.field}, and it was read back.`
}

/** What a Secret of any type holds. */
async function readEntry(session: KubernetesSession, entry: DepositEntry, call: Call) {
  const answer = await ask(session, { method: 'GET', path: placeOf({ ...entry, field: 'any' }) }, call)
  if (answer.status === 404) return undefined
  const data = (field(demandGood(session.source, answer), 'data') ?? {}) as Record<string, unknown>
  return new Map(
    Object.entries(data).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, new Secret(Buffer.from(value, 'base64').toString('utf8'))]] : [],
    ),
  )
}

/** `secret:shop:db`, perhaps behind the name of a cluster. */
function entryOf(resource: string): DepositEntry | undefined {
  const [, folder, name] = /^(?:.*\/)?secret:([^:/]+):([^:/]+)$/.exec(resource) ?? []
  return folder === undefined || name === undefined ? undefined : { folder, name }
}

/** One key of a Secret of the type Opaque; its other keys stay. */
export const deposits: Deposits<KubernetesSession> = {
  words: { folder: 'Namespace', name: 'Name of the Secret', field: 'Key' },
  look,
  put,
  read: readEntry,
  entryOf,
}
