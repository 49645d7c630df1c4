import type { ParsedFile } from '../../contract'
import { count, field, isFields, list, path, publicAddress, text } from '../fields'
import type { Hit, Report } from '../hit'
import { instant } from '../instants'

function isSecret(vulnerability: unknown): boolean {
  if (field(vulnerability, 'category') === 'secret_detection') return true
  return list(field(vulnerability, 'identifiers')).some(
    (identifier) => field(identifier, 'type') === 'gitleaks_rule_id',
  )
}

function isReport(value: unknown): boolean {
  const found = field(value, 'vulnerabilities')
  if (!isFields(value) || !Array.isArray(found)) return false
  return path(value, 'scan', 'type') === 'secret_detection' || found.slice(0, 50).some(isSecret)
}

/** `gl-secret-detection-report.json` of GitLab, versions 2 to 15. */
export const gitlabReport = {
  accepts: (file: ParsedFile) => file.kind === 'json' && isReport(file.value),
  pieces: ['vulnerabilities'],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    const value = file.kind === 'json' ? file.value : undefined
    list(field(value, 'vulnerabilities')).forEach((vulnerability, i) => {
      const at = `$.vulnerabilities[${i}]`
      if (!isFields(vulnerability)) report.refused.push({ at, reason: 'is no finding' })
      else report.hits.push(hitOf(vulnerability, at))
    })
    return report
  },
}

function hitOf(value: unknown, at: string): Hit {
  const [identifier] = list(field(value, 'identifiers'))
  const location = field(value, 'location')
  const commit = text(path(location, 'commit', 'sha'))
  const name = text(field(value, 'name')) ?? text(field(value, 'message'))
  return {
    at,
    rule: text(field(identifier, 'value')) ?? name ?? 'unknown rule',
    title: name,
    secret: text(field(value, 'raw_source_code_extract')),
    file: text(field(location, 'file')),
    line: count(field(location, 'start_line')),
    commit: commit === undefined || /^0+$/.test(commit) ? undefined : commit,
    firstSeenAt: instant(path(location, 'commit', 'date')),
    nativeId: text(field(value, 'id')),
    attributes: {
      severity: text(field(value, 'severity')),
      endLine: count(field(location, 'end_line')),
      link: publicAddress(text(field(identifier, 'url'))),
    },
  }
}
