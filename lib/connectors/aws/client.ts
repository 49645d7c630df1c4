import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  DeleteUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
  SimulatePrincipalPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { z } from 'zod'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { type CheckedPlace, checkPlace, endpointFields } from '../outbound'
import { askHttp } from '../outbound-http'
import type { Secret } from '../secret'

const { host, ...endpoint } = endpointFields(443)

export const awsConfig = z.object({
  host: host.default('iam.amazonaws.com').meta({
    title: 'Host of IAM',
    description:
      'Elsewhere than in the commercial partition its own: iam.us-gov.amazonaws.com, iam.cn-north-1.amazonaws.com.cn',
  }),
  ...endpoint,
  stsHost: host
    .default('sts.us-east-1.amazonaws.com')
    .meta({ title: 'Host of STS', description: 'Says whose an access key is' }),
  region: z
    .string()
    .trim()
    .regex(/^[a-z0-9-]{3,40}$/, 'must be the name of a region')
    .default('us-east-1')
    .meta({ title: 'Region', description: 'IAM has one in each partition: us-east-1, us-gov-west-1, cn-north-1' }),
  accessKeyId: z
    .string()
    .trim()
    .regex(/^AKIA[A-Z0-9]{12,124}$/, 'must be the id of an access key of a user: AKIA and more')
    .meta({ title: 'Access key id' }),
  secretAccessKey: secretField('Secret access key'),
})
export type AwsConfig = z.output<typeof awsConfig>

export interface AwsSession {
  config: AwsConfig
  setting: LiveSetting
  iam: IAMClient
  /** The user that the key belongs to, or the root user. */
  ownArn: string
  account: string
}

/** Attempts and the first wait, where AWS says that it was asked too often. */
const [tries, firstWaitMs] = [6, 200]

export async function openAws(config: AwsConfig, setting: LiveSetting, call: Call): Promise<AwsSession> {
  const caller = await callerOf(config, setting, config.accessKeyId, config.secretAccessKey, call)
  const iam = new IAMClient(await settingsOf(config, setting, config.host, config.accessKeyId, config.secretAccessKey))
  const session = { config, setting, iam, ...caller }
  try {
    // STS has answered. Whatever IAM answers, also that it refuses, tells that it is there and who it says it is.
    await readAccessKeys(session, caller.ownArn.split('/').at(-1) ?? '', call)
    return session
  } catch (thrown) {
    if (['forbidden', 'not_found', 'refused_by_source'].includes(explainAws(thrown)?.code ?? '')) return session
    iam.destroy()
    throw thrown
  }
}

export async function closeAws({ iam }: AwsSession): Promise<void> {
  iam.destroy()
}

/** Whose key it is: needs no right, and no policy can forbid it. */
export async function callerOf(
  config: AwsConfig,
  setting: LiveSetting,
  keyId: string,
  secret: Secret,
  call: Call,
): Promise<{ ownArn: string; account: string }> {
  const sts = new STSClient(await settingsOf(config, setting, config.stsHost, keyId, secret))
  try {
    const { Arn: ownArn = '', Account: account = '' } = await patiently(call, () =>
      sts.send(new GetCallerIdentityCommand({}), { abortSignal: call.signal }),
    )
    return { ownArn, account }
  } finally {
    sts.destroy()
  }
}

/** Everything is said here, so that nothing is taken from the environment or the files of the process. */
async function settingsOf(config: AwsConfig, setting: LiveSetting, name: string, keyId: string, secret: Secret) {
  const place = await checkPlace({ ...config, host: name }, setting.outbound)
  const shown = name.includes(':') ? `[${name}]` : name
  return {
    region: config.region,
    endpoint: `${place.tls === undefined ? 'http' : 'https'}://${shown}:${config.port}`,
    credentials: { accessKeyId: keyId, secretAccessKey: secret.reveal() },
    requestHandler: handlerOf(place),
    // An order that may have been carried out is not given again; what AWS turned away is, in `patiently`.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard' as const,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    userAgentAppId: 'bailiwick',
  }
}

interface SdkRequest {
  method: string
  path: string
  headers: Record<string, string>
  body?: unknown
}

/** Sends what the SDK wrote to the place that was checked, and nowhere else. */
function handlerOf(place: CheckedPlace) {
  return {
    handle: async ({ method, path, headers, body }: SdkRequest, { abortSignal }: { abortSignal?: unknown } = {}) => {
      if (method !== 'POST' || typeof body !== 'string')
        throw new LiveError('unexpected_answer', 'The client of AWS asks in another way than is known here.')
      const signal = abortSignal instanceof AbortSignal ? abortSignal : AbortSignal.timeout(60_000)
      const answer = await askHttp(place, { method, path, headers, body }, signal)
      const told = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
      return {
        response: {
          statusCode: answer.status,
          headers: Object.fromEntries(told),
          body: new Uint8Array(Buffer.from(answer.text)),
        },
      }
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  }
}

/** Waits longer and longer, half of it by chance, while AWS says that it was asked too often: then nothing has happened there. */
async function patiently<Output>(call: Call, send: () => Promise<Output>): Promise<Output> {
  for (let attempt = 1; ; attempt++) {
    await call.pace()
    try {
      return await send()
    } catch (thrown) {
      if (attempt === tries || explainAws(thrown)?.code !== 'rate_limited') throw thrown
      const whole = firstWaitMs * 2 ** attempt
      await sleep(whole / 2 + (Math.random() * whole) / 2, undefined, { signal: call.signal })
    }
  }
}

/** Dates as text, as files hold them. */
const plain = (output: unknown) => JSON.parse(JSON.stringify(output)) as Record<string, unknown>

const options = (call: Call) => ({ abortSignal: call.signal })

/** As many pages of the account are read, of up to 1,000 things each. */
const mostPages = 300

/** `GetAccountAuthorizationDetails`, every page. */
export async function readDetails({ iam }: AwsSession, call: Call): Promise<Record<string, unknown>[]> {
  const pages: Record<string, unknown>[] = []
  for (let marker: string | undefined; ; ) {
    const input = { MaxItems: 1000, ...(marker === undefined ? {} : { Marker: marker }) }
    const page = await patiently(call, () => iam.send(new GetAccountAuthorizationDetailsCommand(input), options(call)))
    const { UserDetailList, GroupDetailList, RoleDetailList, Policies } = plain(page)
    pages.push({ UserDetailList, GroupDetailList, RoleDetailList, Policies })
    if (page.IsTruncated !== true) return pages
    if (page.Marker === undefined || page.Marker === marker || pages.length === mostPages)
      throw new LiveError('unexpected_answer', 'The account is too large to be read here, or its pages do not end.')
    marker = page.Marker
  }
}

export interface AccessKey {
  id: string
  isActive: boolean
  createdAt?: string
}

/** @throws LiveError or an error of AWS `not_found` where there is no such user */
export async function readAccessKeys({ iam }: AwsSession, user: string, call: Call): Promise<AccessKey[]> {
  const input = { UserName: user }
  const { AccessKeyMetadata = [] } = await patiently(call, () =>
    iam.send(new ListAccessKeysCommand(input), options(call)),
  )
  return AccessKeyMetadata.flatMap(({ AccessKeyId: id, Status, CreateDate }) =>
    id === undefined
      ? []
      : [{ id, isActive: Status === 'Active', ...(CreateDate ? { createdAt: CreateDate.toISOString() } : {}) }],
  )
}

export interface KeyUse {
  /** `null` = not since AWS keeps record. */
  at: string | null
  service: string
  region: string
}

export async function readKeyUse({ iam }: AwsSession, id: string, call: Call): Promise<KeyUse> {
  const command = () => iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: id }), options(call))
  const { AccessKeyLastUsed: use } = await patiently(call, command)
  const at = use?.LastUsedDate?.toISOString() ?? null
  return { at, service: use?.ServiceName ?? 'N/A', region: use?.Region ?? 'N/A' }
}

export async function createKey(
  { iam }: AwsSession,
  user: string,
  call: Call,
): Promise<{ id: string; secret: string }> {
  const send = () => iam.send(new CreateAccessKeyCommand({ UserName: user }), options(call))
  const { AccessKey: key } = await patiently(call, send)
  if (key?.AccessKeyId === undefined || key.SecretAccessKey === undefined)
    throw new LiveError('unexpected_answer', 'AWS made a key and did not say which.')
  return { id: key.AccessKeyId, secret: key.SecretAccessKey }
}

export async function setKey(
  { iam }: AwsSession,
  user: string,
  id: string,
  isActive: boolean,
  call: Call,
): Promise<void> {
  const input = { UserName: user, AccessKeyId: id, Status: isActive ? ('Active' as const) : ('Inactive' as const) }
  await patiently(call, () => iam.send(new UpdateAccessKeyCommand(input), options(call)))
}

export async function deleteKey({ iam }: AwsSession, user: string, id: string, call: Call): Promise<void> {
  const input = { UserName: user, AccessKeyId: id }
  await patiently(call, () => iam.send(new DeleteAccessKeyCommand(input), options(call)))
}

/** The text of an inline policy of a user; `undefined` = there is none of that name. */
export async function readPolicy(
  { iam }: AwsSession,
  user: string,
  name: string,
  call: Call,
): Promise<string | undefined> {
  const input = { UserName: user, PolicyName: name }
  try {
    const found = await patiently(call, () => iam.send(new GetUserPolicyCommand(input), options(call)))
    return decodeURIComponent(found.PolicyDocument ?? '')
  } catch (error) {
    if (explainAws(error)?.code === 'not_found') return undefined
    throw error
  }
}

export async function putPolicy(
  { iam }: AwsSession,
  user: string,
  name: string,
  document: object,
  call: Call,
): Promise<void> {
  const input = { UserName: user, PolicyName: name, PolicyDocument: JSON.stringify(document) }
  await patiently(call, () => iam.send(new PutUserPolicyCommand(input), options(call)))
}

export async function deletePolicy({ iam }: AwsSession, user: string, name: string, call: Call): Promise<void> {
  const input = { UserName: user, PolicyName: name }
  await patiently(call, () => iam.send(new DeleteUserPolicyCommand(input), options(call)))
}

/** Which of these actions the connection's own user is allowed, for each resource: `action resource`. AWS says it, nothing is tried. */
export async function simulate(
  { iam, ownArn }: AwsSession,
  actions: string[],
  resources: string[],
  call: Call,
): Promise<Set<string>> {
  const allowed = new Set<string>()
  for (let marker: string | undefined; ; ) {
    const input = {
      ...{ PolicySourceArn: ownArn, ActionNames: actions, ResourceArns: resources, MaxItems: 1000 },
      ...(marker === undefined ? {} : { Marker: marker }),
    }
    const send = () => iam.send(new SimulatePrincipalPolicyCommand(input), options(call))
    const { EvaluationResults = [], IsTruncated, Marker } = await patiently(call, send)
    for (const { EvalActionName, EvalResourceName, EvalDecision } of EvaluationResults)
      if (EvalDecision === 'allowed') allowed.add(`${EvalActionName} ${EvalResourceName}`)
    if (IsTruncated !== true || Marker === undefined || Marker === marker) return allowed
    marker = Marker
  }
}

const meanings: [RegExp, LiveError['code'], string][] = [
  [
    /^(InvalidClientTokenId|SignatureDoesNotMatch|AuthFailure|ExpiredToken|UnrecognizedClient)/,
    'login_refused',
    'refused the access key',
  ],
  [/^(AccessDenied|UnauthorizedOperation|OptInRequired)/, 'forbidden', 'refused it'],
  [
    /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete/,
    'rate_limited',
    'was asked too often',
  ],
  [/^NoSuchEntity/, 'not_found', 'knows no such thing'],
  [
    /^(LimitExceeded|EntityAlreadyExists|DeleteConflict|ConcurrentModification|EntityTemporarilyUnmodifiable)/,
    'conflict',
    'cannot do it now',
  ],
  [/^(ServiceUnavailable|ServiceFailure|InternalFailure|InternalError)/, 'unreachable', 'has a fault of its own'],
]

export function explainAws(thrown: unknown): LiveError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof LiveError) return undefined
  const { name, message, $metadata: metadata } = thrown as Error & { $metadata?: { httpStatusCode?: number } }
  const known = meanings.find(([pattern]) => pattern.test(name))
  if (known !== undefined) return new LiveError(known[1], `AWS ${known[2]}: ${message} (${name}).`)
  if (name === 'TimeoutError' || name === 'AbortError') return new LiveError('timed_out', 'AWS did not answer in time.')
  const status = metadata?.httpStatusCode
  if (status === undefined) return undefined
  if (status >= 500) return new LiveError('unreachable', `AWS has a fault of its own (${status}).`)
  if (status >= 300 && status < 400)
    return new LiveError('unexpected_answer', 'AWS points to another place, which is not followed.')
  return new LiveError('refused_by_source', `AWS answered: ${message} (${name}).`)
}
