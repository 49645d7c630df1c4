import { field, list, path, text } from '../json-fields'
import { demandGood } from '../json-source'
import type { Call, DepositEntry, DepositPlace, Deposits } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { administer, ask, type VaultSession } from './client'

const part = /^[\w.-]+(\/[\w.-]+)*$/

/** Of the second version of the key-value engine. */
function placeOf({ folder, name, field: key }: DepositPlace): string {
  if (!part.test(folder) || !part.test(name) || !/^[\w.-]+$/.test(key))
    throw new LiveError(
      'conflict',
      'Write mount, path and field of a key-value engine with letters, digits, dots, dashes and underscores.',
    )
  return `${folder}/data/${name}`
}

/** What the entry holds, with its version; nothing where there is none. */
async function read(session: VaultSession, place: string, call: Call) {
  const answer = await ask(session, { method: 'GET', path: `/${place}` }, call)
  if (answer.status === 404) return { held: {}, version: 0 }
  const data = field(demandGood(session.source, answer), 'data')
  const held = field(data, 'data')
  const version = path(data, 'metadata', 'version')
  if (typeof version !== 'number' || (held !== null && typeof held !== 'object'))
    throw new LiveError('conflict', `${place} is no entry of a key-value engine of version 2.`)
  return { held: (held ?? {}) as Record<string, unknown>, version }
}

async function look(session: VaultSession, wanted: DepositPlace, call: Call): Promise<void> {
  const place = placeOf(wanted)
  const told = await administer(
    session,
    { method: 'POST', path: '/sys/capabilities-self', body: { paths: [place] } },
    call,
  )
  const can = list(field(told, place)).map((each) => text(each))
  const lacking = ['read', 'create', 'update'].filter((each) => !can.includes(each) && !can.includes('root'))
  if (lacking.length > 0)
    throw new LiveError('forbidden', `The connection may not ${lacking.join(', ')} ${place}: its policy has to say so.`)
  await read(session, place, call)
}

async function put(
  session: VaultSession,
  { place: wanted, secret }: Parameters<Deposits<VaultSession>['put']>[1],
  call: Call,
): Promise<string> {
  const place = placeOf(wanted)
  const { held, version } = await read(session, place, call)
  // Whoever writes between the two is not overwritten.
  const body = { data: { ...held, [wanted.field]: secret.reveal() }, options: { cas: version } }
  await administer(session, { method: 'POST', path: `/${place}`, body }, call, [secret])
  const after = await read(session, place, call)
  if (after.held[wanted.field] !== secret.reveal())
    throw new LiveError('unexpected_answer', `Vault took ${place}, and gave something else when it was read back.`)
  return `${place} in Vault has it in the field ${wanted.field}, as version ${after.version}, and it was read back.`
}

/** What the newest version of an entry holds. */
async function readEntry(session: VaultSession, entry: DepositEntry, call: Call) {
  const { held, version } = await read(session, placeOf({ ...entry, field: 'any' }), call)
  if (version === 0) return undefined
  return new Map(
    Object.entries(held).flatMap(([key, value]) => (typeof value === 'string' ? [[key, new Secret(value)]] : [])),
  )
}

/** One field of an entry; its other fields stay. */
export const deposits: Deposits<VaultSession> = {
  words: { folder: 'Mount of the key-value engine', name: 'Path', field: 'Field' },
  look,
  put,
  read: readEntry,
}
