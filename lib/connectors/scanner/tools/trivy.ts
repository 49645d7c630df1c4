import type { ParsedFile } from '../../contract'
import { count, field, isFields, list, path, repositoryAddress, text } from '../fields'
import type { Report } from '../hit'
import { instant } from '../instants'
import { secretInMatch } from '../secret-value'

/** A result of one target; those of other scanners (packages, misconfigurations) are no business of ours. */
interface Result {
  value: unknown
  at: string
  /** The object of the cluster in which it was found, in reports of `trivy k8s`. */
  within: string | undefined
}

function resultsOf(report: unknown, at: string): Result[] {
  const own = list(field(report, 'Results')).map((value, i) => ({
    value,
    at: `${at}.Results[${i}]`,
    within: undefined,
  }))
  const objects = list(field(report, 'Resources')).flatMap((object, i) => {
    const within = [text(field(object, 'Namespace')), text(field(object, 'Kind')), text(field(object, 'Name'))]
      .filter((part) => part !== undefined)
      .join('/')
    const results = list(field(object, 'Results'))
    return results.map((value, n) => ({ value, at: `${at}.Resources[${i}].Results[${n}]`, within }))
  })
  return [...own, ...objects]
}

const isReport = (value: unknown) =>
  isFields(value) &&
  (Array.isArray(value.Results)
    ? typeof value.SchemaVersion === 'number' || typeof value.ArtifactName === 'string'
    : typeof value.ClusterName === 'string' && Array.isArray(value.Resources))

/** One report, or several in a list or as JSON lines. */
function reportsOf(file: ParsedFile): { value: unknown; at: string }[] {
  if (file.kind !== 'json') return []
  const given = Array.isArray(file.value)
    ? file.value.map((value: unknown, i) => ({ value, at: `$[${i}]` }))
    : [{ value: file.value, at: '$' }]
  return given.filter(({ value }) => isReport(value))
}

/** `trivy fs|repo|image|k8s --scanners secret --format json`. Trivy masks every value, so nothing can be joined by fingerprint. */
export const trivy = {
  accepts: (file: ParsedFile) => reportsOf(file).length > 0,
  pieces: ['Results'],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    for (const { value, at } of reportsOf(file)) readReport(value, at, report)
    return report
  },
}

function readReport(value: unknown, at: string, report: Report): void {
  let others = 0
  for (const result of resultsOf(value, at)) {
    const secrets = list(field(result.value, 'Secrets'))
    if (secrets.length === 0) others += 1
    secrets.forEach((secret, i) => {
      readSecret(value, result, secret, `${result.at}.Secrets[${i}]`, report)
    })
  }
  if (others > 0)
    report.refused.push({ at: `${at}.Results`, reason: 'results that are not about secrets', count: others })
}

function readSecret(scan: unknown, { value, within }: Result, secret: unknown, at: string, report: Report): void {
  const rule = text(field(secret, 'RuleID'))
  if (rule === undefined) {
    report.refused.push({ at, reason: 'has no RuleID' })
    return
  }
  const artifact = text(field(scan, 'ArtifactName'))
  const isRepository = text(field(scan, 'ArtifactType')) === 'repository'
  const layer = text(path(secret, 'Layer', 'Digest')) ?? text(path(secret, 'Layer', 'DiffID'))
  const offset = field(secret, 'Offset')
  report.hits.push({
    at,
    rule,
    title: text(field(secret, 'Title')),
    secret: secretInMatch(text(field(secret, 'Match'))),
    file: text(field(value, 'Target')),
    line: count(field(secret, 'StartLine')),
    commit: text(path(scan, 'Metadata', 'Commit')),
    repository: repositoryAddress(text(path(scan, 'Metadata', 'RepoURL')) ?? (isRepository ? artifact : undefined)),
    where: within ?? (isRepository || artifact === undefined ? undefined : `in ${artifact}`),
    distinct: typeof offset === 'number' ? String(offset) : undefined,
    attributes: {
      severity: text(field(secret, 'Severity')),
      category: text(field(secret, 'Category')),
      layer,
      artifactType: text(field(scan, 'ArtifactType')),
      scannedAt: instant(field(scan, 'CreatedAt')),
      branch: text(path(scan, 'Metadata', 'Branch')),
    },
  })
}
