import type { ParsedFile, Validity } from '../../contract'
import { wordTable } from '../../word-table'
import { entriesOf, hasEntries } from '../entries'
import { count, field, idText, path, text } from '../fields'
import type { Hit, Report } from '../hit'
import { instant } from '../instants'

function isEntry(value: unknown): boolean {
  return (
    typeof field(value, 'secret_type') === 'string' &&
    (typeof field(value, 'number') === 'number' || typeof field(value, 'locations_url') === 'string')
  )
}

const validities: Record<string, Validity> = wordTable({ active: 'valid', inactive: 'invalid', unknown: 'unknown' })

/** Secret scanning alerts of the GitHub API, of a repository, organization or enterprise. */
export const githubAlerts = {
  accepts: (file: ParsedFile) => hasEntries(file, isEntry),
  pieces: [''],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    for (const { value, at } of entriesOf(file, isEntry)) {
      if (isEntry(value)) report.hits.push(hitOf(value, at))
      else report.refused.push({ at, reason: 'is no secret scanning alert' })
    }
    return report
  },
}

function hitOf(value: unknown, at: string): Hit {
  const address =
    text(field(value, 'url')) ?? text(field(value, 'locations_url')) ?? text(field(value, 'html_url')) ?? ''
  const fromUrl = /\/([^/]+\/[^/]+)\/(?:secret-scanning|security)\//.exec(address)?.[1]
  const repository = fromUrl ?? text(path(value, 'repository', 'full_name'))
  const number = idText(field(value, 'number'))
  const location = field(value, 'first_location_detected')
  const said = text(field(value, 'validity'))
  return {
    at,
    rule: text(field(value, 'secret_type')) ?? 'unknown type',
    title: text(field(value, 'secret_type_display_name')),
    secret: text(field(value, 'secret')),
    file: text(field(location, 'path')),
    line: count(field(location, 'start_line')),
    commit: text(field(location, 'commit_sha')),
    repository,
    where: `(${repository ?? 'repository not stated'}, alert ${number ?? 'without a number'})`,
    firstSeenAt: instant(field(value, 'created_at')),
    validity: said === undefined ? undefined : (validities[said] ?? 'unknown'),
    nativeId: repository === undefined || number === undefined ? undefined : `${repository}/${number}`,
    attributes: {
      state: text(field(value, 'state')),
      resolution: text(field(value, 'resolution')),
      resolvedAt: instant(field(value, 'resolved_at')),
      pushProtectionBypassed: field(value, 'push_protection_bypassed') === true ? true : undefined,
      publiclyLeaked: field(value, 'publicly_leaked') === true ? true : undefined,
      inSeveralRepositories: field(value, 'multi_repo') === true ? true : undefined,
      link: text(field(value, 'html_url')),
    },
  }
}
