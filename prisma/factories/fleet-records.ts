import {
  type CredentialRecord,
  type CredentialType,
  type EdgeRecord,
  type IdentityKind,
  type IdentityRecord,
  type NormalisedRecord,
  privileges,
  type ResourceRecord,
  type RoleRecord,
  sensitivities,
} from '../../lib/connectors/contract'
import { type FleetPlan, kindsOf, type OrganizationPlan, type SourcePlan } from './fleet'
import { drawer, type Random, randomAt } from './random'
import { purposes, services, vendors } from './words'

/** A part of a source, small enough to hold in memory. */
export interface FleetPart {
  label: string
  records: NormalisedRecord[]
  /** Identities whose owner a person confirmed: `user` or `team` by their place in the plan. */
  confirmed: { externalId: string; owner: { user: number } | { team: number } }[]
}

const dayMs = 86_400_000
const environments = { production: 40, staging: 17, development: 20, test: 8, unknown: 15 } as const
const credentialTypes: Partial<Record<IdentityKind, CredentialType[]>> = {
  service_account: ['api_key', 'access_token'],
  workload: ['access_token'],
  api_client: ['client_secret', 'api_key'],
  oauth_app: ['client_secret', 'refresh_token'],
  bot: ['access_token', 'ssh_key'],
  iam_role: ['api_key'],
  certificate_principal: ['certificate', 'signing_key'],
  ai_agent: ['api_key', 'access_token'],
}
const partSize = 5000
const rolesInPart = 250

/** The records of one source, part by part: what there is to reach and the roles first, then who reaches it. */
export function* sourceParts(plan: FleetPlan, org: OrganizationPlan, source: SourcePlan): Generator<FleetPart> {
  const maker = new SourceMaker(plan, org, source)
  for (let from = 0; from < source.resources; from += partSize * 2)
    yield maker.resourcePart(from, Math.min(source.resources, from + partSize * 2))
  for (let from = 0; from < source.roles; from += rolesInPart)
    yield maker.rolePart(from, Math.min(source.roles, from + rolesInPart))
  for (let from = 0; from < source.identities; from += partSize)
    yield maker.identityPart(from, Math.min(source.identities, from + partSize))
}

/** The identities of one source alone, one at a time: what a later pass over it would tell. */
export function* sourceIdentities(
  plan: FleetPlan,
  org: OrganizationPlan,
  source: SourcePlan,
): Generator<IdentityRecord> {
  const maker = new SourceMaker(plan, org, source)
  for (let index = 0; index < source.identities; index += 1) yield maker.identityAt(index)
}

class SourceMaker {
  private readonly drawRole: (random: Random) => number
  private readonly drawTemplate: (random: Random) => number
  private readonly templates: number

  constructor(
    private readonly plan: FleetPlan,
    private readonly org: OrganizationPlan,
    private readonly source: SourcePlan,
  ) {
    const random = this.at(1, 0)
    this.drawRole = drawer(Float64Array.from({ length: source.roles }, () => random.logUniform(2000)))
    this.templates = Math.max(1, Math.floor(source.roles / 8))
    this.drawTemplate = drawer(Float64Array.from({ length: this.templates }, () => random.logUniform(300)))
  }

  private at(stream: number, index: number): Random {
    return randomAt(this.plan.seed, this.org.no, this.source.no, stream, index)
  }

  private daysAgo(days: number): string {
    return new Date(this.plan.asOf.getTime() - Math.round(days * 24) * (dayMs / 24)).toISOString()
  }

  private ref(what: string, index: number): string {
    const { system, instance } = this.source
    return system === 'aws' ? `arn:aws:iam::${instance}:${what}/${index}` : `${system}://${instance}/${what}/${index}`
  }

  private environmentOf(stream: number, index: number): string | undefined {
    const found = this.at(stream, index).weighted(environments)
    return found === 'unknown' ? undefined : found
  }

  resourcePart(from: number, to: number): FleetPart {
    const records: ResourceRecord[] = []
    for (let index = from; index < to; index += 1) {
      const random = this.at(2, index)
      const isTool = this.source.system === 'mcp'
      const kind = isTool
        ? 'tool'
        : index % 50 === 0
          ? 'secret_store'
          : random.pick(['bucket', 'database', 'queue', 'namespace', 'repository', 'system'])
      // Neighbours live in one environment, and roles reach neighbours.
      const environment = this.environmentOf(3, Math.floor(index / 400))
      records.push({
        type: 'resource',
        externalId: this.ref(kind, index),
        kind,
        name: `${random.pick(services)}-${kind.replaceAll('_', '-')}-${index}`,
        ...(environment ? { environment } : {}),
        sensitivity: random.pick(sensitivities),
        ...(isTool && random.chance(0.2) ? { attributes: { destructive: true } } : {}),
      })
    }
    return { label: 'resources', records, confirmed: [] }
  }

  private resourceRef(index: number): string {
    const isTool = this.source.system === 'mcp'
    if (isTool || index % 50 === 0) return this.ref(isTool ? 'tool' : 'secret_store', index)
    const kind = this.at(2, index).pick(['bucket', 'database', 'queue', 'namespace', 'repository', 'system'])
    return this.ref(kind, index)
  }

  rolePart(from: number, to: number): FleetPart {
    const records: (RoleRecord | EdgeRecord)[] = []
    for (let index = from; index < to; index += 1) {
      const random = this.at(4, index)
      const level = random.weighted({ read: 52, write: 30, secret_read: 8, admin: 10 })
      const externalId = this.ref('role', index)
      const name = `${random.pick(services)}-${level.replace('_', '-')}-${index}`
      records.push({ type: 'role', externalId, kind: this.source.system === 'aws' ? 'managed_policy' : 'role', name })
      const self = { type: 'role', externalId } as const
      // Few roles reach nearly everything of their source, most a handful.
      const reach = Math.min(this.source.resources, Math.max(2, Math.round(random.logUniform(800) * 0.95)))
      const start = random.int(0, this.source.resources)
      for (let step = 0; step < reach; step += 1) {
        const to = random.chance(0.03) ? random.int(0, this.source.resources) : (start + step) % this.source.resources
        const privilege = random.chance(0.8) ? level : random.pick(privileges)
        records.push(
          edge(
            'grants',
            self,
            { type: 'resource', externalId: this.resourceRef(to) },
            { privilege, scopes: scopesOf[privilege] },
          ),
        )
      }
      if (random.chance(0.35)) {
        const other = { type: 'role', externalId: this.ref('role', random.int(0, this.source.roles)) } as const
        records.push(edge(random.chance(0.5) ? 'assumes' : 'impersonates', self, other))
      }
    }
    return { label: 'roles', records, confirmed: [] }
  }

  identityPart(from: number, to: number): FleetPart {
    const records: NormalisedRecord[] = []
    const confirmed: FleetPart['confirmed'] = []
    for (let index = from; index < to; index += 1) {
      const random = this.at(5, index)
      const identity = this.identity(random, index, confirmed)
      records.push(identity)
      const credentials = Number(random.weighted({ '0': 18, '1': 54, '2': 22, '3': 6 } as Record<string, number>))
      for (let no = 0; no < credentials; no += 1) records.push(...this.credential(random, identity, no))
      for (const role of this.rolesOf(random)) {
        const to = { type: 'role', externalId: this.ref('role', role) } as const
        records.push(edge('member_of', { type: 'identity', externalId: identity.externalId }, to))
      }
    }
    return { label: 'identities', records, confirmed }
  }

  /** Three in five were made from a template, with its set of roles; the others hold what they were given one by one. */
  private rolesOf(random: Random): Set<number> {
    const isTemplate = random.chance(0.6)
    const template = isTemplate ? this.at(6, this.drawTemplate(random)) : random
    const roles = new Set<number>()
    for (let left = template.int(1, 6); left > 0; left -= 1) roles.add(this.drawRole(template))
    return roles
  }

  identityAt(index: number): IdentityRecord {
    return this.identity(this.at(5, index), index, [])
  }

  private identity(random: Random, index: number, confirmed: FleetPart['confirmed']): IdentityRecord {
    const kind = random.weighted((kindsOf[this.source.system] ?? {}) as Record<IdentityKind, number>)
    const environment = random.weighted(environments)
    const [service, purpose] = [random.pick(services), random.pick(purposes)]
    const short = { production: 'prod', staging: 'stg', development: 'dev', test: 'test', unknown: 'gen' }[environment]
    const isBreakGlass = random.chance(0.002)
    const vendor = (kind === 'oauth_app' || kind === 'bot') && random.chance(0.4) ? random.pick(vendors) : undefined
    const plain = `${service}-${purpose}-${short}-${index.toString(36)}`
    const name = isBreakGlass ? `break-glass-${plain}` : vendor ? `${vendor} ${service} ${index.toString(36)}` : plain
    const externalId = this.ref(kind.replace('_', '-'), index).replace(/\d+$/, `${plain}`)
    const use = random.weighted({ recent: 52, old: 22, never: 11, unknown: 15 })
    const team = random.int(0, this.org.teams.length)
    const person = random.int(0, this.org.people.length)
    const owner = random.weighted({ none: 41, team: 22, person: 14, stranger: 6, user: 9, lead: 8 })
    const hints = [
      ...(owner === 'team' || random.chance(0.02) ? [{ value: this.org.teams[team] ?? '', from: 'tag:team' }] : []),
      ...(owner === 'person' ? [{ value: this.org.people[person]?.email ?? '', from: 'tag:owner' }] : []),
      ...(owner === 'stranger' ? [{ value: `${service} squad`, from: 'annotation:owner' }] : []),
    ]
    if (owner === 'user') confirmed.push({ externalId, owner: { user: person } })
    if (owner === 'lead') confirmed.push({ externalId, owner: { team } })
    return {
      type: 'identity',
      externalId,
      kind,
      name,
      ...(random.chance(0.3) ? { description: `Runs ${service} ${purpose} for ${this.org.teams[team]}` } : {}),
      ...(environment === 'unknown' ? {} : { environment }),
      status: random.weighted({ active: 86, disabled: 9, unknown: 5 }),
      createdAt: this.daysAgo(30 + random.logUniform(1800)),
      ...(use === 'unknown'
        ? {}
        : {
            lastUsedAt:
              use === 'never'
                ? null
                : this.daysAgo(use === 'recent' ? random.logUniform(60) : 60 + random.logUniform(900)),
          }),
      tags: {
        service,
        ...(random.chance(0.5) ? { 'cost-center': `cc-${random.int(100, 400)}` } : {}),
        ...(isBreakGlass ? { purpose: 'break-glass' } : {}),
      },
      ...(vendor
        ? { attributes: { vendor } }
        : random.chance(0.2)
          ? { attributes: { region: random.pick(['eu-west-1', 'us-east-1', 'ap-south-1']) } }
          : {}),
      ...(hints.length > 0 ? { ownerHints: hints } : {}),
    }
  }

  private *credential(random: Random, identity: IdentityRecord, no: number): Generator<CredentialRecord | EdgeRecord> {
    const externalId = `${identity.externalId}#${no}`
    const age = 1 + random.logUniform(2200)
    const ends = random.weighted({ never: 38, later: 40, past: 7, unknown: 15 })
    const credentialType = random.pick(credentialTypes[identity.kind] ?? (['api_key'] as const))
    yield {
      type: 'credential',
      externalId,
      subject: { type: 'identity', externalId: identity.externalId },
      credentialType,
      name: `${credentialType.replaceAll('_', '-')}-${random.hex(8)}`,
      status: random.weighted({ active: 90, disabled: 6, unknown: 4 }),
      fingerprint: `fp1:${random.hex(32)}`,
      lastFour: random.hex(4),
      createdAt: this.daysAgo(age),
      ...(random.chance(0.3) ? { rotatedAt: this.daysAgo(age * random.next()) } : {}),
      ...(ends === 'unknown'
        ? {}
        : {
            expiresAt:
              ends === 'never'
                ? null
                : this.daysAgo(ends === 'later' ? -random.logUniform(500) : random.logUniform(300)),
          }),
      ...(random.chance(0.7) ? { lastUsedAt: random.chance(0.2) ? null : this.daysAgo(random.logUniform(500)) } : {}),
    }
    // One in a hundred lies in a secret store, where whoever reads that store can become its holder.
    if (!random.chance(0.01) || this.source.system === 'mcp') return
    const store = {
      type: 'resource',
      externalId: this.ref('secret_store', 50 * random.int(0, Math.ceil(this.source.resources / 50))),
    } as const
    yield edge('stores', store, { type: 'credential', externalId })
  }
}

const scopesOf = {
  read: ['get', 'list'],
  write: ['get', 'list', 'put', 'delete'],
  secret_read: ['get', 'reveal'],
  admin: ['*'],
}

function edge(
  kind: EdgeRecord['kind'],
  from: EdgeRecord['from'],
  to: EdgeRecord['to'],
  more: Partial<EdgeRecord> = {},
): EdgeRecord {
  const scopes = more.scopes ?? []
  return {
    type: 'entitlement',
    kind,
    from,
    to,
    effect: 'allow',
    scopes,
    scopeCount: scopes.length,
    basis: 'entitlement',
    ...more,
  }
}
