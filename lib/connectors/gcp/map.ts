import type { MapContext, MapResult, ParsedFile } from '../contract'
import { unfinishedPages } from '../walk-answers'
import { Accounts, KnownAccounts } from './accounts'
import { mapApiKey } from './api-keys'
import type { EntryKind } from './classify'
import { type Entry, type Found, findEntries } from './entries'
import { field, idText, path, text } from './fields'
import { mapKey, mapKeyFile } from './keys'
import { resourceOfFileName } from './names'
import { mapPolicy } from './policies'
import { mapPerson, mapResource } from './resources'
import { everywhere, Results } from './results'
import { Roles } from './roles'

const resourceKinds: EntryKind[] = [
  'project',
  'organization',
  'folder',
  'key_ring',
  'crypto_key',
  'secret',
  'bucket',
  'pool',
  'provider',
]

/** What entries must know of one another, also when they come in pieces. */
class Learned {
  readonly accounts = new KnownAccounts()
  readonly roles = new Roles()
}

/** One piece of a large file, before any of it is mapped: first the projects, then what belongs to them. */
export function takeSurvey(file: ParsedFile, before: unknown, round: number): Learned {
  const learned = before instanceof Learned ? before : new Learned()
  const { entries } = findEntries(file)
  const results = new Results()
  const accounts = new Accounts(results, learned.accounts, false)
  for (const entry of entries) {
    if (round === 1) learnProject(entry, accounts)
    else if (entry.kind === 'service_account') accounts.learn(entry)
    else if (entry.kind === 'role') learned.roles.define(entry, results)
    else if (entry.kind === 'key') mapKey(entry, accounts, results, () => '')
  }
  return learned
}

/** Google Cloud's answers and exports to records: what others refer to comes first. */
export function mapGoogleCloud(file: ParsedFile, { fingerprint, instance, survey }: MapContext): MapResult[] {
  const found = findEntries(file)
  const results = new Results()
  const isSurveyed = survey instanceof Learned
  const { accounts: knownAccounts, roles } = isSurveyed ? survey : new Learned()
  const accounts = new Accounts(results, knownAccounts, isSurveyed)
  const of = (...kinds: EntryKind[]) => found.entries.filter(({ kind }) => kinds.includes(kind))
  for (const entry of found.entries) learnProject(entry, accounts)
  for (const entry of of('service_account')) accounts.learn(entry)
  for (const entry of of('role')) roles.define(entry, results)
  for (const entry of of('key')) mapKey(entry, accounts, results, fingerprint)
  for (const entry of of('key_file')) mapKeyFile(entry, accounts, results, fingerprint)
  for (const entry of of('service_account')) accounts.describe(entry)
  for (const entry of of('api_key')) mapApiKey(entry, accounts, results, fingerprint)
  for (const entry of of('user', 'group', 'membership')) mapPerson(entry, results)
  for (const entry of of(...resourceKinds)) mapResource(entry, accounts, results)
  const scene = { results, roles, accounts, fileName: file.name, instance }
  for (const entry of of('policy')) mapPolicy(entry, scene)
  accounts.finish()
  for (const { value, at } of of('error')) results.refuse(at, sayError(value.error))
  for (const { at, reason } of found.unknown) results.refuse(at, reason)
  noteSilence(found, results)
  for (const { at, reason } of unfinishedPages(rootsOf(file))) results.refuse(at, reason)
  return results.finish(instance ?? instanceOfFileName(file.name) ?? everywhere)
}

function rootsOf(file: ParsedFile): { value: unknown; at: string }[] {
  if (file.kind === 'json') return [{ value: file.value, at: '$' }]
  return file.kind === 'yaml' ? file.documents.map(({ line, value }) => ({ value, at: `line ${line}` })) : []
}

/** Numbers and ids of projects, wherever the file gives both. */
function learnProject({ kind, value, around }: Entry, accounts: Accounts): void {
  if (kind === 'project') {
    const number = idText(field(value, 'projectNumber')) ?? /^projects\/(\d+)$/.exec(text(value.name) ?? '')?.[1]
    accounts.learnProject(number, text(field(value, 'projectId')))
  }
  const holder = around.resource === undefined ? undefined : around.parent
  if (kind === 'service_account' && holder !== undefined) accounts.learnProject(holder, text(field(value, 'projectId')))
  const id = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/([^/]+)$/.exec(around.resource ?? '')?.[1]
  if (id !== undefined && /^\d+$/.test(around.project ?? '')) accounts.learnProject(around.project, id)
}

function sayError(error: unknown): string {
  const code = idText(path(error, 'code')) ?? ''
  const status = text(path(error, 'status'))
  const message = text(path(error, 'message')) ?? 'no message'
  return `the API answered with an error: ${[code, status].filter(Boolean).join(' ')}: ${message.slice(0, 300)}`
}

/** Empty answers and lists are told in words, so that nothing is taken for everything. */
function noteSilence({ silent, empty }: Found, results: Results): void {
  for (const at of silent)
    results.refuse(`${at}.body`, 'the answer is empty, as after a deletion or another change; it lists nothing')
  for (const { at, name } of empty) results.refuse(at, `the list ${name} is empty`)
}

function instanceOfFileName(name: string): string | undefined {
  const resource = resourceOfFileName(name) ?? ''
  const [, kind, id] = /\/(projects|organizations|folders)\/([^/]+)/.exec(resource) ?? []
  if (id !== undefined) return kind === 'projects' ? id : `${kind}/${id}`
  return /(?:^|-)(?:get|post|delete|patch|put)-v\d\w*-projects-([a-z][a-z0-9-]*?)-(?:serviceAccounts|roles|locations)/.exec(
    name,
  )?.[1]
}
