import { z } from 'zod'
import type { CredentialRecord, FileConnector, Instant, MapContext, MapResult, NodeRef, ParsedFile } from '../contract'
import { mostFrequentAccount, parseArn } from './arn'
import { parseInstant } from './instants'
import { attributes } from './policies'
import { production } from './production'
import { createRecordSet, type RecordSet } from './record-set'
import { isReportFile, readReportFile } from './report-file'
import { environmentOf, ownerHints } from './tags'

type Cells = Record<string, string>

/** AWS kept no record of console sign-ins and of key use before these days, so older silence proves nothing. */
const signInsTrackedSince = '2014-10-20T00:00:00.000Z'
const keyUseTrackedSince = '2015-04-22T00:00:00.000Z'

const row = z.object({ user: z.string().optional(), arn: z.string().refine((arn) => parseArn(arn) !== undefined) })

function map(file: ParsedFile, context: MapContext): MapResult {
  const report = readReportFile(file)
  const set = createRecordSet()
  set.refused.push(...report.refused)
  const seen = new Set<string>()
  for (const { at, cells } of report.rows) {
    const parsed = row.safeParse(cells)
    if (!parsed.success) set.refused.push({ at, reason: 'The row has no ARN' })
    else if (seen.has(parsed.data.arn)) {
      set.refused.push({ at, reason: `The report has ${parsed.data.arn} twice; the first is kept` })
    } else {
      seen.add(parsed.data.arn)
      addUser(cells, parsed.data.arn, parsed.data.user ?? '', report.generatedAt, set)
    }
  }
  const account = mostFrequentAccount(seen) ?? context.instance ?? 'unknown'
  return {
    system: 'aws',
    instance: account,
    instanceName: `AWS account ${account}`,
    records: set.records(),
    refused: set.refused,
    unresolved: set.unresolved,
  }
}

function addUser(cells: Cells, arn: string, user: string, generatedAt: string | undefined, set: RecordSet): void {
  const isRoot = user === '<root_account>' || arn.endsWith(':root')
  const name = isRoot ? 'account root user' : user || (arn.split('/').at(-1) ?? arn)
  const hasPassword = truth(cells.password_enabled) === true
  const createdAt = instant(cells.user_creation_time)
  const isHuman = isRoot || hasPassword
  const subject: NodeRef = { type: isHuman ? 'human' : 'identity', externalId: arn }
  const credentials = [
    password(cells, arn, name, subject, createdAt),
    ...['1', '2'].map((number) => accessKey(cells, number, arn, name, subject, generatedAt)),
    ...['1', '2'].map((number) => certificate(cells, number, arn, name, subject)),
  ].filter((credential) => credential !== undefined)
  if (isHuman) {
    const email = ownerHints({}, name)[0]?.value
    set.addNode({
      type: 'human',
      externalId: arn,
      name,
      email,
      reason: isRoot ? 'is the root user of the account' : 'has a console password',
    })
  } else {
    const path =
      parseArn(arn)
        ?.resource.replace(/^user/, '')
        .replace(/[^/]*$/, '') || '/'
    set.addNode({
      type: 'identity',
      externalId: arn,
      kind: 'service_account',
      name,
      environment: environmentOf({}, name, path),
      status: 'active',
      createdAt,
      lastUsedAt: lastOf(credentials),
      attributes: attributes<string | number | boolean>({
        iamType: 'user',
        path,
        mfaActive: truth(cells.mfa_active),
        activeCredentials: credentials.filter((credential) => credential.status === 'active').length,
        additionalCredentials: said(cells.additional_credentials_info),
      }),
      ownerHints: ownerHints({}, name),
    })
  }
  for (const credential of credentials) set.addNode(credential)
}

function password(
  cells: Cells,
  arn: string,
  name: string,
  subject: NodeRef,
  createdAt: Instant,
): CredentialRecord | undefined {
  if (truth(cells.password_enabled) !== true) return undefined
  return {
    type: 'credential',
    externalId: `${arn}#password`,
    subject,
    credentialType: 'password',
    name: `Console password of ${name}`,
    status: 'active',
    expiresAt: cells.password_next_rotation === 'N/A' ? null : instant(cells.password_next_rotation),
    lastUsedAt: lastUse(cells.password_last_used, createdAt, signInsTrackedSince),
    rotatedAt: instant(cells.password_last_changed),
    attributes: attributes<boolean>({ mfaActive: truth(cells.mfa_active) }),
  }
}

function accessKey(
  cells: Cells,
  number: string,
  arn: string,
  name: string,
  subject: NodeRef,
  generatedAt: string | undefined,
): CredentialRecord | undefined {
  const slot = `access_key_${number}`
  const changedAt = instant(cells[`${slot}_last_rotated`])
  const status = statusOf(cells[`${slot}_active`], changedAt)
  if (status === undefined) return undefined
  return {
    type: 'credential',
    externalId: `${arn}#${slot}`,
    subject,
    credentialType: 'api_key',
    name: `Access key ${number} of ${name}`,
    status,
    createdAt: changedAt,
    expiresAt: null,
    lastUsedAt: lastUse(cells[`${slot}_last_used_date`], changedAt, keyUseTrackedSince),
    rotatedAt: changedAt,
    attributes: attributes<string | boolean>({
      lastUsedRegion: said(cells[`${slot}_last_used_region`]),
      lastUsedService: said(cells[`${slot}_last_used_service`]),
      datedAfterTheReport: generatedAt !== undefined && changedAt != null && changedAt > generatedAt ? true : undefined,
    }),
  }
}

function certificate(
  cells: Cells,
  number: string,
  arn: string,
  name: string,
  subject: NodeRef,
): CredentialRecord | undefined {
  const slot = `cert_${number}`
  const changedAt = instant(cells[`${slot}_last_rotated`])
  const status = statusOf(cells[`${slot}_active`], changedAt)
  if (status === undefined) return undefined
  return {
    type: 'credential',
    externalId: `${arn}#${slot}`,
    subject,
    credentialType: 'certificate',
    name: `Signing certificate ${number} of ${name}`,
    status,
    createdAt: changedAt,
    rotatedAt: changedAt,
  }
}

/** Active, disabled (inactive, but a date tells that it exists), `unknown` when the cell is odd, `undefined` = there is none. */
function statusOf(active: string | undefined, changedAt: Instant): CredentialRecord['status'] | undefined {
  const isActive = truth(active)
  if (isActive === true) return 'active'
  if (changedAt == null) return undefined
  return isActive === false ? 'disabled' : 'unknown'
}

/**
 * `N/A` and `no_information` beside a credential that exists mean that no use was recorded: never used (`null`) if the
 * thing is younger than the record, unknown otherwise.
 */
function lastUse(cell: string | undefined, since: Instant, trackedSince: string): Instant {
  const used = instant(cell)
  if (used !== undefined) return used
  const isSilent = /^(n\/a|no_information)$/i.test(cell ?? '')
  return isSilent && since != null && since > trackedSince ? null : undefined
}

function lastOf(credentials: CredentialRecord[]): Instant {
  const dates = credentials.map((credential) => credential.lastUsedAt)
  const used = dates.filter((date) => typeof date === 'string').sort()
  if (used.length > 0) return used.at(-1)
  return dates.length > 0 && dates.every((date) => date === null) ? null : undefined
}

function truth(cell: string | undefined): boolean | undefined {
  const text = cell?.trim().toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : undefined
}

function instant(cell: string | undefined): string | undefined {
  return cell === undefined ? undefined : parseInstant(cell)
}

function said(cell: string | undefined): string | undefined {
  const text = cell?.trim() ?? ''
  return text === '' || /^(n\/a|no_information|not_supported)$/i.test(text) ? undefined : text
}

/** The IAM credential report: each user of one account with its password, access keys and signing certificates. */
export const credentialReport: FileConnector = {
  id: 'aws-credential-report',
  title: 'AWS IAM credential report',
  expects:
    'the CSV of `aws iam get-credential-report`, or the JSON that the command prints with the report in Content (base64 or text)',
  yields:
    'Users told apart from people, with passwords, access keys and signing certificates: their age, last use and rotation',
  production: production['aws-credential-report'],
  coverage: 'source',
  accepts: isReportFile,
  map,
}
