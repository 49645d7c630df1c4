import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, randomInt, verify } from 'node:crypto'

/** Google Cloud: projects with policies, service accounts with keys. What is changed takes effect a moment later. */

export type Fields = Record<string, unknown>

export class GoogleFault extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message)
  }
}

interface FakeKey {
  id: string
  publicKey: KeyObject
  fields: Fields
  /** Takes effect from, and until. */
  from: number
  until: number
  isDisabled: boolean
  offSince: number
}

export interface FakeAccount {
  email: string
  project: string
  uniqueId: string
  fields: Fields
  isDisabled: boolean
  offSince: number
  keys: Map<string, FakeKey>
}

export interface Policy {
  version: number
  etag: string
  bindings: { role: string; members: string[]; condition?: Fields }[]
}

const spreadMs = 300
const never = Number.POSITIVE_INFINITY
const newEtag = () => randomBytes(8).toString('base64')

export class FakeGoogle {
  readonly accounts = new Map<string, FakeAccount>()
  readonly deleted = new Map<string, FakeAccount>()
  readonly policies = new Map<string, Policy>()
  readonly accountPolicies = new Map<string, Policy>()
  /** Roles of projects and their permissions. */
  readonly roles = new Map<string, { fields: Fields; permissions: string[] }>()
  readonly #tokens = new Map<string, string>()

  addAccount(project: string, fields: Fields): FakeAccount {
    const email = String(fields.email)
    const uniqueId = String(fields.uniqueId ?? `1${Array.from({ length: 20 }, () => randomInt(10)).join('')}`)
    const name = `projects/${project}/serviceAccounts/${email}`
    const account: FakeAccount = {
      ...{ email, project, uniqueId, isDisabled: fields.disabled === true, offSince: never, keys: new Map() },
      fields: { projectId: project, ...fields, name, uniqueId },
    }
    if (account.isDisabled) account.offSince = 0
    this.accounts.set(email, account)
    return account
  }

  account(project: string, email: string): FakeAccount {
    const account = this.accounts.get(email)
    if (account?.project === project) return account
    throw new GoogleFault(
      404,
      'NOT_FOUND',
      `Service account projects/${project}/serviceAccounts/${email} does not exist.`,
    )
  }

  told({ fields, isDisabled }: FakeAccount): Fields {
    const { disabled: _, ...rest } = fields
    return isDisabled ? { ...rest, disabled: true } : rest
  }

  addKey(
    account: FakeAccount,
    id: string,
    publicKey: KeyObject,
    from = Date.now() + spreadMs,
    more: Fields = {},
  ): FakeKey {
    const fields = {
      name: `${account.fields.name}/keys/${id}`,
      ...{ validAfterTime: `${new Date().toISOString().slice(0, 19)}Z`, validBeforeTime: '9999-12-31T23:59:59Z' },
      ...{ keyAlgorithm: 'KEY_ALG_RSA_2048', keyOrigin: 'GOOGLE_PROVIDED', keyType: 'USER_MANAGED', ...more },
    }
    const key = { id, publicKey, fields, from, until: never, isDisabled: false, offSince: never }
    account.keys.set(id, key)
    return key
  }

  /** As a key's own file gives it. */
  addKeyOf(account: FakeAccount, json: string): FakeKey {
    const file = JSON.parse(json) as { private_key_id: string; private_key: string }
    return this.addKey(account, file.private_key_id, createPublicKey(file.private_key), 0)
  }

  makeKey(account: FakeAccount): Fields {
    if (this.keysOf(account).length >= 10)
      throw new GoogleFault(
        400,
        'FAILED_PRECONDITION',
        'Precondition check failed: the maximum number of keys is reached.',
      )
    const file = keyFile({ client_email: account.email, project_id: account.project })
    const key = this.addKey(account, file.private_key_id, createPublicKey(file.private_key))
    const data = Buffer.from(JSON.stringify(file, null, 2)).toString('base64')
    return { ...key.fields, privateKeyType: 'TYPE_GOOGLE_CREDENTIALS_FILE', privateKeyData: data }
  }

  keysOf = ({ keys }: FakeAccount) => [...keys.values()].filter(({ until }) => until === never)

  key(account: FakeAccount, id: string): FakeKey {
    const key = account.keys.get(id)
    if (key?.until === never) return key
    throw new GoogleFault(404, 'NOT_FOUND', 'Service account key does not exist.')
  }

  setEnabled(thing: FakeAccount | FakeKey, isEnabled: boolean): void {
    thing.isDisabled = !isEnabled
    thing.offSince = isEnabled ? never : Date.now() + spreadMs
  }

  removeKey(key: FakeKey): void {
    key.until = Date.now() + spreadMs
  }

  remove(account: FakeAccount): void {
    this.accounts.delete(account.email)
    this.deleted.set(account.uniqueId, account)
  }

  restore(uniqueId: string): FakeAccount {
    const account = this.deleted.get(uniqueId)
    if (account === undefined) throw new GoogleFault(404, 'NOT_FOUND', `Account ${uniqueId} does not exist.`)
    if (this.accounts.has(account.email))
      throw new GoogleFault(400, 'FAILED_PRECONDITION', 'An account of the same email exists.')
    this.deleted.delete(uniqueId)
    this.accounts.set(account.email, account)
    return account
  }

  /** What an assertion signs in, as the token endpoint says it. */
  signIn(assertion: string): string {
    const [head = '', claims = '', signature = ''] = assertion.split('.')
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Fields
    const { kid, alg } = read(head)
    const { iss, aud, exp, iat, scope } = read(claims)
    const refuse = (message: string) => new GoogleFault(400, 'invalid_grant', message)
    const now = Date.now()
    const account = this.accounts.get(String(iss))
    if (account === undefined) throw refuse('Invalid grant: account not found')
    if (now >= account.offSince) throw refuse('Invalid grant: account disabled')
    const key = account.keys.get(String(kid))
    const isKnown = key !== undefined && key.from <= now && now < key.until && now < key.offSince
    const isSigned =
      alg === 'RS256' &&
      key !== undefined &&
      verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key.publicKey, Buffer.from(signature, 'base64url'))
    if (!isKnown || !isSigned) throw refuse('Invalid JWT Signature.')
    const [from, until] = [Number(iat) * 1000, Number(exp) * 1000]
    if (from > now + 1000 || until < now || until - from > 3_600_000)
      throw refuse('Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.')
    if (!/^https:\/\/(127\.0\.0\.1|localhost)\/token$/.test(String(aud)) || typeof scope !== 'string')
      throw refuse('Invalid JWT: wrong audience.')
    return this.tokenFor(account.email)
  }

  tokenFor(email: string): string {
    const token = `ya29.${randomBytes(60).toString('base64url')}`
    this.#tokens.set(token, email)
    return token
  }

  /** Whose token it is; a token of an account that is disabled or gone is nobody's. */
  caller(token: string): string {
    const email = this.#tokens.get(token)
    const account = email === undefined ? undefined : this.accounts.get(email)
    if (account !== undefined && Date.now() < account.offSince) return account.email
    throw new GoogleFault(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
  }

  permissionsOf(email: string, project: string): Set<string> {
    const bindings = this.policies.get(`projects/${project}`)?.bindings ?? []
    const held = bindings.filter(({ members }) => members.includes(`serviceAccount:${email}`))
    return new Set(held.flatMap(({ role }) => this.roles.get(role)?.permissions ?? []))
  }

  /** Once read, a policy is written only where nobody else has written it since. */
  setPolicy(place: string, given: Policy): Policy {
    const before = this.policies.get(place)
    if (before !== undefined && given.etag !== before.etag)
      throw new GoogleFault(
        409,
        'ABORTED',
        'There were concurrent policy changes. Please retry the whole read-modify-write.',
      )
    if (given.bindings.some(({ condition }) => condition !== undefined) && given.version !== 3)
      throw new GoogleFault(400, 'INVALID_ARGUMENT', 'Conditions need a policy of version 3.')
    const next = { ...given, etag: newEtag() }
    this.policies.set(place, next)
    return next
  }
}

/** The JSON file of a new key. */
export function keyFile(more: Fields = {}) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    ...{ type: 'service_account', private_key_id: randomBytes(20).toString('hex'), ...more },
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    token_uri: 'https://oauth2.googleapis.com/token',
  }
}
