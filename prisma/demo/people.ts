import { randomUUID } from 'node:crypto'
import type { MemberRole } from '../../lib/organizations/schema'
import { acceptInvitation } from '../../lib/organizations/server/accept-invitation'
import { assignTeamMember } from '../../lib/organizations/server/assign-team-member'
import { createInvitation } from '../../lib/organizations/server/create-invitation'
import { foundOrganization } from '../../lib/organizations/server/create-organization'
import { createTeam } from '../../lib/organizations/server/create-team'
import { listInvitations } from '../../lib/organizations/server/list-invitations'
import { listMembers } from '../../lib/organizations/server/list-members'
import { listTeams } from '../../lib/organizations/server/list-teams'
import { revokeInvitation } from '../../lib/organizations/server/revoke-invitation'
import { contextOfPerson } from '../../lib/platform/auth/actor-context'
import { listOrganizations } from '../../lib/platform/auth/resolve-organization'
import { resolveMemberships } from '../../lib/platform/auth/resolve-session'
import type { Context } from '../../lib/platform/context'
import { installationClient } from '../../lib/platform/db/client'
import { createUser } from '../../lib/users/server/create-user'

export interface Person {
  id: string
  name: string
  email: string
}

/** Nobody signs in while the demo is made, so each step is a request of its own without a session. */
const request = () => ({ id: randomUUID() })

/** The person's account, if there is one. */
export async function findPerson(who: { name: string; email: string }): Promise<Person | undefined> {
  const found = await installationClient().userAccount.findUnique({ where: { email: who.email }, select: { id: true } })
  return found ? { ...who, id: found.id } : undefined
}

/** The person's account, made if there is none yet. */
export async function ensurePerson(who: { name: string; email: string }, password: string): Promise<Person> {
  return (await findPerson(who)) ?? { ...who, id: (await createUser({ ...who, password })).id }
}

/** What a person may do in an organization; undefined while they do not belong to it. */
export async function contextIn(orgId: string, person: Person): Promise<Context | undefined> {
  const access = (await resolveMemberships(person.id)).find((membership) => membership.orgId === orgId)
  return access && contextOfPerson({ ...person, userId: person.id, sessionId: randomUUID() }, access, request())
}

/** The organization, founded by this person if there is none yet, and their context in it. */
export async function ensureOrganization(
  founder: Person,
  organization: { name: string; slug: string },
): Promise<Context> {
  const found = (await listOrganizations()).find(({ slug }) => slug === organization.slug)
  const { id } = found ?? (await foundOrganization(founder, organization, request()))
  const ctx = await contextIn(id, founder)
  if (!ctx)
    throw new Error(`${founder.email} does not belong to ${organization.slug}, so the demo cannot be made there`)
  return ctx
}

/** The person's context as a member, invited and accepted if need be. */
export async function ensureMember(admin: Context, person: Person, role: MemberRole): Promise<Context> {
  const present = await contextIn(admin.tenant.orgId, person)
  if (present) return present
  const { items } = await listInvitations(admin)
  const left = items.find(({ email, state }) => email === person.email && state === 'open')
  if (left) await revokeInvitation(admin, { id: left.id })
  const { link } = await createInvitation(admin, { email: person.email, role })
  await acceptInvitation(person, { token: link.split('/').at(-1) ?? '' }, request())
  const joined = await contextIn(admin.tenant.orgId, person)
  if (!joined) throw new Error(`${person.email} did not become a member`)
  return joined
}

/** The team's id; made and filled if need be. */
export async function ensureTeam(
  admin: Context,
  team: { name: string; description: string },
  people: readonly Person[],
): Promise<string> {
  const [members, teams] = [await listMembers(admin), await listTeams(admin)]
  const found = teams.items.find(({ name }) => name === team.name) ?? (await createTeam(admin, team))
  for (const { id: memberId, userId } of members.items) {
    const isWanted = people.some(({ id }) => id === userId)
    if (isWanted && !found.members.some(({ id }) => id === memberId)) {
      await assignTeamMember(admin, { id: found.id, memberId })
    }
  }
  return found.id
}
