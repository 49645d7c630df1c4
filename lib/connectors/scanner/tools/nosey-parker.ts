import type { ParsedFile } from '../../contract'
import { entriesOf, hasEntries } from '../entries'
import { count, field, idText, list, path, repositoryAddress, text } from '../fields'
import type { Hit, Report } from '../hit'
import { instant } from '../instants'
import { accessKeyId, decoded, secretInMatch } from '../secret-value'

function isFinding(value: unknown): boolean {
  return typeof field(value, 'rule_name') === 'string' && Array.isArray(field(value, 'matches'))
}

/** Kingfisher, which grew out of Nosey Parker: `{rule, finding}`. */
function isKingfisher(value: unknown): boolean {
  const finding = field(value, 'finding')
  return typeof field(field(value, 'rule'), 'name', 'id') === 'string' && field(finding, 'path', 'line') !== undefined
}

const isEntry = (value: unknown) => isFinding(value) || isKingfisher(value)

/** Nosey Parker up to 0.24 and Kingfisher, JSON or JSON lines. */
export const noseyParker = {
  accepts: (file: ParsedFile) => hasEntries(file, isEntry),
  pieces: [''],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    for (const { value, at } of entriesOf(file, isEntry)) {
      if (isKingfisher(value)) report.hits.push(kingfisherHit(value, at))
      else if (isFinding(value)) readFinding(value, at, report)
      else report.refused.push({ at, reason: 'is no finding: it has no rule with matches' })
    }
    return report
  },
}

function readFinding(finding: unknown, at: string, report: Report): void {
  const matches = list(field(finding, 'matches'))
  matches.forEach((match, i) => {
    if (field(match, 'location') === undefined && field(match, 'provenance') === undefined)
      report.refused.push({ at: `${at}.matches[${i}]`, reason: 'is no match: it has no place' })
    else report.hits.push(matchHit(finding, match, `${at}.matches[${i}]`))
  })
  const stated = count(field(finding, 'num_matches'))
  if (stated !== undefined && stated > matches.length)
    report.refused.push({
      at: `${at}.matches`,
      reason: `${stated - matches.length} more matches of this finding are counted but not in the file (--max-matches)`,
    })
}

function matchHit(finding: unknown, match: unknown, at: string): Hit {
  const rule = text(field(finding, 'rule_name')) ?? 'unknown rule'
  const provenance = list(field(match, 'provenance'))
  const git = provenance.find((entry) => field(entry, 'kind') === 'git_repo')
  const file = provenance.find((entry) => field(entry, 'kind') === 'file')
  const commit = field(git, 'commit_provenance', 'first_commit')
  const repository = text(field(git, 'repo_path'))
  const groups = list(field(match, 'groups') ?? field(finding, 'groups')).flatMap((group) => text(group) ?? [])
  const plain = text(field(match, 'match_content')) ?? text(field(finding, 'match_content'))
  return {
    at,
    rule,
    ...(groups.length > 0 ? secretOfGroups(rule, groups.map(decoded)) : { secret: plain }),
    file:
      text(field(file, 'path'))?.replace(/^\.\//, '') ??
      text(field(commit, 'blob_path'))?.replace(/^\.\//, '') ??
      text(field(provenance[0], 'path')),
    line: count(path(match, 'location', 'source_span', 'start', 'line')),
    column: count(path(match, 'location', 'source_span', 'start', 'column')),
    commit: text(path(commit, 'commit_metadata', 'commit_id')),
    repository: repositoryAddress(repository),
    firstSeenAt: instant(path(commit, 'commit_metadata', 'committer_timestamp')),
    nativeId: text(field(match, 'structural_id')),
    attributes: {
      ruleId: text(field(match, 'rule_text_id') ?? field(finding, 'rule_text_id')),
      blob: text(field(match, 'blob_id')),
      reviewed: text(field(match, 'status') ?? field(finding, 'status')),
    },
  }
}

/** Which group of the rule's pattern is the secret: not the id of a key, not a user's name, not a host. */
function secretOfGroups(rule: string, groups: string[]): Pick<Hit, 'secret' | 'keyId'> {
  const keyId = groups.map((group) => accessKeyId(group)).find((id) => id !== undefined)
  const rest = groups.filter((group) => group !== keyId)
  if (rest.length === 0) return { secret: groups[0], keyId }
  if (/\bur[il]\b|postgres|connection/i.test(rule) && rest.length > 2) return { secret: rest[1], keyId }
  return { secret: rest.at(-1), keyId }
}

function kingfisherHit(value: unknown, at: string): Hit {
  const rule = field(value, 'rule')
  const finding = field(value, 'finding')
  const commit = field(finding, 'git_metadata', 'git')
  const status = text(path(finding, 'validation', 'status'))
  return {
    at,
    rule: text(field(rule, 'id')) ?? text(field(rule, 'name')) ?? 'unknown rule',
    title: text(field(rule, 'name')),
    secret: secretInMatch(text(field(finding, 'snippet'))),
    file: text(field(finding, 'path')),
    line: count(field(finding, 'line')),
    column: count(field(finding, 'column_start')),
    commit: text(path(commit, 'commit', 'id')) ?? text(field(commit, 'commit_id')),
    repository: repositoryAddress(text(field(commit, 'repository_url'))),
    firstSeenAt: instant(path(commit, 'commit', 'date')),
    validity:
      status === undefined
        ? undefined
        : /^active/i.test(status)
          ? 'valid'
          : /^inactive/i.test(status)
            ? 'invalid'
            : 'unknown',
    nativeId: idText(field(finding, 'fingerprint')),
    attributes: { confidence: text(field(finding, 'confidence')) },
  }
}
