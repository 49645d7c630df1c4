import { foundOrganization } from '@/lib/organizations/server/create-organization'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { RequestInfo } from '@/lib/platform/context'
import { takeConnection } from '@/lib/platform/db/pool'
import { AppError } from '@/lib/platform/errors'
import { CreateFirstAdministratorInput } from '../schema'
import { createUser, demandStrong } from './create-user'
import { removeAccount } from './store'

/** Names the set-up among the database's advisory locks: of two at once the second finds the installation in use. */
const setUpLock = 7_362_901_144

/** Whether nobody has set this installation up yet: it has no organization. */
export async function isInstallationEmpty(): Promise<boolean> {
  return (await listOrganizations()).length === 0
}

/**
 * Sets an empty installation up: its first person, who administers its first organization. The organization's audit
 * chain begins with this event. An account that an interrupted set-up left behind is replaced.
 * @throws AppError `conflict` as soon as there is an organization
 */
export async function createFirstAdministrator(
  given: CreateFirstAdministratorInput,
  request: RequestInfo,
): Promise<{ userId: string; organizationId: string }> {
  const { name, email, password, organizationName } = CreateFirstAdministratorInput.parse(given)
  demandStrong(password, [name, email, organizationName])
  return alone(async () => {
    if (!(await isInstallationEmpty())) {
      throw new AppError(
        'conflict',
        'This installation is set up already. Sign in, or ask its administrator to invite you.',
      )
    }
    await removeAccount(email)
    const { id: userId } = await createUser({ name, email, password })
    try {
      const organization = await foundOrganization({ id: userId, name, email }, { name: organizationName }, request)
      return { userId, organizationId: organization.id }
    } catch (error) {
      await removeAccount(email)
      throw error
    }
  })
}

async function alone<T>(work: () => Promise<T>): Promise<T> {
  const connection = await takeConnection('')
  try {
    // Never waits: those who wait would hold the connections that the first one needs to finish.
    const { rows } = await connection.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [setUpLock])
    if (!rows[0]?.free) throw new AppError('conflict', 'Somebody is setting this installation up at this very moment.')
    try {
      return await work()
    } finally {
      await connection.query('SELECT pg_advisory_unlock($1)', [setUpLock])
    }
  } finally {
    connection.release()
  }
}
