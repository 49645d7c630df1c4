import type { Privilege } from '../contract'
import { wordTable } from '../word-table'

/** Rights over an account by which their holder can become it: a new password, a key of one's own, its password read. */
export const becoming = new Set([
  ...['GenericAll', 'GenericWrite', 'WriteDacl', 'WriteOwner', 'Owns', 'AllExtendedRights', 'ForceChangePassword'],
  ...['AddKeyCredentialLink', 'AddAllowedToAct', 'WriteAccountRestrictions', 'WriteSPN', 'ReadGMSAPassword'],
  ...['ReadLAPSPassword', 'SyncLAPSPassword', 'OwnsLimitedRights', 'WriteOwnerLimitedRights'],
])

/** Rights over a group by which their holder can join it. */
export const joining = new Set([
  ...['GenericAll', 'GenericWrite', 'WriteDacl', 'WriteOwner', 'Owns', 'AllExtendedRights', 'AddMember', 'AddSelf'],
])

/** What a right over a domain, a unit, a policy, a certificate template and the like amounts to. */
const table: Record<string, Privilege> = wordTable({
  GenericAll: 'admin',
  WriteDacl: 'admin',
  WriteOwner: 'admin',
  Owns: 'admin',
  OwnsLimitedRights: 'admin',
  WriteOwnerLimitedRights: 'admin',
  ManageCA: 'admin',
  ManageCertificates: 'admin',
  WritePKIEnrollmentFlag: 'admin',
  WritePKINameFlag: 'admin',
  AllExtendedRights: 'secret_read',
  GetChangesAll: 'secret_read',
  DCSync: 'secret_read',
  ReadLAPSPassword: 'secret_read',
  ReadGMSAPassword: 'secret_read',
  GenericWrite: 'write',
  WriteGPLink: 'write',
  AddMember: 'write',
  Enroll: 'write',
  AutoEnroll: 'write',
  GetChanges: 'read',
  GetChangesInFilteredSet: 'read',
})

/** Undefined for a right that is not known. */
export const privilegeOf = (right: string): Privilege | undefined =>
  Object.hasOwn(table, right) ? table[right] : undefined
