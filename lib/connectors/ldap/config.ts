import { z } from 'zod'
import { secretField } from '../live-config'
import { endpointFields } from '../outbound'
import { isFilter } from './client'

const filterField = (usual: string) =>
  z
    .string()
    .trim()
    .min(3)
    .max(5000)
    .refine(isFilter, 'is no filter of LDAP, as in (objectClass=account)')
    .default(usual)

const directoryFields = (name: string) => ({
  ...endpointFields(636),
  start: z.enum(['ldaps', 'starttls']).default('ldaps').meta({
    title: 'TLS begins',
    description: 'ldaps: with the connection (port 636). starttls: by an order on a plain one (port 389)',
  }),
  base: z.string().trim().min(1).max(2000).meta({
    title: 'Base',
    description: 'The entry below which everything is searched: dc=example,dc=org',
  }),
  user: z.string().trim().min(3).max(2000).meta({ title: 'Signs in as', description: name }),
  password: secretField('Password'),
})

export const ldapConfig = z.object({
  ...directoryFields('Distinguished name of its entry'),
  accounts: filterField('(objectClass=simpleSecurityObject)').meta({
    title: 'Filter of accounts',
    description: 'Which entries are accounts of programs. All others are left alone',
    isScope: true,
  }),
  policy: z.string().trim().max(2000).optional().meta({
    title: 'Default password policy',
    description:
      'Distinguished name of the entry that ppolicy_default names. Empty: accounts are disabled by their passwords, not by a lock',
  }),
})
export type LdapConfig = z.output<typeof ldapConfig>

export const activeDirectoryConfig = z.object({
  ...directoryFields('user@example.org, EXAMPLE\\user or a distinguished name'),
  accounts: filterField(
    '(|(&(objectCategory=person)(objectClass=user)(servicePrincipalName=*))(objectClass=msDS-ManagedServiceAccount)(objectClass=msDS-GroupManagedServiceAccount))',
  ).meta({
    title: 'Filter of accounts',
    description: 'Which entries are accounts of programs. All others are left alone',
    isScope: true,
  }),
})
export type ActiveDirectoryConfig = z.output<typeof activeDirectoryConfig>
