import { randomUUID } from 'node:crypto'
import type { MemberRole } from '@/lib/organizations/schema'
import { acceptInvitation } from '@/lib/organizations/server/accept-invitation'
import { createInvitation } from '@/lib/organizations/server/create-invitation'
import { foundOrganization } from '@/lib/organizations/server/create-organization'
import { contextOfPerson } from '@/lib/platform/auth/actor-context'
import { resolveMemberships } from '@/lib/platform/auth/resolve-session'
import type { Context } from '@/lib/platform/context'
import { createUser } from '@/lib/users/server/create-user'

export interface Person {
  id: string
  name: string
  email: string
}

export interface FoundedOrganization {
  id: string
  name: string
  slug: string
  /** The founder's context. */
  admin: Context
  /** Invites a new person into a role, accepts in their name, and gives their context. */
  join: (role: MemberRole, name?: string) => Promise<Context & { person: Person }>
}

/** A person without organization and without password. */
export async function makePerson(name = 'Person'): Promise<Person> {
  const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}.${randomUUID().slice(0, 8)}@example.org`
  return { ...(await createUser({ email, name })), name, email }
}

/** The context of a person in an organization, as their membership stands now. */
export async function contextIn(orgId: string, person: Person, sessionId: string = randomUUID()): Promise<Context> {
  const access = (await resolveMemberships(person.id)).find((membership) => membership.orgId === orgId)
  if (!access) throw new Error(`${person.email} is no active member`)
  return contextOfPerson({ userId: person.id, ...person, sessionId }, access, { id: randomUUID() })
}

/** A new organization with its administrator, made by the use cases themselves. */
export async function makeFoundedOrganization(name = 'Test'): Promise<FoundedOrganization> {
  const founder = await makePerson('Ada Founder')
  const slug = `t-${randomUUID()}`
  const { id } = await foundOrganization(founder, { name, slug }, { id: randomUUID() })
  const admin = await contextIn(id, founder)
  return {
    id,
    name,
    slug,
    admin,
    async join(role, personName = `Test ${role}`) {
      const person = await makePerson(personName)
      const { link } = await createInvitation(admin, { email: person.email, role })
      await acceptInvitation(person, { token: link.split('/').at(-1) ?? '' }, { id: randomUUID() })
      return { ...(await contextIn(id, person)), person }
    },
  }
}
