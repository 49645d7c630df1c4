import type { IdentityKind } from '../../lib/connectors/contract'
import { type Random, randomAt } from './random'
import { familyNames, givenNames, teams } from './words'

/** What a generated installation is made from; the same plan always gives the same records. */
export interface FleetPlan {
  seed: number
  identities: number
  organizations: number
  /** The day that ages are counted back from. */
  asOf: Date
}

export interface SourcePlan {
  no: number
  system: string
  instance: string
  name: string
  identities: number
  roles: number
  resources: number
}

export interface OrganizationPlan {
  no: number
  name: string
  slug: string
  identities: number
  sources: SourcePlan[]
  people: { name: string; email: string; hasLeft: boolean }[]
  teams: string[]
}

/**
 * How many identities each organization has: one giant with three fifths of all, then a power law (exponent 0.8), as
 * installations are skewed. Sums to `total`; every organization has at least one.
 */
export function organizationSizes(total: number, count: number): number[] {
  if (count <= 1) return [total]
  const giant = Math.max(1, Math.round(total * 0.6))
  const weights = Array.from({ length: count - 1 }, (_, index) => (index + 1) ** -0.8)
  const sum = weights.reduce((a, b) => a + b, 0)
  const sizes = weights.map((weight) => Math.max(1, Math.floor(((total - giant) * weight) / sum)))
  return [total - sizes.reduce((a, b) => a + b, 0), ...sizes]
}

/** Which kinds of identity a system knows, and how often each is. */
export const kindsOf: Record<string, Partial<Record<IdentityKind, number>>> = {
  aws: { iam_role: 62, service_account: 28, certificate_principal: 4, workload: 6 },
  kubernetes: { service_account: 55, workload: 45 },
  github: { bot: 38, oauth_app: 34, api_client: 28 },
  entra: { service_account: 34, oauth_app: 38, workload: 18, certificate_principal: 10 },
  vault: { api_client: 55, certificate_principal: 30, service_account: 15 },
  mcp: { ai_agent: 100 },
}

const shares: Record<string, number> = { aws: 46, kubernetes: 26, entra: 12, github: 8, vault: 5, mcp: 3 }

/** The sources of an organization: a large one has several accounts and clusters. */
function planSources(seed: number, no: number, identities: number): SourcePlan[] {
  const systems = Object.entries(shares).slice(0, identities > 400 ? 6 : identities > 100 ? 4 : 2)
  const sum = systems.reduce((total, [, share]) => total + share, 0)
  const sources: SourcePlan[] = []
  let left = identities
  for (const [index, [system, share]] of systems.entries()) {
    const isLast = index === systems.length - 1
    const size = isLast ? left : Math.min(left, Math.floor((identities * share) / sum))
    left -= size
    const parts = Math.max(1, Math.min(8, Math.round(size / 40_000)))
    for (let part = 0; part < parts; part += 1) {
      const count = Math.floor(size / parts) + (part < size % parts ? 1 : 0)
      const at = randomAt(seed, no, sources.length)
      const instance =
        system === 'aws' ? String(at.int(100_000_000, 999_999_999)).padStart(12, '4') : `${system}-${at.hex(6)}`
      const name = parts > 1 || system === 'aws' ? `${system} ${instance}` : system
      const roles = Math.max(2, Math.round(count * 0.05))
      const resources = Math.max(4, Math.round(count * 0.5))
      sources.push({ no: sources.length, system, instance, name, identities: count, roles, resources })
    }
  }
  return sources
}

const organizationWords = [
  'Aster',
  'Borealis',
  'Cobalt',
  'Delphine',
  'Estuary',
  'Fjord',
  'Granite',
  'Harbor',
  'Isthmus',
  'Juniper',
] as const

/** The address part of an organization: says which plan it belongs to. The giant is number 0. */
export function slugOf(plan: Pick<FleetPlan, 'seed' | 'identities'>, no: number): string {
  return `fleet-${plan.identities}-${plan.seed}-${String(no).padStart(3, '0')}`
}

/** One organization with its people and sources. */
export function planOrganization(plan: FleetPlan, no: number, identities: number): OrganizationPlan {
  const random = randomAt(plan.seed, no, 0x6f7267)
  const slug = slugOf(plan, no)
  const count = Math.min(80, 4 + Math.round(Math.sqrt(identities) / 8))
  return {
    no,
    name: `${random.pick(organizationWords)} ${String(no).padStart(3, '0')}`,
    slug,
    identities,
    sources: planSources(plan.seed, no, identities),
    people: Array.from({ length: count }, (_, index) => person(random, slug, index)),
    teams: teams.slice(0, Math.min(teams.length, 3 + Math.round(count / 3))),
  }
}

function person(random: Random, slug: string, index: number) {
  const [given, family] = [random.pick(givenNames), random.pick(familyNames)]
  const email = `${given}.${family}.${index}@${slug}.example`.toLowerCase()
  // The first one administers; of the others, one in seven has left since.
  return { name: `${given} ${family}`, email, hasLeft: index > 0 && random.chance(0.14) }
}
