import { count, field, idText, isFields, publicAddress, repositoryAddress, text } from '../fields'
import type { Hit } from '../hit'
import { instant } from '../instants'

type Place = Pick<Hit, 'file' | 'line' | 'commit' | 'repository' | 'where' | 'firstSeenAt' | 'attributes'>

/** The parts of a place that is no file in a repository, in the order in which one would look it up. */
const parts: [string, string[]][] = [
  ['image', ['image']],
  ['layer', ['layer']],
  ['bucket', ['bucket']],
  ['workspace', ['workspace_name', 'workspace_uuid']],
  ['organization', ['organization']],
  ['project', ['project', 'project_name']],
  ['pipeline', ['pipeline', 'build_number', 'job_id', 'job_name']],
  ['team', ['team', 'team_name']],
  ['channel', ['channel_name', 'channel_id']],
  ['space', ['space', 'space_name']],
  ['page', ['page', 'page_title']],
  ['issue', ['issue', 'issue_key', 'issue_id']],
  ['collection', ['collection_name', 'collection_id']],
  ['request', ['request_name', 'request_id']],
  ['index', ['index', 'document_id']],
  ['host', ['hostname', 'client']],
  ['package', ['package', 'package_name']],
  ['message', ['message_id', 'location']],
]

/** `SourceMetadata.Data`: one object named after the kind of source (`Git`, `Docker`, `S3`, `Slack` …). */
export function placeOfSource(data: unknown): Place {
  const [kind, source] = (isFields(data) ? Object.entries(data) : []).find(([, value]) => isFields(value)) ?? []
  const words = parts.flatMap(([word, names]) => {
    const value = idText(field(source, ...names))
    return value === undefined ? [] : [`${word} ${value.slice(0, 200)}`]
  })
  const link = publicAddress(text(field(source, 'link', 'url')))
  const file = text(field(source, 'file', 'filename', 'path', 'key'))
  const image = text(field(source, 'image'))
  const tag = text(field(source, 'tag'))
  const where = words.map((word) => (word === `image ${image}` && tag !== undefined ? `${word}:${tag}` : word))
  return {
    file,
    line: count(field(source, 'line', 'line_number')),
    commit: text(field(source, 'commit')),
    repository: repositoryAddress(text(field(source, 'repository', 'project_url'))),
    where: where.length > 0 ? `(${where.join(', ')})` : file === undefined ? (link ?? kind) : undefined,
    firstSeenAt: instant(field(source, 'timestamp')),
    attributes: { sourceKind: kind, link, visibility: idText(field(source, 'visibility')) },
  }
}
