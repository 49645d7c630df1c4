import { field, text, texts } from '../json-fields'
import { unlessGone } from '../json-source'
import type {
  Call,
  Effect,
  GrantOrder,
  Hands,
  Issued,
  IssueOrder,
  LiveUse,
  Order,
  Verdict,
  VerifyOrder,
} from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { administer, ask, logIn, type VaultSession } from './client'
import { isOf, secretIdOf } from './map'
import { entityIdOf, entityOf, mountsOf, partsOf, readTokens, roleIdOf, rolePlace } from './read-page'

const post = (session: VaultSession, place: string, body: object, call: Call, secrets: readonly Secret[] = []) =>
  administer(session, { method: 'POST', path: place, body }, call, secrets)
const get = (session: VaultSession, place: string, call: Call) =>
  administer(session, { method: 'GET', path: place }, call)

function appRoleOf({ target }: Order): { mount: string; name: string; place: string } {
  const parts = partsOf(target.identity)
  if (parts === undefined || !/^[\w .-]+$/.test(parts.name) || !/^[\w.-]+(\/[\w.-]+)*$/.test(parts.mount))
    throw new LiveError('not_found', `${target.identity} is no AppRole of Vault.`)
  return { ...parts, place: rolePlace(parts.mount, parts.name) }
}

/** An AppRole has no switch. Its entity has: whoever is it can do nothing any more. */
async function setEnabled(session: VaultSession, order: Order, enabled: boolean, call: Call): Promise<Effect> {
  const { mount, name } = appRoleOf(order)
  const evidence = `the entity of the AppRole is ${enabled ? 'enabled' : 'disabled'}`
  const roleId = await roleIdOf(session, mount, name, call)
  const accessor = (await mountsOf(session, call)).get(mount)
  if (accessor === undefined || accessor === '')
    throw new LiveError('not_found', `Vault has no AppRole method at ${mount}.`)
  const entity = await entityOf(session, accessor, roleId, call)
  const id = entityIdOf(entity)
  const isEnabled = field(entity, 'disabled') !== true
  if (isEnabled === enabled) return { did: 'already', evidence }
  if (id !== undefined) {
    await post(session, `/identity/entity/id/${encodeURIComponent(id)}`, { disabled: !enabled }, call)
    return { did: 'done', evidence }
  }
  // It has never signed in, so that Vault has made none yet.
  const made = await post(
    session,
    '/identity/entity',
    { name: `${mount}-${name}`.replaceAll('/', '-'), disabled: true },
    call,
  )
  const madeId = entityIdOf(made)
  if (madeId === undefined) throw new LiveError('unexpected_answer', 'Vault made an entity and did not say which.')
  await post(session, '/identity/entity-alias', { name: roleId, canonical_id: madeId, mount_accessor: accessor }, call)
  return { did: 'done', evidence }
}

async function removeAppRole(session: VaultSession, order: Order, call: Call): Promise<Effect> {
  const { place } = appRoleOf(order)
  const evidence = 'Vault has no such AppRole'
  const found = await unlessGone(get(session, place, call))
  if (found === undefined) return { did: 'already', evidence }
  await administer(session, { method: 'DELETE', path: place }, call)
  return { did: 'done', evidence }
}

async function changePolicies(
  session: VaultSession,
  order: GrantOrder,
  isWanted: boolean,
  call: Call,
): Promise<Effect> {
  const { place } = appRoleOf(order)
  const policy = /^policy:([^/\s]+)$/.exec(order.on)?.[1]
  if (policy === undefined || order.scopes.length > 0)
    throw new LiveError('conflict', 'Name a policy, and nothing of what it holds: Vault gives policies as a whole.')
  const held = texts(field(await get(session, place, call), 'token_policies'))
  const evidence = `the next tokens of the AppRole ${isWanted ? 'have' : 'lack'} the policy ${policy}`
  if (held.includes(policy) === isWanted) return { did: 'already', evidence }
  // Vault takes any word for a policy.
  if (isWanted) await get(session, `/sys/policies/acl/${encodeURIComponent(policy)}`, call)
  const next = isWanted ? [...held, policy] : held.filter((each) => each !== policy)
  await post(session, place, { token_policies: next }, call)
  return { did: 'done', evidence }
}

const sessionsOf = async (session: VaultSession, order: Order, call: Call) => {
  const { mount, name } = appRoleOf(order)
  return (await readTokens(session, call)).filter((facts) => isOf(facts, mount, name))
}

async function whoUses(session: VaultSession, order: Order, call: Call): Promise<LiveUse> {
  const tokens = await sessionsOf(session, order, call)
  return {
    sessions: tokens.map((facts) => {
      const since = text(field(facts, 'issue_time'))
      const id = text(field(facts, 'accessor'))?.slice(0, 8) ?? ''
      return { id, ...(since === undefined ? {} : { since: new Date(since).toISOString() }) }
    }),
    blindSpots: 'Batch tokens are in no list. From where a token is used, only the audit log tells.',
  }
}

async function endSessions(session: VaultSession, order: Order, call: Call): Promise<Effect & { ended: number }> {
  const tokens = await sessionsOf(session, order, call)
  let ended = 0
  for (const facts of tokens) if (await revoke(session, text(field(facts, 'accessor')) ?? '', call)) ended += 1
  const evidence = 'Vault lists no token of a sign-in by the AppRole'
  return { did: ended > 0 ? 'done' : 'already', ended, evidence }
}

/** With all that the token made and leased. False where it was gone. */
async function revoke(session: VaultSession, accessor: string, call: Call): Promise<boolean> {
  const { status, reason } = await ask(
    session,
    { method: 'POST', path: '/auth/token/revoke-accessor', body: { accessor } },
    call,
  )
  if (status < 300) return true
  if (status === 404 || /invalid accessor/i.test(reason)) return false
  const code = status === 403 ? 'forbidden' : 'refused_by_source'
  throw new LiveError(code, `Vault did not end the token: ${reason}`)
}

/** The accessor of a secret id of an order, which has to be of its AppRole. */
function accessorOf(order: Order): string {
  const { mount, name } = appRoleOf(order)
  const accessor = order.target.credential?.split('/').at(-1) ?? ''
  if (!/^[\w-]+$/.test(accessor)) throw new LiveError('not_found', 'The order names no secret id.')
  if (order.target.credential !== secretIdOf(mount, name, accessor))
    throw new LiveError('conflict', `${order.target.credential} is no secret id of ${mount}/${name}.`)
  return accessor
}

async function issue(session: VaultSession, order: IssueOrder, call: Call): Promise<Issued> {
  const { mount, name, place } = appRoleOf(order)
  const ttl = order.expiresAt == null ? undefined : Math.round((Date.parse(order.expiresAt) - Date.now()) / 1000)
  if (ttl !== undefined && ttl <= 0) throw new LiveError('conflict', 'The new secret id would have ended already.')
  const made = await post(session, `${place}/secret-id`, ttl === undefined ? {} : { ttl }, call)
  const [secret, accessor] = [text(field(made, 'secret_id')), text(field(made, 'secret_id_accessor'))]
  if (secret === undefined || accessor === undefined)
    throw new LiveError('unexpected_answer', 'Vault made a secret id and did not give it.')
  return { credential: secretIdOf(mount, name, accessor), secret: new Secret(secret), replacesFormer: false }
}

/** A sign-in whose token is ended at once. A secret id that may be used some times only is looked up, not used. */
async function verify(session: VaultSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const { mount, name, place } = appRoleOf(order)
  const { secret } = order
  try {
    const roleId = await unlessGone(roleIdOf(session, mount, name, call))
    if (roleId === undefined) return { answer: 'refused', reason: 'Vault has no such AppRole' }
    const looked = await ask(
      session,
      { method: 'POST', path: `${place}/secret-id/lookup`, body: { secret_id: secret.reveal() } },
      call,
      [secret],
    )
    const uses = field(field(looked.body, 'data'), 'secret_id_num_uses')
    if (looked.status === 200 && typeof uses === 'number' && uses > 0)
      return {
        answer: 'accepted',
        reason: `Vault knows the secret id; it was not used, since it may be used ${uses} times only`,
      }
    return await tryOut(session, mount, roleId, secret, call)
  } catch (error) {
    if (!(error instanceof LiveError) || error.code === 'cancelled') throw error
    return { answer: 'unknown', reason: error.message }
  }
}

const disabledEntity: Verdict = { answer: 'refused', reason: 'its entity is disabled: Vault lets it do nothing' }

async function tryOut(
  session: VaultSession,
  mount: string,
  roleId: string,
  secret: Secret,
  call: Call,
): Promise<Verdict> {
  const { status, body, reason } = await logIn(session, mount, roleId, secret, call)
  if (status === 400 || status === 403) return { answer: 'refused', reason }
  const auth = field(body, 'auth')
  const token = text(field(auth, 'client_token'))
  if (status !== 200 || token === undefined)
    return { answer: 'unknown', reason: `Vault did not say whether the secret id is right: ${reason}` }
  try {
    // Vault may sign a disabled entity in, and then let it do nothing.
    const isOff = await isEntityOff(session, text(field(auth, 'entity_id')), call)
    return isOff ? disabledEntity : { answer: 'accepted', reason: 'Vault signed it in' }
  } finally {
    await endToken(session, new Secret(token), text(field(auth, 'accessor')), call).catch(() => {})
  }
}

async function isEntityOff(session: VaultSession, id: string | undefined, call: Call): Promise<boolean> {
  if (id === undefined) return false
  const entity = await unlessGone(get(session, `/identity/entity/id/${encodeURIComponent(id)}`, call))
  // A token whose entity is gone is refused too.
  return entity === undefined || field(entity, 'disabled') === true
}

/** A token that was only taken to see whether it is given: by itself, or where it may do nothing, by its accessor. */
async function endToken(session: VaultSession, token: Secret, accessor: string | undefined, call: Call): Promise<void> {
  const headers = { 'x-vault-token': token.reveal() }
  const { status } = await ask(session, { method: 'POST', path: '/auth/token/revoke-self', headers }, call, [token])
  if (status >= 300 && accessor !== undefined) await revoke(session, accessor, call)
}

/** Vault is asked what it is; as the token itself one would learn only what its policies let it say. */
async function verifyToken(session: VaultSession, { secret }: VerifyOrder, call: Call): Promise<Verdict> {
  const question = { method: 'POST' as const, path: '/auth/token/lookup', body: { token: secret.reveal() } }
  const { status, body, reason } = await ask(session, question, call, [secret])
  if (/bad token/i.test(reason)) return { answer: 'refused', reason: 'Vault knows no such token' }
  if (status !== 200) return { answer: 'unknown', reason: `Vault did not say whether the token is right: ${reason}` }
  const isOff = await isEntityOff(session, text(field(field(body, 'data'), 'entity_id')), call)
  return isOff ? disabledEntity : { answer: 'accepted', reason: 'Vault knows the token' }
}

async function removeSecretId(session: VaultSession, order: Order, call: Call): Promise<Effect> {
  const { place } = appRoleOf(order)
  const body = { secret_id_accessor: accessorOf(order) }
  const evidence = 'the AppRole lists no such secret id'
  // Destroying what is not there is an error of the server in some versions: it is looked up before.
  const found = await unlessGone(post(session, `${place}/secret-id-accessor/lookup`, body, call))
  if (found === undefined) return { did: 'already', evidence }
  await post(session, `${place}/secret-id-accessor/destroy`, body, call)
  return { did: 'done', evidence }
}

function tokenOf({ target }: Order): string {
  const accessor = /^token:([\w.-]+)$/.exec(target.credential ?? target.identity)?.[1]
  if (accessor === undefined) throw new LiveError('not_found', 'The order names no token.')
  return accessor
}

async function removeToken(session: VaultSession, order: Order, call: Call): Promise<Effect> {
  const isDone = await revoke(session, tokenOf(order), call)
  return { did: isDone ? 'done' : 'already', evidence: 'Vault knows no such token' }
}

export const appRoleHands: Hands<VaultSession> = {
  disable: (session, order, call) => setEnabled(session, order, false, call),
  enable: (session, order, call) => setEnabled(session, order, true, call),
  delete: removeAppRole,
  endSessions,
  grant: (session, order, call) => changePolicies(session, order, true, call),
  ungrant: (session, order, call) => changePolicies(session, order, false, call),
  whoUses,
}
export const secretIdHands: Hands<VaultSession> = { issue, verify, delete: removeSecretId }
export const tokenHands: Hands<VaultSession> = { verify: verifyToken, delete: removeToken }
