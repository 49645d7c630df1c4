import type { IdentityRecord, NodeRef } from '../contract'
import type { Entry } from './entries'
import { field, idText, instant, text } from './fields'
import { isServiceAgent, projectOfEmail } from './members'
import { everywhere, type Results } from './results'

/** What is known of the accounts and projects of a file before anything refers to them. */
export class KnownAccounts {
  readonly emailOfUniqueId = new Map<string, string>()
  /** The project of each account that is described, by address. */
  readonly described = new Map<string, string>()
  readonly systemKeys = new Map<string, number>()
  readonly projectIds = new Map<string, string>()
}

/** The service accounts of a file: those that it describes, and those that it only names. */
export class Accounts {
  #named = new Map<string, { project: string | undefined; at: string }>()

  /** `isWhole`: all that is to be known is known already. */
  constructor(
    private readonly results: Results,
    private readonly known: KnownAccounts,
    private readonly isWhole: boolean,
  ) {}

  /** A project's number and id, so that both lead to the id. */
  learnProject(number: string | undefined, id: string | undefined): void {
    if (number !== undefined && id !== undefined) this.known.projectIds.set(number, id)
  }

  /** The project's id where the file tells it, else what was given. */
  projectOf(numberOrId: string | undefined): string | undefined {
    return numberOrId === undefined ? undefined : (this.known.projectIds.get(numberOrId) ?? numberOrId)
  }

  /** Notes address and unique id before anything refers to them. */
  learn({ value }: Entry): void {
    const email = emailOf(value)
    const uniqueId = idText(field(value, 'uniqueId'))
    if (email === undefined) return
    if (uniqueId !== undefined) this.known.emailOfUniqueId.set(uniqueId, email)
    this.known.described.set(email, this.#projectOfAccount(value, email))
  }

  describe({ value, at }: Entry): void {
    const email = emailOf(value)
    if (email === undefined) {
      this.results.refuse(at, 'the service account has no e-mail address')
      return
    }
    const displayName = text(field(value, 'displayName'))
    const uniqueId = idText(field(value, 'uniqueId'))
    const project = this.#projectOfAccount(value, email)
    const systemKeys = this.known.systemKeys.get(email)
    const record: IdentityRecord = {
      type: 'identity',
      externalId: email,
      ...(uniqueId === undefined ? {} : { aliases: [{ id: uniqueId, global: true }] }),
      kind: 'service_account',
      name: email,
      ...(text(value.description) === undefined ? {} : { description: text(value.description) }),
      // The API leaves `disabled` out when it is false.
      status: value.disabled === true ? 'disabled' : 'active',
      ...(instant(field(value, 'createTime')) === undefined ? {} : { createdAt: instant(field(value, 'createTime')) }),
      attributes: {
        project,
        ...(displayName === undefined ? {} : { displayName }),
        ...(uniqueId === undefined ? {} : { uniqueId }),
        ...(systemKeys === undefined ? {} : { systemManagedKeys: systemKeys }),
        ...(isDefault(email) ? { defaultAccount: true } : {}),
      },
    }
    if (!this.results.add(project, record))
      this.results.refuse(at, `a second service account ${email}; the first is kept`)
  }

  /** A reference to a service account by address; `near` is the project to suppose for default accounts. */
  refer(email: string, near: string, at: string): NodeRef {
    if (!this.known.described.has(email) && !this.#named.has(email)) {
      const plain = !near.includes('/') && near !== everywhere && isDefault(email) ? near : undefined
      this.#named.set(email, { project: projectOfEmail(email) ?? plain, at })
    }
    return { type: 'identity', externalId: email, global: true }
  }

  /** The account that a resource name ends with: an address or a unique id. */
  ofResource(last: string, near: string, at = 'file'): NodeRef {
    const name = decodeName(last).toLowerCase()
    const email = name.includes('@') ? name : this.known.emailOfUniqueId.get(name)
    if (email !== undefined) return this.refer(email, near, at)
    this.results.unresolved(at, name, 'is the unique id of a service account that this file does not describe')
    return { type: 'identity', externalId: name, global: true }
  }

  ofProject(project: string): NodeRef[] {
    const own = [...this.known.described].filter(([, owner]) => owner === project)
    return own.map(([externalId]) => ({ type: 'identity', externalId, global: true }))
  }

  countSystemKey(email: string): void {
    if (!this.isWhole) this.known.systemKeys.set(email, (this.known.systemKeys.get(email) ?? 0) + 1)
  }

  /** Accounts that are named but not described: known to exist, and nothing else of them. */
  finish(): void {
    for (const [email, { project, at }] of this.#named) {
      const agent = isServiceAgent(email)
      const systemKeys = this.known.systemKeys.get(email)
      this.results.add(agent ? everywhere : (project ?? everywhere), {
        type: 'identity',
        externalId: email,
        kind: 'service_account',
        name: email,
        status: agent ? 'active' : 'unknown',
        attributes: {
          ...(project === undefined || agent ? {} : { project }),
          ...(agent ? { serviceAgent: true } : {}),
          ...(isDefault(email) ? { defaultAccount: true } : {}),
          ...(systemKeys === undefined ? {} : { systemManagedKeys: systemKeys }),
        },
      })
      if (!agent)
        this.results.unresolved(
          at,
          email,
          'is named here; the file does not describe this service account, so its state and name are unknown',
        )
    }
  }

  #projectOfAccount(value: unknown, email: string): string {
    const inName = /^projects\/([^/]+)\//.exec(text(field(value, 'name')) ?? '')?.[1]
    const stated = text(field(value, 'projectId')) ?? (inName === '-' ? undefined : inName)
    return this.projectOf(stated) ?? projectOfEmail(email) ?? everywhere
  }
}

function emailOf(value: unknown): string | undefined {
  const email =
    text(field(value, 'email')) ?? /\/serviceAccounts\/([^/@]+@[^/]+)$/.exec(text(field(value, 'name')) ?? '')?.[1]
  return email === undefined ? undefined : decodeName(email).toLowerCase()
}

/** Compute Engine's and App Engine's accounts, which exist without anyone having made them. */
function isDefault(email: string): boolean {
  return /^\d+-compute@developer\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$/.test(email)
}

function decodeName(name: string): string {
  return name.replace(/%40/g, '@')
}
