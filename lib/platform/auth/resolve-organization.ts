import { installationClient } from '@/lib/platform/db/client'
import { AppError } from '@/lib/platform/errors'

export interface OrganizationName {
  id: string
  name: string
  slug: string
}

/** Every organization of the installation; for the worker and the command line, which act for none of them yet. */
export function listOrganizations(): Promise<OrganizationName[]> {
  return installationClient().$queryRaw<OrganizationName[]>`SELECT id, name, slug FROM resolve_organizations()`
}

/** The organization with a slug. @throws AppError `not_found`, naming those that there are */
export async function resolveOrganization(slug: string): Promise<OrganizationName> {
  const all = await listOrganizations()
  const found = all.find((organization) => organization.slug === slug)
  if (found) return found
  const known = all.map((organization) => organization.slug).join(', ') || 'none yet'
  throw new AppError('not_found', `There is no organization "${slug}". There are: ${known}.`)
}
