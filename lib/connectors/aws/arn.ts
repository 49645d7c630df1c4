import type { Alias } from '../contract'

/** `arn:partition:service:region:account:resource`; the resource may itself hold colons. */
export interface Arn {
  partition: string
  service: string
  region: string
  account: string
  resource: string
}

/** The parts of an ARN or of a pattern of one; `undefined` when the text is not an ARN. */
export function parseArn(text: string): Arn | undefined {
  const [head, partition, service, region, account, ...rest] = text.split(':')
  if (head !== 'arn' || partition === undefined || service === undefined || region === undefined) return undefined
  if (account === undefined || rest.length === 0 || rest.join(':') === '') return undefined
  return { partition, service: service.toLowerCase(), region, account, resource: rest.join(':') }
}

/** The ARN's account number (12 digits; shorter ones are made up), or `undefined` for those of AWS itself, wildcards and global resources. */
export function accountOf(text: string): string | undefined {
  const account = parseArn(text)?.account
  return account !== undefined && /^\d{1,12}$/.test(account) ? account : undefined
}

/** The last part of a path-like ARN resource: `role/service/deployer` gives `deployer`. */
export function nameOf(arn: string): string {
  return arn.split(/[/:]/).at(-1) || arn
}

/** The account that most of the given ARNs belong to; the first seen wins a tie. */
export function mostFrequentAccount(arns: Iterable<string>): string | undefined {
  const counts = new Map<string, number>()
  for (const arn of arns) {
    const account = accountOf(arn)
    if (account !== undefined) counts.set(account, (counts.get(account) ?? 0) + 1)
  }
  let best: string | undefined
  for (const [account, count] of counts) if (best === undefined || count > (counts.get(best) ?? 0)) best = account
  return best
}

/**
 * The other ids of a user or role: its unique id (`AIDA…`, `AROA…`), and its ARN without the path, as sessions, EKS and listings
 * of keys have it. Names are unique within an account, whatever the path.
 */
export function otherIds(arn: string, uniqueId: string | undefined): Alias[] | undefined {
  const plain = arn.replace(/:(user|role)\/.*\//, ':$1/')
  const ids = [...(uniqueId === undefined ? [] : [uniqueId]), ...(plain === arn ? [] : [plain])]
  return ids.length === 0 ? undefined : ids.map((id) => ({ id, global: true }))
}
