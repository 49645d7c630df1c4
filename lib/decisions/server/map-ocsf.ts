import packageJson from '@/package.json' with { type: 'json' }
import { explainReason } from '../rules'
import type { StoredDecision } from './store-log'

/** The version of the Open Cybersecurity Schema Framework in which the log is told. */
const version = '1.8.0'
/** API Activity, of the category Application Activity. */
const classUid = 6003
const categoryUid = 6

/** What is done, as the class counts it; everything else is `Other`, under its own name. */
const activities: Readonly<Record<string, { id: number; name: string }>> = {
  create: { id: 1, name: 'Create' },
  read: { id: 2, name: 'Read' },
  list: { id: 2, name: 'Read' },
  'resources/read': { id: 2, name: 'Read' },
  'tools/list': { id: 2, name: 'Read' },
  'prompts/get': { id: 2, name: 'Read' },
  'secret.retrieve': { id: 2, name: 'Read' },
  write: { id: 3, name: 'Update' },
  update: { id: 3, name: 'Update' },
  delete: { id: 4, name: 'Delete' },
}

/**
 * A decision as an event of the class API Activity (6003) with the profile `security_control`: who asked is the actor's application, about
 * whom is its user. A decision is not the act: what came of it nobody says here, so the status is unknown, never a success.
 * What the class has no place for stands in `unmapped`, under our own names.
 */
export function mapOcsf(row: StoredDecision, orgId: string): Record<string, unknown> {
  const { isAllowed, action, reason } = row
  const operation = action ?? row.asked
  const known = Object.hasOwn(activities, operation) ? activities[operation] : undefined
  const activity = known ?? { id: 99, name: operation }
  const isPerson = row.subjectType === 'user'
  const { because } = explainReason(reason)
  return {
    ...{
      category_uid: categoryUid,
      category_name: 'Application Activity',
      class_uid: classUid,
      class_name: 'API Activity',
    },
    ...{ activity_id: activity.id, activity_name: activity.name, type_uid: classUid * 100 + activity.id },
    type_name: `API Activity: ${known?.name ?? 'Other'}`,
    time: row.at.getTime(),
    ...(isAllowed ? { severity_id: 1, severity: 'Informational' } : { severity_id: 2, severity: 'Low' }),
    ...{ status_id: 0, status: 'Unknown', status_detail: reason, message: because },
    ...(isAllowed ? { action_id: 1, action: 'Allowed' } : { action_id: 2, action: 'Denied' }),
    ...(isAllowed ? { disposition_id: 1, disposition: 'Allowed' } : { disposition_id: 2, disposition: 'Blocked' }),
    metadata: {
      ...{ version, uid: row.id, correlation_uid: row.requestId, tenant_uid: orgId, log_name: 'decisions' },
      product: { name: 'Bailiwick', vendor_name: 'Bailiwick', version: packageJson.version },
      profiles: ['security_control'],
    },
    actor: {
      ...{ app_name: row.callerLabel, app_uid: row.callerKey },
      user: {
        ...{
          uid: row.subjectId ?? `every ${row.subjectType}`,
          type: isPerson ? 'User' : 'Service',
          type_id: isPerson ? 1 : 4,
        },
        ...(row.identityId === null ? {} : { uid_alt: row.identityId }),
      },
    },
    api: { operation, request: { uid: row.requestId }, service: { name: 'Bailiwick decision point' } },
    src_endpoint: { svc_name: row.callerLabel, uid: row.callerKey },
    ...(row.resourceType === null
      ? {}
      : { resources: [{ type: row.resourceType, ...(row.resourceId === null ? {} : { uid: row.resourceId }) }] }),
    authorizations: [
      {
        decision: isAllowed ? 'Allow' : 'Deny',
        policy: {
          ...{ name: row.rule ?? 'no rule', is_applied: row.rule !== null },
          ...(row.policyHash === null ? {} : { uid: row.policyHash }),
          ...(row.policyVersion === null ? {} : { version: String(row.policyVersion) }),
        },
      },
    ],
    duration: Math.round(row.latencyUs / 1000),
    unmapped: {
      ...{ asked: row.asked, subject_type: row.subjectType, found: row.found, latency_us: row.latencyUs },
      facts: row.facts ?? {},
    },
  }
}
