import { createHash } from 'node:crypto'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { grantText } from '../rules'
import type { AskableRole } from '../values'
import type { Requester, ResolvedRequest } from './resolve-request'

/** What a grant's row says of whom it is for, who asked, and what is added by it. */
export function rowOf({ mode, tier, subject, requester, sourceId, liveId, impact, listHash }: ResolvedRequest) {
  return {
    ...{ mode, tier, listHash, sourceId, liveId },
    ...{ subjectKind: subject.kind, subjectId: subject.id, subjectName: subject.name, subjectRef: subject.ref },
    ...{ requesterId: requester.id, requesterName: requester.name, requesterKeys: requester.keys },
    subjectKeys: subject.keys,
    partyKeys: [...new Set([`user:${requester.id}`, ...subject.keys])],
    impact: impact as Prisma.InputJsonObject,
  }
}

/** The rights that it gives: not those that the account has already. */
export const rightsOf = ({ rights }: Pick<ResolvedRequest, 'rights'>) =>
  rights
    .filter(({ verdict }) => verdict === 'gets')
    .map(({ nodeType, nodeId, ref, name, scopes, privilege }) => ({
      ...{ nodeType, nodeId, ref, name, scopes, privilege },
      edgeKind: nodeType === 'role' ? 'member_of' : 'grants',
    }))

/** What is added is told in words, not by the access graph: the organization itself is no node of it. */
export const noImpact = { scoreBefore: null, scoreAfter: null, added: [], addedTotal: 0, caveat: null }

/** The row of a role for a time, which is always one's own. */
export const roleRowOf = ({ id, name, keys }: Requester) => ({
  ...{ subjectKind: 'user', subjectId: id, subjectName: name, requesterId: id, requesterName: name },
  ...{ requesterKeys: keys, subjectKeys: [`user:${id}`], partyKeys: [`user:${id}`], impact: noImpact },
})

export const roleRightOf = (orgId: string, role: AskableRole) => ({
  ...{ nodeType: 'console_role', nodeId: orgId, ref: role, name: `The role ${role}`, scopes: [] },
  ...{ privilege: null, edgeKind: 'member_of' },
})

export const roleHashOf = (orgId: string, role: AskableRole): string =>
  createHash('sha256')
    .update(grantText({ subjectId: null, mode: 'console', rights: [{ nodeId: orgId, scopes: [role] }] }))
    .digest('base64url')
