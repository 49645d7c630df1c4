import { randomBytes, randomUUID } from 'node:crypto'

/** A tenant of Entra: applications, service principals, secrets and permissions. What is changed takes effect a moment later. */

export type Fields = Record<string, unknown>

export class EntraFault extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message)
  }
}

export interface AppRole {
  id: string
  value: string
  allowedMemberTypes: string[]
}

export interface Thing extends Fields {
  id: string
  appId: string
  displayName: string
  passwordCredentials: Fields[]
  appRoles: AppRole[]
}

export interface Assignment extends Fields {
  id: string
  principalId: string
  resourceId: string
  appRoleId: string
}

/** How long a change is on its way, in milliseconds. */
const spreadMs = 300

export type Kind = 'applications' | 'servicePrincipals'

export class FakeDirectory {
  readonly applications = new Map<string, Thing>()
  readonly servicePrincipals = new Map<string, Thing>()
  readonly deleted = new Map<string, { kind: Kind; thing: Thing }>()
  readonly assignments: Assignment[] = []
  readonly grants: Fields[] = []
  readonly directoryRoles: Fields[] = []
  readonly federated = new Map<string, Fields[]>()
  readonly #secrets = new Map<string, { value: string; from: number; until: number }>()
  readonly #offSince = new Map<string, number>()
  readonly #history = new Map<string, Map<string, string>>()
  readonly #told = new Map<string, { told: Fields[]; end: string }>()
  readonly #tokens = new Map<string, { appId: string; principal: string; roles: string[] }>()

  find(kind: Kind, key: string): Thing {
    const [, appId] = /^appId=(.+)$/.exec(key) ?? []
    const found =
      appId === undefined ? this[kind].get(key) : [...this[kind].values()].find((thing) => thing.appId === appId)
    if (found !== undefined) return found
    throw new EntraFault(404, 'Request_ResourceNotFound', `Resource '${key}' does not exist.`)
  }

  addApplication(displayName: string, more: Fields = {}): Thing {
    const thing = {
      ...{ id: randomUUID(), appId: randomUUID(), displayName, createdDateTime: new Date().toISOString() },
      ...{ signInAudience: 'AzureADMyOrg', passwordCredentials: [], keyCredentials: [], owners: [], appRoles: [] },
      ...more,
    } as Thing
    this.applications.set(thing.id, thing)
    return thing
  }

  addPrincipal(appId: string, displayName: string, more: Fields = {}): Thing {
    const thing = {
      ...{ id: randomUUID(), appId, displayName, accountEnabled: true, servicePrincipalType: 'Application' },
      ...{
        appOwnerOrganizationId: '1bc1c026-2f7b-48a5-98da-afa2fd8bc7bc',
        passwordCredentials: [],
        keyCredentials: [],
      },
      ...{ appRoles: [], ...more },
    } as Thing
    this.servicePrincipals.set(thing.id, thing)
    return thing
  }

  addPassword(
    thing: Thing,
    given: Fields,
    value = `${randomBytes(24).toString('base64url')}~Q`,
    waitMs = spreadMs,
  ): Fields {
    const password = {
      ...{ keyId: randomUUID(), displayName: given.displayName ?? null, hint: value.slice(0, 3) },
      ...{ startDateTime: new Date().toISOString(), endDateTime: given.endDateTime ?? '2028-01-01T00:00:00Z' },
    }
    thing.passwordCredentials.push(password)
    this.#secrets.set(password.keyId, { value, from: Date.now() + waitMs, until: Number.POSITIVE_INFINITY })
    return { ...password, secretText: value }
  }

  removePassword(thing: Thing, keyId: string): void {
    const at = thing.passwordCredentials.findIndex((each) => each.keyId === keyId)
    const secret = this.#secrets.get(keyId)
    if (at < 0 || secret === undefined)
      throw new EntraFault(400, 'Request_BadRequest', `No password credential found with keyId ${keyId}.`)
    thing.passwordCredentials.splice(at, 1)
    secret.until = Date.now() + spreadMs
  }

  setEnabled(principal: Thing, isEnabled: boolean): void {
    principal.accountEnabled = isEnabled
    if (isEnabled) this.#offSince.delete(principal.id)
    else this.#offSince.set(principal.id, Date.now() + spreadMs)
  }

  /** With an application goes its service principal. */
  remove(kind: Kind, thing: Thing): void {
    this[kind].delete(thing.id)
    this.deleted.set(thing.id, { kind, thing })
    if (kind !== 'applications') return
    for (const principal of [...this.servicePrincipals.values()])
      if (principal.appId === thing.appId) this.remove('servicePrincipals', principal)
  }

  restore(id: string): Thing {
    const found = this.deleted.get(id)
    if (found === undefined) throw new EntraFault(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`)
    this.deleted.delete(id)
    this[found.kind].set(id, found.thing)
    return found.thing
  }

  rolesOf(principalId: string): string[] {
    const held = this.assignments.filter((each) => each.principalId === principalId)
    return held.flatMap(({ resourceId, appRoleId }) => {
      const roles = this.servicePrincipals.get(resourceId)?.appRoles ?? []
      return roles.flatMap(({ id, value }) => (id === appRoleId ? [value] : []))
    })
  }

  /** Whether the secret signs its application in now, as the token endpoint says it. */
  signIn(appId: string, value: string): { token: string } {
    const application = [...this.applications.values()].find((each) => each.appId === appId)
    const principal = [...this.servicePrincipals.values()].find((each) => each.appId === appId)
    if (application === undefined || principal === undefined)
      throw new EntraFault(
        400,
        'unauthorized_client',
        `AADSTS700016: Application with identifier '${appId}' was not found.`,
      )
    const now = Date.now()
    // A secret that was removed is in no list any more, and still known for a moment.
    const isGood = [...this.#secrets.values()].some(
      (secret) => secret.value === value && secret.from <= now && now < secret.until,
    )
    if (!isGood)
      throw new EntraFault(
        401,
        'invalid_client',
        `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${appId}'.`,
      )
    if (now >= (this.#offSince.get(principal.id) ?? Number.POSITIVE_INFINITY))
      throw new EntraFault(
        400,
        'unauthorized_client',
        `AADSTS7000112: Application '${appId}'(${principal.displayName}) is disabled.`,
      )
    const roles = this.rolesOf(principal.id)
    const part = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url')
    const claims = { appid: appId, oid: principal.id, roles, exp: Math.floor(now / 1000) + 3600 }
    const token = `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${randomBytes(48).toString('base64url')}`
    this.#tokens.set(token, { appId, principal: principal.id, roles })
    return { token }
  }

  /** Keeps a state and names it. */
  keep(states: Map<string, string>): string {
    const token = randomBytes(12).toString('base64url')
    this.#history.set(token, states)
    return token
  }

  kept(token: string): Map<string, string> {
    const found = this.#history.get(token)
    if (found !== undefined) return found
    throw new EntraFault(
      400,
      'syncStateNotFound',
      'The sync state generation is not found. The delta token is expired.',
    )
  }

  keepPages(told: Fields[], end: string): string {
    const token = randomBytes(12).toString('base64url')
    this.#told.set(token, { told, end })
    return token
  }

  nextPage(token: string, size: number): { value: Fields[]; next?: string; end: string } {
    const { told, end } = this.#told.get(token) ?? { told: [], end: '' }
    const rest = told.slice(size)
    return { value: told.slice(0, size), end, ...(rest.length === 0 ? {} : { next: this.keepPages(rest, end) }) }
  }

  /** As after a week. */
  forget(): void {
    this.#history.clear()
  }

  caller(token: string) {
    const known = this.#tokens.get(token)
    if (known !== undefined) return known
    throw new EntraFault(401, 'InvalidAuthenticationToken', 'Access token is empty or invalid.')
  }
}
