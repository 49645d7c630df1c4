import type { MapContext, NodeRef } from '../contract'
import type { Found } from './answers'
import { mostFrequentAccount, nameOf, parseArn } from './arn'
import { PrincipalTable } from './principal-table'
import type { RecordSet } from './record-set'
import type { Trust } from './trust'

/** What the mappers of single answers share. */
export interface AnswerScene {
  set: RecordSet
  context: MapContext
  /** The account that most of the file belongs to; `unknown` when nothing says. */
  account: string
  /** Users and roles of the file by ARN. */
  refs: Map<string, NodeRef>
  /** Users of the file by name, which is unique within an account. */
  users: Map<string, NodeRef>
  /** The trust policies of the file's roles by ARN. */
  trusts: Map<string, Trust>
}

const arnKeys = [
  'Arn',
  'ARN',
  'CertificateArn',
  'agentArn',
  'agentRuntimeArn',
  'knowledgeBaseArn',
  'guardrailArn',
  'SecretId',
  'Resource',
  'LastAuthenticatedEntity',
]

/**
 * The account of the things found: the ARNs' most frequent one, else the account number that the user gave, else the one
 * inside the ids of all access keys made since 2019.
 */
export function accountOfAnswers(found: readonly Found[], context: MapContext): string | undefined {
  const arns = found.flatMap(({ fields, under }) => [
    ...(under === undefined ? [] : [under]),
    ...arnKeys.flatMap((key) => (typeof fields[key] === 'string' ? [fields[key]] : [])),
  ])
  const stated = found.flatMap(({ fields }) =>
    typeof fields.Account === 'string' && /^\d{12}$/.test(fields.Account) ? [fields.Account] : [],
  )
  const told = stated[0] ?? mostFrequentAccount(arns)
  if (told !== undefined) return told
  if (context.instance !== undefined) return context.instance
  const keys = found.flatMap(({ fields }) =>
    typeof fields.AccessKeyId === 'string' ? (accountInKeyId(fields.AccessKeyId) ?? []) : [],
  )
  return new Set(keys).size === 1 ? keys[0] : undefined
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * The account number inside an access key id (`AKIA…`, 20 characters); `undefined` for ids of the former kind, whose fifth
 * character is I or J, and for made-up ones.
 */
export function accountInKeyId(id: string): string | undefined {
  if (!/^A[KS]IA[A-Z2-7]{16}$/.test(id) || /^....[IJ]/.test(id)) return undefined
  let bits = 0n
  for (const character of id.slice(4, 14)) bits = bits * 32n + BigInt(base32.indexOf(character))
  // Ten characters are 50 bits; the first bit is a mark, the next 40 are the account.
  const account = ((bits >> 2n) & 0x7fffffffff80n) >> 7n
  return account > 0n && account <= 999_999_999_999n ? account.toString().padStart(12, '0') : undefined
}

/** Remembers a user or role of the file. */
export function know(arn: string, ref: NodeRef, { refs, users }: AnswerScene): void {
  refs.set(arn, ref)
  if (arn.includes(':user/')) users.set(nameOf(arn), ref)
}

/** The users and roles of the file so far, for what points to them. */
export function principalsOf({ refs, trusts }: AnswerScene): PrincipalTable {
  const table = new PrincipalTable()
  for (const [arn, ref] of refs) {
    if (arn.includes(':user/')) table.addUser(ref)
    else table.addRole(arn, trusts.get(arn))
  }
  return table
}

/** A user or role by ARN: of the file, or wherever it is defined. */
export function principalRef(arn: string, { refs }: AnswerScene): NodeRef {
  return refs.get(arn) ?? { type: 'identity', externalId: arn, global: true }
}

/** The user that a listing names: of the file, else by the ARN that it has unless it stands in a path. */
export function userByName(
  name: string,
  at: string,
  scene: AnswerScene,
  under: string | undefined,
): NodeRef | undefined {
  if (under !== undefined && parseArn(under)?.resource.startsWith('user/')) return principalRef(under, scene)
  const known = scene.users.get(name)
  if (known !== undefined) return known
  if (!/^\d+$/.test(scene.account)) {
    const reason =
      'The listing names the user only, and nothing in the file tells the account. Give the account number as the name of the source'
    scene.set.unresolved.push({ at, reference: `user ${name}`, reason })
    return undefined
  }
  const externalId = `arn:aws:iam::${scene.account}:user/${name}`
  scene.set.unresolved.push({
    at,
    reference: externalId,
    reason: 'The user is not in this file; its ARN is this unless the user has a path',
  })
  return { type: 'identity', externalId, global: true }
}

/** Notes a principal that the file does not define. */
export function noteMissing(arn: string, at: string, reason: string, scene: AnswerScene): void {
  if (!scene.refs.has(arn)) scene.set.unresolved.push({ at, reference: arn, reason })
}
