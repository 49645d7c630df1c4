import type { Alias } from '../contract'
import { type Fields, field, isFields, textOf } from './fields'
import type { StateResource } from './state'

export interface Arn {
  partition: string
  service: string
  region: string
  account: string
  resource: string
}

/** The parts of an ARN or of a pattern of one; `undefined` when the text is not an ARN. */
export function parseArn(written: string): Arn | undefined {
  const [head, partition, service, region, account, ...rest] = written.split(':')
  if (head !== 'arn' || partition === undefined || service === undefined || region === undefined) return undefined
  if (account === undefined || rest.length === 0 || rest.join(':') === '') return undefined
  return { partition, service: service.toLowerCase(), region, account, resource: rest.join(':') }
}

export function accountOfArn(written: string | undefined): string | undefined {
  const account = written === undefined ? undefined : parseArn(written)?.account
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined
}

/** The last part of a path-like ARN resource: `role/service/deployer` gives `deployer`. */
export function nameOfArn(arn: string): string {
  return arn.split(/[/:]/).at(-1) || arn
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * The account that an IAM id (`AKIA…`, `AIDA…`, `AROA…`) was issued in. Ids made since 2019 carry it: the 40 bits after the first
 * of the ten base-32 characters behind the prefix. `undefined` for older ids, which carry none.
 * https://summitroute.com/blog/2018/06/20/aws_security_credential_formats/, https://awsteele.com/blog/2020/09/26/aws-access-key-format.html
 */
export function accountOfId(id: string | undefined): string | undefined {
  if (id === undefined || !/^A[A-Z]{3}[A-Z2-7]{16,}$/.test(id)) return undefined
  const values = [...id.slice(4, 14)].map((character) => alphabet.indexOf(character))
  if ((values[0] ?? 0) < 16) return undefined
  let bits = 0n
  for (const value of values) bits = (bits << 5n) | BigInt(value)
  // 50 bits were read: the first marks the format, the account is the 40 after it.
  const account = (bits >> 9n) & ((1n << 40n) - 1n)
  return account > 0n && account <= 999_999_999_999n ? account.toString().padStart(12, '0') : undefined
}

const ownFields = [
  'arn',
  'id',
  'policy_arn',
  'role_arn',
  'kms_key_id',
  'target_arn',
  'topic_arn',
  'bucket_arn',
  'load_balancer_arn',
  'vpc_arn',
]
const accountFields = ['account_id', 'owner_id', 'registry_id', 'caller_account']

/** The account that a resource belongs to, as far as its own attributes tell. */
export function accountOfResource({ attributes }: Pick<StateResource, 'attributes'>): string | undefined {
  for (const name of ownFields) {
    const account = accountOfArn(textOf(attributes, name))
    if (account !== undefined) return account
  }
  for (const name of ['unique_id', 'id', 'ssh_public_key_id']) {
    const account = accountOfId(textOf(attributes, name))
    if (account !== undefined) return account
  }
  for (const name of accountFields) {
    const account = textOf(attributes, name)
    if (account !== undefined && /^\d{12}$/.test(account)) return account
  }
  const queue = /^https:\/\/sqs\.[^/]+\/(\d{12})\//.exec(textOf(attributes, 'id', 'queue_url') ?? '')?.[1]
  return queue ?? accountInside(attributes)
}

/** The account of the only account that is spoken of anywhere in the attributes; several tell nothing. */
function accountInside(attributes: Fields): string | undefined {
  const found = new Set<string>()
  const walk = (value: unknown, depth: number): void => {
    if (depth > 4) return
    if (typeof value === 'string') {
      const account = value.startsWith('arn:') ? accountOfArn(value) : undefined
      if (account !== undefined) found.add(account)
    } else if (Array.isArray(value)) for (const entry of value.slice(0, 50)) walk(entry, depth + 1)
    else if (isFields(value)) for (const key of Object.keys(value)) walk(field(value, key), depth + 1)
  }
  walk(attributes, 0)
  return found.size === 1 ? [...found][0] : undefined
}

/** The other ids of a user or role: its unique id (`AIDA…`, `AROA…`), and its ARN without the path. */
export function otherIds(arn: string, uniqueId: string | undefined): Alias[] {
  const plain = arn.replace(/:(user|role)\/.*\//, ':$1/')
  const ids = [...(uniqueId === undefined ? [] : [uniqueId]), ...(plain === arn ? [] : [plain])]
  return ids.map((id) => ({ id, global: true }))
}
