import { field, idText, list, text } from '../json-fields'
import { unlessGone } from '../json-source'
import type { Call, Effect, Hands, Issued, IssueOrder, LiveUse, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { administer, ask, everything, type GitlabSession, listPage, type Place, tryGit } from './client'
import { expiry, instantOrNull } from './fields'

const numberOf = (kind: string, id: string | undefined) => new RegExp(`^${kind}:(\\d{1,18})$`).exec(id ?? '')?.[1]
const isAlive = (token: unknown) => field(token, 'revoked') !== true && field(token, 'active') !== false

/** Where the tokens of an account are kept. */
interface Account {
  user: string
  /** Path of the list of its tokens. */
  tokens: string
  isService: boolean
}

/** The username of a bot names its project or group; service accounts are the top group's. */
async function demandAccount(session: GitlabSession, { target }: Order, call: Call): Promise<Account> {
  const user = numberOf('user', target.identity)
  if (user === undefined) throw new LiveError('conflict', `${target.identity} holds no access tokens of GitLab.`)
  const body = await administer(session, { method: 'GET', path: `/users/${user}` }, call)
  const [, kind, place] = /^(project|group)_(\d+)_bot/.exec(text(field(body, 'username')) ?? '') ?? []
  if (kind !== undefined) return { user, tokens: `/${kind}s/${place}/access_tokens`, isService: false }
  const accounts = await everything(session, `/groups/${session.group.id}/service_accounts`, call)
  if (!accounts.some((each) => idText(field(each, 'id')) === user))
    throw new LiveError('conflict', `user ${user} is neither a bot nor a service account of the group.`)
  const tokens = `/groups/${session.group.id}/service_accounts/${user}/personal_access_tokens`
  return { user, tokens, isService: true }
}

/** All tokens of the account that still open something. */
async function tokensOf(session: GitlabSession, { tokens, user }: Account, call: Call): Promise<unknown[]> {
  const all = await everything(session, tokens, call)
  return all.filter((each) => idText(field(each, 'user_id')) === user && isAlive(each))
}

async function demandToken(session: GitlabSession, order: Order, call: Call) {
  const account = await demandAccount(session, order, call)
  const id = numberOf('access-token', order.target.credential)
  const all = await tokensOf(session, account, call)
  const token = id === undefined ? all[0] : all.find((each) => idText(field(each, 'id')) === id)
  const found = idText(field(token, 'id'))
  if (found === undefined) throw new LiveError('not_found', `The account has no such token that is active (any more).`)
  return { account, token, path: `${account.tokens}/${found}` }
}

const day = 86_400_000
const longestDays = 365

/** As many days as the former one lived, from the day on which it was made, where nobody asks for another time; GitLab itself would take a week. */
function endOf(token: unknown, wanted: string | null | undefined): string {
  const [from, to] = [text(field(token, 'created_at')), expiry(field(token, 'expires_at'))]
  const lived =
    from === undefined || !to ? longestDays : Math.round((Date.parse(to) - Date.parse(from.slice(0, 10))) / day)
  const days = Number.isFinite(lived) ? Math.min(longestDays, Math.max(1, lived)) : longestDays
  return new Date(wanted ? Date.parse(wanted) : Date.now() + days * day).toISOString().slice(0, 10)
}

/** A token of a project or group is replaced; a service account gets a second one, with the same scopes. */
async function issue(session: GitlabSession, order: IssueOrder, call: Call): Promise<Issued> {
  if (order.secret !== undefined) throw new LiveError('conflict', 'GitLab makes its tokens itself: it takes none.')
  const { account, token, path } = await demandToken(session, order, call)
  const expires_at = endOf(token, order.expiresAt)
  const made = await administer(
    session,
    account.isService
      ? {
          ...{ method: 'POST', path: account.tokens },
          body: { name: text(field(token, 'name')) ?? 'token', scopes: field(token, 'scopes'), expires_at },
        }
      : { method: 'POST', path: `${path}/rotate`, body: { expires_at } },
    call,
  )
  const [id, value] = [idText(field(made, 'id')), text(field(made, 'token'))]
  if (id === undefined || value === undefined)
    throw new LiveError('unexpected_answer', 'GitLab made a token and did not say which.')
  return { credential: `access-token:${id}`, secret: new Secret(value), replacesFormer: !account.isService }
}

async function verify(session: GitlabSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const { credential } = order.target
  if (numberOf('deploy-token', credential) !== undefined) return verifyDeployToken(session, order, call)
  const question = { method: 'GET', path: '/personal_access_tokens/self' } as const
  const { status, body, reason } = await ask(session, question, call, order.secret)
  if (status === 401) return { answer: 'refused', reason: `GitLab refuses the token: ${reason}` }
  if (status === 403) return { answer: 'accepted', reason: 'GitLab let the token in, which may not tell of itself' }
  if (status !== 200) return { answer: 'unknown', reason: `GitLab answered ${status}: ${reason}` }
  const id = numberOf('access-token', credential)
  return id === undefined || idText(field(body, 'id')) === id
    ? { answer: 'accepted', reason: 'GitLab says which token it is' }
    : { answer: 'unknown', reason: `GitLab takes it for the token ${idText(field(body, 'id'))}` }
}

async function remove(session: GitlabSession, order: Order, call: Call): Promise<Effect> {
  if (numberOf('deploy-token', order.target.credential) !== undefined) return removeDeploy(session, order, call)
  if (numberOf('access-token', order.target.credential) === undefined)
    throw new LiveError('conflict', 'Name the token that is meant, as discovery gives it.')
  const evidence = 'GitLab lists no such token that is active'
  const found = await unlessGone(demandToken(session, order, call))
  if (found === undefined) return { did: 'already', evidence }
  await administer(session, { method: 'DELETE', path: found.path }, call)
  return { did: 'done', evidence }
}

async function whoUses(session: GitlabSession, order: Order, call: Call): Promise<LiveUse> {
  const { token } = await demandToken(session, order, call)
  const lastUsedAt = instantOrNull(field(token, 'last_used_at'))
  return {
    sessions: [],
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    blindSpots: 'GitLab keeps the time of the last use, some minutes late, and lists no sessions of tokens',
  }
}

// Accounts as a whole.

async function removeAccount(session: GitlabSession, order: Order, call: Call): Promise<Effect> {
  if (/^deploy-(token|key):/.test(order.target.identity)) return removeDeploy(session, order, call)
  const account = await unlessGone(demandAccount(session, order, call))
  if (account === undefined) return { did: 'already', evidence: 'GitLab knows no such account' }
  if (account.isService) {
    const path = `/groups/${session.group.id}/service_accounts/${account.user}`
    await administer(session, { method: 'DELETE', path }, call)
    return { did: 'done', evidence: 'GitLab deletes the service account, with its tokens' }
  }
  // The bot goes with the last of its tokens.
  const alive = await tokensOf(session, account, call)
  for (const token of alive)
    await administer(session, { method: 'DELETE', path: `${account.tokens}/${idText(field(token, 'id'))}` }, call)
  return { did: alive.length === 0 ? 'already' : 'done', evidence: 'GitLab lists no token of the bot that is active' }
}

// Deploy tokens and deploy keys.

/** Ids do not name the place: it was seen there, or the group and all below it are looked through. */
async function placesOf(session: GitlabSession, id: string, call: Call): Promise<Place[]> {
  const isKey = id.startsWith('deploy-key:')
  const number = id.split(':')[1]
  const part = isKey ? 'deploy_keys' : 'deploy_tokens'
  const found = new Set<Place>()
  const look = async (place: Place) => {
    const all = await unlessGone(everything(session, `/${place}/${part}`, call))
    if (all?.some((each) => idText(field(each, 'id')) === number && isAlive(each))) found.add(place)
  }
  for (const place of session.placesOf.get(id) ?? []) await look(place)
  // A token has one place; a key may be in several, all of which have to be found.
  if (found.size > 0 && !isKey) return [...found]
  const group = session.group.id
  if (!isKey) await look(`groups/${group}`)
  for (const kind of isKey ? (['projects'] as const) : (['groups', 'projects'] as const)) {
    const first = kind === 'projects' ? 'projects?include_subgroups=true&simple=true&' : 'descendant_groups?'
    for (let at: string | undefined = `/groups/${group}/${first}per_page=100`; at !== undefined; ) {
      const page: Awaited<ReturnType<typeof listPage>> = await listPage(session, at, call)
      for (const each of list(page.body).flatMap((one) => idText(field(one, 'id')) ?? [])) {
        if (found.size > 0 && !isKey) return [...found]
        await look(`${kind}/${each}`)
      }
      at = page.nextPath
    }
  }
  return [...found]
}

async function removeDeploy(session: GitlabSession, { target }: Order, call: Call): Promise<Effect> {
  const id = target.credential ?? target.identity
  const number = /^deploy-(?:token|key):(\d{1,18})$/.exec(id)?.[1]
  if (number === undefined) throw new LiveError('conflict', `${id} is no deploy token and no deploy key.`)
  const part = id.startsWith('deploy-key:') ? 'deploy_keys' : 'deploy_tokens'
  const places = await placesOf(session, id, call)
  for (const place of places) await administer(session, { method: 'DELETE', path: `/${place}/${part}/${number}` }, call)
  const evidence = 'nothing in the group holds it'
  return { did: places.length === 0 ? 'already' : 'done', evidence }
}

async function verifyDeployToken(session: GitlabSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const number = numberOf('deploy-token', order.target.credential)
  const [place] = await placesOf(session, `deploy-token:${number}`, call)
  if (place === undefined) return { answer: 'refused', reason: 'nothing in the group holds such a deploy token' }
  const all = await everything(session, `/${place}/deploy_tokens`, call)
  const token = all.find((each) => idText(field(each, 'id')) === number)
  const username = text(field(token, 'username'))
  const body = await administer(session, { method: 'GET', path: `/${place}` }, call)
  const project = text(field(body, 'path_with_namespace'))
  if (username === undefined || project === undefined || !list(field(token, 'scopes')).includes('read_repository'))
    return { answer: 'unknown', reason: 'Only deploy tokens that may read one project’s repository can be tried' }
  const { status } = await tryGit(session, project, { username, token: order.secret }, call)
  if (status === 200) return { answer: 'accepted', reason: 'Git over HTTPS let it in' }
  if (status === 401) return { answer: 'refused', reason: 'Git over HTTPS refused it' }
  return { answer: 'unknown', reason: `Git over HTTPS answered ${status}` }
}

export const accountHands: Hands<GitlabSession> = { delete: removeAccount }
export const tokenHands: Hands<GitlabSession> = { issue, verify, delete: remove, whoUses }
export const keyHands: Hands<GitlabSession> = { delete: removeDeploy }
