import { liveConnector } from '../live-connector'
import type { Call, DiscoveryPage, IdentityRights, RightsReport, SemanticsCard, Skipped } from '../live-contract'
import { LiveError } from '../live-error'
import {
  type AwsSession,
  awsConfig,
  closeAws,
  explainAws,
  openAws,
  readAccessKeys,
  readDetails,
  readKeyUse,
  simulate,
} from './client'
import { keyHands, userHands } from './hands'
import { type AwsUser, mapShared, mapUsers, surveyOf, type UserKeys, usersIn } from './live-map'

const spreads = 'AWS makes changes known everywhere within seconds as a rule and states no limit: verify.'

const userCard: SemanticsCard = {
  disable: `An inline policy denies everything, and the active access keys become Inactive. ${spreads}`,
  delete:
    'Users are not deleted by this connection: all that they hold has to be taken away first. Do it at the source.',
  openSessions: {
    goOn: false,
    says: 'Sessions of the user are denied with it. Sessions of roles that it has assumed are the roles’ own and go on, up to 12 h.',
  },
  residualSeconds: 60,
  refusedWithinSeconds: 60,
  enablingRevives: {
    does: true,
    says: 'The same keys work again, and sessions that have not expired. If a key leaked, delete it before enabling.',
  },
  twoSecrets: { can: true, says: 'A user may have two access keys.' },
  undo: 'By enable: the policy goes, and the keys that were active are so again.',
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
}

const keyCard: SemanticsCard = {
  disable: `Inactive: what is signed with it is refused. ${spreads}`,
  delete: 'The key is gone for good; AWS never shows its secret again.',
  openSessions: {
    goOn: true,
    says: 'Sessions that were made with the key go on until they expire, up to 36 h, unless the sessions of the user are ended.',
  },
  residualSeconds: 129_600,
  refusedWithinSeconds: 60,
  enablingRevives: { does: true, says: 'The same key works again.' },
  twoSecrets: { can: true, says: 'Two keys work side by side, and AWS allows no third.' },
  undo: 'Disable: by enable. Delete: none.',
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
}

const discovering = `{ "Sid": "Discover", "Effect": "Allow", "Resource": "*",
    "Action": ["iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed",
               "iam:SimulatePrincipalPolicy"] }`

/** In the words of the account that stands in the documentation of AWS. */
const acting = `{ "Version": "2012-10-17", "Statement": [
  ${discovering},
  { "Sid": "RotateAndRevoke", "Effect": "Allow", "Resource": "arn:aws:iam::123456789012:user/services/*",
    "Action": ["iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey",
               "iam:GetUserPolicy", "iam:PutUserPolicy", "iam:DeleteUserPolicy"] },
  { "Sid": "NeverItself", "Effect": "Deny", "Resource": "arn:aws:iam::123456789012:user/bailiwick",
    "Action": ["iam:CreateAccessKey", "iam:PutUserPolicy", "iam:DeleteUserPolicy"] }
] }`

export const aws = liveConnector({
  id: 'aws',
  title: 'AWS IAM',
  evidence: 'recorded',
  config: awsConfig,
  instructions: [
    {
      title: 'Discover only',
      language: 'text',
      text: `{ "Version": "2012-10-17", "Statement": [\n  ${discovering}\n] }`,
    },
    // Who may write a user's policies may become it: the path keeps that to the users that shall be acted upon.
    { title: 'Discover, rotate and revoke', language: 'text', text: acting },
  ],
  requestsPerSecond: 15,
  hands: { identity: userHands, api_key: keyHands },
  semantics: { identity: userCard, api_key: keyCard },
  open: openAws,
  close: closeAws,
  self: ({ ownArn, config }) => [ownArn, config.accessKeyId],
  describeRights,
  readPage,
  changes: {
    why: 'IAM has no list of what changed since a time.',
    source: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html',
  },
  explain: explainAws,
})

const rotating = ['iam:CreateAccessKey', 'iam:UpdateAccessKey', 'iam:DeleteAccessKey']
const revoking = ['iam:GetUserPolicy', 'iam:PutUserPolicy', 'iam:DeleteUserPolicy']

async function describeRights(session: AwsSession, call: Call): Promise<RightsReport> {
  const everywhere = ['iam:GetAccountAuthorizationDetails', 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed']
  const own = { account: session.ownArn, product: `AWS account ${session.account}` }
  const allowed = await simulate(session, everywhere, ['*'], call).catch(unlessForbidden)
  const right = 'iam:SimulatePrincipalPolicy'
  if (allowed === undefined)
    return {
      ...own,
      statements: [
        { what: 'Ask what it may do', allowed: false, missing: right },
        { what: 'See users, roles and policies', allowed: 'unknown', missing: `${right}, to tell` },
        { what: 'Rotate and revoke', allowed: 'unknown', missing: `${right}, to tell` },
      ],
    }
  const may = (what: string, action: string) =>
    allowed.has(`${action} *`) ? { what, allowed: true } : { what, allowed: false, missing: action }
  return {
    ...own,
    statements: [
      may('See users, roles and policies', 'iam:GetAccountAuthorizationDetails'),
      may('See access keys', 'iam:ListAccessKeys'),
      may('See when keys were last used', 'iam:GetAccessKeyLastUsed'),
      // For which users it may, is said with each of them.
      { what: 'Rotate and revoke', allowed: 'unknown', missing: 'what is said with each user, since it may differ' },
    ],
  }
}

function unlessForbidden(thrown: unknown): undefined {
  if (explainAws(thrown)?.code !== 'forbidden') throw thrown
  return undefined
}

/** Users in a page. Each costs a question, and one more for each of its keys. */
const usersInPage = 50

/** The whole account as it was when discovery began. A connection that goes on from the middle reads it again. */
const accounts = new WeakMap<AwsSession, ReturnType<typeof accountOf>>()

const accountOf = (details: Record<string, unknown>[]) => ({
  details,
  survey: surveyOf(details),
  users: usersIn(details),
})

/** First what the users share: roles, groups, policies. Then users by ARN, after the one that the cursor names. */
async function readPage(
  session: AwsSession,
  { cursor, pageSize = usersInPage }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  if (cursor === null) accounts.delete(session)
  const account = accounts.get(session) ?? accountOf(await readDetails(session, call))
  accounts.set(session, account)
  const { survey, users } = account
  if (cursor === null) {
    const shared = mapShared(account.details, survey, session.setting)
    return { ...shared, rights: [], skipped: [], next: users.length > 0 ? '' : null }
  }
  const rest = users.filter(({ arn }) => arn > cursor)
  const page = rest.slice(0, pageSize)
  const skipped: Skipped[] = []
  const found: UserKeys[] = []
  for (const user of page) found.push({ user, keys: await keysOf(session, user, skipped, call) })
  const isLast = rest.length <= page.length
  if (isLast) accounts.delete(session)
  return {
    ...mapUsers(found, survey, session.setting),
    rights: await rightsOf(session, page, call),
    skipped: skipped.slice(0, 1),
    next: isLast ? null : (page.at(-1)?.arn ?? null),
  }
}

async function keysOf(
  session: AwsSession,
  { name }: AwsUser,
  skipped: Skipped[],
  call: Call,
): Promise<UserKeys['keys']> {
  try {
    const found: UserKeys['keys'] = []
    for (const key of await readAccessKeys(session, name, call)) {
      const use = await readKeyUse(session, key.id, call).catch(unlessForbidden)
      found.push(use === undefined ? { key } : { key, use })
    }
    return found
  } catch (thrown) {
    const error = thrown instanceof LiveError ? thrown : explainAws(thrown)
    // A user that is gone since the account was read has none.
    if (error?.code === 'not_found') return []
    if (error?.code !== 'forbidden') throw thrown
    skipped.push({ scope: 'access keys', reason: error.message })
    return []
  }
}

async function rightsOf(session: AwsSession, users: readonly AwsUser[], call: Call): Promise<IdentityRights[]> {
  if (users.length === 0) return []
  const arns = users.map(({ arn }) => arn)
  const allowed = await simulate(session, [...rotating, ...revoking], arns, call).catch(unlessForbidden)
  return arns.map((identity): IdentityRights => {
    if (identity === session.ownArn)
      return { identity, rotate: false, revoke: false, why: 'is the user that this connection signs in with' }
    if (allowed === undefined)
      return { identity, rotate: 'unknown', revoke: 'unknown', why: 'it lacks iam:SimulatePrincipalPolicy, to tell' }
    const missing = (actions: string[]) => actions.filter((action) => !allowed.has(`${action} ${identity}`))
    const [toRotate, toRevoke] = [missing(rotating), missing([...rotating, ...revoking])]
    return {
      ...{ identity, rotate: toRotate.length === 0, revoke: toRevoke.length === 0 },
      ...(toRevoke.length === 0 ? {} : { why: `lacks ${toRevoke.join(', ')}` }),
    }
  })
}
