import { createHmac, randomBytes } from 'node:crypto'
import { field, text } from '../json-fields'
import type { Call, Effect, Hands, IssueOrder, Order, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { administer, ask, type KeystoneSession } from './client'
import { unlessGone, userId } from './hands'
import { ec2Pair, ec2Ref } from './map'
import { triedBy } from './try-login'

const q = encodeURIComponent

/** The EC2 credential of an order, which has to be of its user. */
async function read(session: KeystoneSession, order: Order, call: Call): Promise<unknown> {
  const id = /^ec2:([^/]+)$/.exec(order.target.credential ?? '')?.[1]
  if (id === undefined) throw new LiveError('not_found', 'The order names no EC2 key.')
  const path = `/credentials/${q(id)}`
  const found = (await administer(session, { method: 'GET', path }, call)).credential
  if (field(found, 'user_id') !== userId(order) || field(found, 'type') !== 'ec2')
    throw new LiveError('conflict', `${order.target.credential} is no EC2 key of this user.`)
  return found
}

/** A second pair for the same project, with an access key of its own. */
async function issue(session: KeystoneSession, order: IssueOrder, call: Call) {
  const { secret } = order
  if (secret === undefined) throw new LiveError('conflict', 'Propose a secret first.')
  const former = await read(session, order, call)
  const access = randomBytes(16).toString('hex')
  const body = {
    credential: {
      ...{ type: 'ec2', user_id: userId(order), project_id: field(former, 'project_id') },
      blob: JSON.stringify({ access, secret: secret.reveal() }),
    },
  }
  const made = (await administer(session, { method: 'POST', path: '/credentials', body }, call, [secret])).credential
  const id = text(field(made, 'id'))
  if (id === undefined) throw new LiveError('unexpected_answer', 'Keystone did not say what it made.')
  return { credential: ec2Ref(id), secret, replacesFormer: false }
}

/** A request signed as for EC2 (version 2), which Keystone checks and answers with a token. */
async function verify(session: KeystoneSession, order: VerifyOrder, call: Call) {
  const found = await unlessGone(read(session, order, call))
  const access = ec2Pair(found)?.access
  if (access === undefined) return { answer: 'refused', reason: 'Keystone knows no such EC2 key' } as const
  const host = 'bailiwick'
  const params = {
    AWSAccessKeyId: access,
    SignatureMethod: 'HmacSHA256',
    SignatureVersion: '2',
    Timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
  }
  const query = Object.entries(params).map(([name, value]) => `${name}=${q(value)}`)
  const signature = createHmac('sha256', order.secret.reveal())
    .update(['GET', host, '/', query.join('&')].join('\n'))
    .digest('base64')
  const body = JSON.stringify({ credentials: { access, signature, host, verb: 'GET', path: '/', params } })
  const headers = { 'x-auth-token': session.token.reveal() }
  const attempt = () => ask(session, { method: 'POST', path: '/ec2tokens', headers, body }, call, [order.secret])
  return triedBy(session, attempt, call, session.token)
}

async function remove(session: KeystoneSession, order: Order, call: Call): Promise<Effect> {
  const evidence = 'Keystone knows no such EC2 key'
  const found = await unlessGone(read(session, order, call))
  if (found === undefined) return { did: 'already', evidence }
  await administer(session, { method: 'DELETE', path: `/credentials/${q(String(field(found, 'id')))}` }, call)
  return { did: 'done', evidence }
}

export const ec2Hands: Hands<KeystoneSession> = { issue, verify, delete: remove }
