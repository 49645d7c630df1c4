import type {
  Call,
  Effect,
  GrantOrder,
  Hands,
  IssueOrder,
  LiveUse,
  Order,
  Verdict,
  VerifyOrder,
} from '../live-contract'
import { LiveError } from '../live-error'
import { wordTable } from '../word-table'
import { codeOf, explainDirectory, modify, remove, result, saidOf, signIn } from './client'
import { type DomainSession, demandAccount, findBySid } from './domain'
import { accountControl, controlOf, fileTime, isKeyDistributor, unicodePassword } from './domain-entry'
import { lastUse, passwordIdOf } from './domain-map'
import { type DirectoryEntry, normalDn, textOf, textsOf } from './entry'

/** One password for each account: the new one replaces it, though the old one is let in for a while yet. */
async function issue(session: DomainSession, order: IssueOrder, call: Call) {
  const { secret, target } = order
  if (secret === undefined) throw new LiveError('conflict', 'The domain makes no passwords: propose one first.')
  if (!session.isEncrypted) throw new LiveError('conflict', 'Active Directory takes a new password by TLS only.')
  const entry = await demandAccount(session, order, call)
  if (textsOf(entry, 'objectClass').some((name) => /ManagedServiceAccount$/i.test(name)))
    throw new LiveError('conflict', 'The domain changes the password of this account by itself.')
  const values = [unicodePassword(secret.reveal())]
  await modify(session, call, entry.dn, [{ operation: 'replace', attribute: 'unicodePwd', values }])
  return { credential: passwordIdOf(target.identity), secret, replacesFormer: true }
}

/** What a refused login says after `data`. [MS-ERREF] 2.2 */
const reasons: Record<string, { answer: Verdict['answer']; reason: string }> = wordTable({
  '525': { answer: 'refused', reason: 'there is no such account (525)' },
  '52e': { answer: 'refused', reason: 'a wrong password (52e)' },
  '530': { answer: 'unknown', reason: 'the account may not sign in at this time (530)' },
  '531': { answer: 'unknown', reason: 'the account may not sign in from here (531)' },
  '532': { answer: 'refused', reason: 'the password has expired (532)' },
  '533': { answer: 'refused', reason: 'the account is disabled (533)' },
  '701': { answer: 'refused', reason: 'the account has expired (701)' },
  '773': { answer: 'refused', reason: 'the password must be changed first (773)' },
  '775': { answer: 'unknown', reason: 'the account is locked after too many wrong passwords, for a while (775)' },
})

/** Signs in as a program would. For up to an hour after a change that proves nothing of which password it was. */
async function verify(session: DomainSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const { config, setting, names } = session
  const entry = await findBySid(session, order.target.identity, call)
  const dn = entry?.dn ?? names.get(order.target.identity)
  if (dn === undefined)
    return {
      answer: 'unknown',
      reason: 'the account is not there, or not for this connection to see: no login was tried',
    }
  try {
    const client = await signIn(config, setting, dn, order.secret)
    await client.unbind().catch(() => {})
    const changed = fileTime(entry && textOf(entry, 'pwdLastSet'))
    const since = typeof changed === 'string' ? ` (the password was set ${changed})` : ''
    return { answer: 'accepted', reason: `the domain controller let it in${since}` }
  } catch (thrown) {
    const code = codeOf(thrown)
    if (code === result.invalidCredentials) {
      const data = /data ([0-9a-f]+)/i.exec(saidOf(thrown))?.[1]?.toLowerCase() ?? ''
      return reasons[data] ?? { answer: 'refused', reason: 'the domain controller refused it (49)' }
    }
    if (code !== undefined)
      return { answer: 'unknown', reason: `the domain controller answered ${code} ${saidOf(thrown)}`.trim() }
    const error = thrown instanceof LiveError ? thrown : explainDirectory(thrown)
    return { answer: 'unknown', reason: error?.message ?? 'the connection failed before an answer came' }
  }
}

/** Only the bit changes, and only if nobody changed the others meanwhile. */
async function setDisabled(
  session: DomainSession,
  entry: DirectoryEntry,
  isDisabled: boolean,
  call: Call,
): Promise<Effect> {
  const control = controlOf(entry)
  if (control === undefined) throw new LiveError('forbidden', 'userAccountControl is not for this connection to see.')
  const bit = accountControl.disabled
  const evidence = `userAccountControl has the bit 2 ${isDisabled ? 'set' : 'cleared'}`
  if (((control & bit) !== 0) === isDisabled) return { did: 'already', evidence }
  const next = isDisabled ? control | bit : control & ~bit
  const attribute = 'userAccountControl'
  await modify(session, call, entry.dn, [
    { operation: 'delete', attribute, values: [textOf(entry, attribute) ?? ''] },
    { operation: 'add', attribute, values: [String(next)] },
  ])
  return { did: 'done', evidence }
}

async function removeAccount(session: DomainSession, order: Order, call: Call): Promise<Effect> {
  if (isKeyDistributor(order.target.identity)) await demandAccount(session, order, call)
  const entry = await findBySid(session, order.target.identity, call)
  const evidence = 'a search for its objectSid finds nothing'
  if (entry === undefined) return { did: 'already', evidence }
  await remove(session, call, entry.dn)
  return { did: 'done', evidence }
}

async function whoUses(session: DomainSession, order: Order, call: Call): Promise<LiveUse> {
  const entry = await demandAccount(session, order, call)
  const used = lastUse(entry)
  return {
    sessions: [],
    ...(used === undefined ? {} : { lastUsedAt: used }),
    blindSpots:
      'a domain controller lists no sessions; logins at other controllers show up to 14 days late; Kerberos tickets in use are seen nowhere',
  }
}

async function groupOf(session: DomainSession, { on, scopes }: GrantOrder, call: Call): Promise<DirectoryEntry> {
  if (scopes.length > 0) throw new LiveError('conflict', 'Membership in a group has no scopes.')
  const group = await findBySid(session, on, call, ['objectSid', 'sAMAccountName'])
  if (group === undefined) throw new LiveError('not_found', 'The group is not there (any more).')
  return group
}

const isIn = (entry: DirectoryEntry, group: DirectoryEntry) =>
  textsOf(entry, 'memberOf').some((dn) => normalDn(dn) === normalDn(group.dn))

async function grant(session: DomainSession, order: GrantOrder, call: Call): Promise<Effect> {
  const [entry, group] = [await demandAccount(session, order, call), await groupOf(session, order, call)]
  const evidence = `${group.dn} names it: in force from its next login`
  if (isIn(entry, group)) return { did: 'already', evidence }
  await modify(session, call, group.dn, [{ operation: 'add', attribute: 'member', values: [entry.dn] }])
  return { did: 'done', evidence }
}

async function ungrant(session: DomainSession, order: GrantOrder, call: Call): Promise<Effect> {
  const [entry, group] = [await demandAccount(session, order, call), await groupOf(session, order, call)]
  const evidence = `${group.dn} does not name it: in force from its next login`
  if (!isIn(entry, group)) return { did: 'already', evidence }
  await modify(session, call, group.dn, [{ operation: 'delete', attribute: 'member', values: [entry.dn] }])
  return { did: 'done', evidence }
}

export const domainIdentityHands: Hands<DomainSession> = {
  disable: async (session, order, call) => setDisabled(session, await demandAccount(session, order, call), true, call),
  enable: async (session, order, call) => setDisabled(session, await demandAccount(session, order, call), false, call),
  ...{ delete: removeAccount, grant, ungrant, whoUses },
}
export const domainPasswordHands: Hands<DomainSession> = { issue, verify }
