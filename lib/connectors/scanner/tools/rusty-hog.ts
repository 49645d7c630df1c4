import type { ParsedFile } from '../../contract'
import { entriesOf, hasEntries } from '../entries'
import { count, field, idText, isFields, list, publicAddress, text } from '../fields'
import type { Hit, Report } from '../hit'
import { instant } from '../instants'
import { secretInMatch } from '../secret-value'

function isEntry(value: unknown): boolean {
  if (!isFields(value) || !Array.isArray(value.stringsFound) || typeof value.reason !== 'string') return false
  return !Object.hasOwn(value, 'branch') && !Object.hasOwn(value, 'printDiff')
}

/** Rusty Hog: one shape for each place it looks at (Git, files, S3, Jira, Confluence, Google Drive, Slack). */
export const rustyHog = {
  accepts: (file: ParsedFile) => hasEntries(file, isEntry),
  pieces: [''],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    for (const { value, at } of entriesOf(file, isEntry)) {
      const strings = list(field(value, 'stringsFound'))
      if (!isEntry(value)) report.refused.push({ at, reason: 'is no Rusty Hog finding' })
      else if (strings.length === 0) report.refused.push({ at, reason: 'lists no string that was found' })
      else report.hits.push(...strings.map((match) => hitOf(value, text(match), at)))
    }
    return report
  },
}

function hitOf(value: unknown, match: string | undefined, at: string): Hit {
  const oldLine = count(field(value, 'old_line_num'))
  const newLine = count(field(value, 'new_line_num'))
  const isRemoved = newLine === undefined && oldLine !== undefined
  return {
    at,
    rule: text(field(value, 'reason')) ?? 'unknown rule',
    secret: secretInMatch(match),
    file: text(field(value, 'path')) ?? text(field(value, 'key')),
    line: count(field(value, 'linenum')) ?? newLine ?? oldLine,
    commit: text(field(value, 'commitHash')),
    where: placeOf(value),
    firstSeenAt: instant(field(value, 'date') ?? field(value, 'ts')),
    distinct: match,
    attributes: {
      change: isRemoved ? 'the line was removed' : undefined,
      link: publicAddress(text(field(value, 'url', 'web_link', 'permalink'))),
    },
  }
}

/** Where it is when it is in no file: a bucket, an issue, a page, a document, a channel. */
function placeOf(value: unknown): string | undefined {
  const named: [string, unknown][] = [
    ['bucket', field(value, 'bucket')],
    ['issue', field(value, 'issue_id')],
    ['page', field(value, 'page_id')],
    ['document', field(value, 'g_drive_id')],
    ['channel', field(value, 'channel_name', 'channel_id', 'channel')],
    ['message', field(value, 'ts')],
    ['in', field(value, 'location')],
  ]
  const words = named.flatMap(([word, part]) => {
    const name = idText(part)
    return name === undefined ? [] : [`${word} ${name}`]
  })
  return words.length === 0 ? undefined : `(${words.join(', ')})`
}
