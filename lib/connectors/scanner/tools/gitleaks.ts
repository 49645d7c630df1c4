import type { ParsedFile } from '../../contract'
import { type Entry, entriesOf, hasEntries } from '../entries'
import { count, field, isFields, publicAddress, repositoryAddress, text, texts } from '../fields'
import type { Hit, Report } from '../hit'
import { instant } from '../instants'
import { secretInMatch } from '../secret-value'

function isNewEntry(value: unknown): boolean {
  return (
    typeof field(value, 'RuleID') === 'string' &&
    typeof field(value, 'File') === 'string' &&
    isFields(value) &&
    ('Secret' in value || 'Match' in value)
  )
}

function isOldEntry(value: unknown): boolean {
  if (!isFields(value) || typeof value.rule !== 'string' || typeof value.file !== 'string') return false
  return Object.hasOwn(value, 'offender') && (Object.hasOwn(value, 'commit') || Object.hasOwn(value, 'line'))
}

const isEntry = (value: unknown) => isNewEntry(value) || isOldEntry(value)

function accepts(file: ParsedFile): boolean {
  if (file.kind === 'json') return file.value === null || hasEntries(file, isEntry)
  if (file.kind !== 'csv') return false
  const columns = new Set(file.header)
  const isNew = ['RuleID', 'File', 'Secret', 'StartLine'].every((name) => columns.has(name))
  const isOld = ['rule', 'file', 'offender', 'commit'].every((name) => columns.has(name))
  return isNew || isOld
}

function entries(file: ParsedFile): Entry[] {
  if (file.kind !== 'csv') return entriesOf(file, isEntry)
  return file.rows.map(({ line, cells }) => ({ value: cells, at: `line ${line}` }))
}

/** gitleaks 1 to 8 as JSON or CSV. gitleaks writes `null` when it found nothing. */
export const gitleaks = {
  accepts,
  pieces: [''],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: file.kind === 'csv' ? [...file.malformed] : [] }
    for (const { value, at } of entries(file)) {
      if (isNewEntry(value)) report.hits.push(newHit(value, at))
      else if (isOldEntry(value)) report.hits.push(oldHit(value, at))
      else report.refused.push({ at, reason: 'is no gitleaks finding: it names no rule and file' })
    }
    return report
  },
}

/** Version 8: `Secret` is the value itself, `Fingerprint` is `commit:file:rule:line`. */
function newHit(value: unknown, at: string): Hit {
  const tags = field(value, 'Tags')
  return {
    at,
    rule: text(field(value, 'RuleID')) ?? 'unknown rule',
    title: text(field(value, 'Description')),
    secret: text(field(value, 'Secret')) ?? secretInMatch(text(field(value, 'Match'))),
    file: text(field(value, 'File')),
    line: count(field(value, 'StartLine')),
    column: count(field(value, 'StartColumn')),
    commit: text(field(value, 'Commit')),
    firstSeenAt: instant(field(value, 'Date')),
    nativeId: text(field(value, 'Fingerprint')),
    attributes: {
      endLine: count(field(value, 'EndLine')),
      tags: typeof tags === 'string' ? tags : texts(tags),
      link: publicAddress(text(field(value, 'Link'))),
      symbolicLink: text(field(value, 'SymlinkFile')),
    },
  }
}

/** Up to version 7: `offender` is the match, often with the code around it. */
function oldHit(value: unknown, at: string): Hit {
  const repository = repositoryAddress(text(field(value, 'repoURL')) ?? text(field(value, 'repo')))
  return {
    at,
    rule: text(field(value, 'rule')) ?? 'unknown rule',
    secret: secretInMatch(text(field(value, 'offender'))),
    file: text(field(value, 'file')),
    line: count(field(value, 'lineNumber')),
    commit: text(field(value, 'commit')),
    repository,
    firstSeenAt: instant(field(value, 'date')),
    distinct: text(field(value, 'line')),
    attributes: { tags: text(field(value, 'tags')), link: publicAddress(text(field(value, 'leakURL'))) },
  }
}
