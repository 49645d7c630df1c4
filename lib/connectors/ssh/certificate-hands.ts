import type { Call, Effect, Hands, Order } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import type { SshCertificate } from './certificate'
import type { SshSession } from './client'
import { changeFile, limits } from './files'
import { parseRevocations, type Revocations, revocationOf, withoutSerial, withSerial } from './krl'
import { certificateId, holderId } from './map'
import { readRegister } from './read-keys'

async function find(session: SshSession, { target }: Order, call: Call): Promise<SshCertificate> {
  const { certificates, unread } = await readRegister(session, call)
  if (unread !== undefined) throw new LiveError('forbidden', `${unread.path} cannot be read: ${unread.reason}`)
  const found = certificates.find(
    (certificate) => certificateId(certificate) === target.credential && holderId(certificate) === target.identity,
  )
  if (found === undefined) throw new LiveError('not_found', 'The register holds no such certificate (any more).')
  return found
}

/** Changes the list of revoked keys, which must be there: a server without it refuses every key. */
async function change(
  session: SshSession,
  edit: (list: Revocations) => Buffer | undefined,
  call: Call,
): Promise<boolean> {
  const path = session.config.revokedKeys
  if (path === undefined)
    throw new LiveError('conflict', 'No list of revoked keys is named in the settings of the connection.')
  return changeFile(session, path, limits.lists, undefined, (bytes) => edit(parseRevocations(bytes)), call)
}

async function revoke(session: SshSession, order: Order, call: Call): Promise<Effect> {
  const certificate = await find(session, order, call)
  if (certificate.serial === 0n)
    throw new LiveError('conflict', 'It has no serial: revoke its key or its key id at the source (ssh-keygen -k).')
  const former = new Secret(JSON.stringify({ serial: String(certificate.serial) }))
  await order.keep?.(former)
  let before: string | undefined
  const isChanged = await change(
    session,
    (list) => {
      before = revocationOf(list, certificate)
      return before === undefined ? withSerial(list, certificate, new Date()) : undefined
    },
    call,
  )
  if (!isChanged) return { did: 'already', evidence: `the list of revoked keys says: ${before}` }
  return {
    did: 'done',
    former,
    evidence: `serial ${certificate.serial} is in the list of revoked keys of this server`,
  }
}

async function restore(session: SshSession, order: Order, call: Call): Promise<Effect> {
  const certificate = await find(session, order, call)
  let left: string | undefined
  const isChanged = await change(
    session,
    (list) => {
      if (revocationOf(list, certificate) === undefined) return undefined
      const bytes = withoutSerial(list, certificate, new Date())
      left = revocationOf(parseRevocations(bytes), certificate)
      return left === undefined ? bytes : undefined
    },
    call,
  )
  if (left !== undefined) throw new LiveError('conflict', `It is revoked in another way too: ${left}.`)
  if (!isChanged) return { did: 'already', evidence: 'the list of revoked keys does not hold it' }
  return { did: 'done', evidence: `serial ${certificate.serial} is out of the list of revoked keys` }
}

/** Nothing is logged in with here: the driver knows no certificates. */
export const certificateHands: Hands<SshSession> = { delete: revoke, restore }
