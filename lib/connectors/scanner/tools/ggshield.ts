import type { ParsedFile, Validity } from '../../contract'
import { wordTable } from '../../word-table'
import { count, field, idText, isFields, list, publicAddress, text } from '../fields'
import type { Report } from '../hit'
import { instant } from '../instants'
import { accessKeyId } from '../secret-value'

/** Parts of a finding that are no secret of their own. */
const plainParts = new Set([
  'username',
  'login',
  'host',
  'port',
  'scheme',
  'database',
  'url',
  'client_id',
  'email',
  'tenant_id',
])

const validities: Record<string, Validity> = wordTable({ valid: 'valid', invalid: 'invalid' })

function isScan(value: unknown): boolean {
  if (!isFields(value) || field(value, 'iac_engine_version') !== undefined) return false
  const isCounted =
    typeof field(value, 'total_incidents') === 'number' || field(value, 'secrets_engine_version') !== undefined
  return isCounted && (Array.isArray(value.scans) || Array.isArray(value.entities_with_incidents) || 'type' in value)
}

/** `ggshield secret scan … --json`: scans within scans, each with files and their incidents. */
export const ggshield = {
  accepts: (file: ParsedFile) => file.kind === 'json' && isScan(file.value),
  pieces: ['scans', 'entities_with_incidents'],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    if (file.kind === 'json') readScan(file.value, '$', report, 0)
    return report
  },
}

function readScan(scan: unknown, at: string, report: Report, depth: number): void {
  if (!isFields(scan)) {
    report.refused.push({ at, reason: 'is no scan' })
    return
  }
  list(field(scan, 'entities_with_incidents')).forEach((entity, i) => {
    readEntity(scan, entity, `${at}.entities_with_incidents[${i}]`, report)
  })
  if (depth > 10) return
  list(field(scan, 'scans')).forEach((inner, i) => {
    readScan(inner, `${at}.scans[${i}]`, report, depth + 1)
  })
}

function readEntity(scan: unknown, entity: unknown, at: string, report: Report): void {
  const isCommit = text(field(scan, 'type')) === 'commit'
  const extra = field(scan, 'extra_info')
  list(field(entity, 'incidents')).forEach((incident, i) => {
    const place = `${at}.incidents[${i}]`
    const all = list(field(incident, 'occurrences'))
    if (all.length === 0) {
      report.refused.push({ at: place, reason: 'is no secret: it has no occurrences' })
      return
    }
    const secrets = all.filter((occurrence) => !plainParts.has(text(field(occurrence, 'type')) ?? ''))
    const keyId = all.map((occurrence) => accessKeyId(text(field(occurrence, 'match')))).find((id) => id !== undefined)
    const said = text(field(incident, 'validity'))
    for (const occurrence of secrets.length > 0 ? secrets : all) {
      const part = text(field(occurrence, 'type'))
      report.hits.push({
        at: place,
        rule: text(field(incident, 'type')) ?? text(field(incident, 'detector')) ?? 'unknown detector',
        secret: text(field(occurrence, 'match')),
        keyId,
        file: text(field(entity, 'filename')),
        line: count(field(occurrence, 'line_start')),
        column: count(field(occurrence, 'index_start')),
        commit: isCommit ? idText(field(scan, 'id')) : undefined,
        where: isCommit ? undefined : placeOfScan(scan),
        firstSeenAt: instant(field(extra, 'date')),
        validity: said === undefined ? undefined : (validities[said] ?? 'unknown'),
        distinct: `${text(field(incident, 'ignore_sha')) ?? ''}${part ?? ''}${count(field(occurrence, 'index_start')) ?? ''}`,
        attributes: {
          part,
          change: text(field(entity, 'mode')),
          incident: publicAddress(text(field(incident, 'incident_url'))),
          knownToGitGuardian: field(incident, 'known_secret') === true ? true : undefined,
        },
      })
    }
  })
}

/** A layer of an image or a package says its name as id; a scan of paths says nothing more. */
function placeOfScan(scan: unknown): string | undefined {
  const type = text(field(scan, 'type'))
  const id = idText(field(scan, 'id'))
  return id === undefined || type === undefined || /path|scan$|pre-commit/i.test(type) ? undefined : `(${type} ${id})`
}
