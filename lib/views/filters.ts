import { CredentialFilter, CredentialQuery, IdentityFilter, IdentityQuery } from '@/lib/identities/filters'
import { AppError } from '@/lib/platform/errors'
import { parameters } from './address'
import { ViewDocument, type ViewDocumentInput, type ViewedList, type ViewQuery } from './schema'

const contracts = { identities: IdentityQuery.shape, credentials: CredentialQuery.shape, paths: {} }

/**
 * A view's parameters in their one form: each value as the list writes it, names in order. Says by name what is wrong with
 * each that is not a parameter of the list or has no value that it could have.
 */
export function readQuery(
  list: ViewedList,
  given: Record<string, string>,
): { query: ViewQuery; problems: Record<string, string> } {
  const query: ViewQuery = {}
  const problems: Record<string, string> = {}
  for (const name of Object.keys(given).sort()) {
    const parameter = Object.hasOwn(parameters[list], name) ? parameters[list][name] : undefined
    const text = given[name] ?? ''
    if (!parameter) problems[name] = `is not a parameter of the list of ${list}`
    else {
      const value = parameter.parse(text)
      if (value === null || value === undefined) problems[name] = problemOf(list, name, text)
      else query[name] = parameter.serialize(value as never)
    }
  }
  return { query, problems }
}

interface Contract {
  safeParse: (text: string) => { error?: { issues: { message: string }[] } | undefined }
}

function problemOf(list: ViewedList, name: string, text: string): string {
  const shape: Record<string, Contract> = contracts[list]
  const contract = Object.hasOwn(shape, name) ? shape[name] : undefined
  return contract?.safeParse(text).error?.issues[0]?.message ?? 'has a value that the list does not know'
}

/** The filters of a view as its list takes them: without sort, grouping and look; undefined for what is no list of rows. */
export function filterOf(view: { list: ViewedList; query: ViewQuery }) {
  if (view.list === 'paths') return undefined
  if (view.list === 'identities') {
    return { list: view.list, filter: pick(view.query, view.list, IdentityFilter.shape) as IdentityFilter }
  }
  return { list: view.list, filter: pick(view.query, view.list, CredentialFilter.shape) as CredentialFilter }
}

function pick(query: ViewQuery, list: ViewedList, shape: object): Record<string, unknown> {
  const known = Object.entries(query).filter(([name]) => Object.hasOwn(shape, name))
  return Object.fromEntries(known.map(([name, text]) => [name, parameters[list][name]?.parse(text) ?? undefined]))
}

const maxDocumentChars = 1_000_000

/**
 * A file of views, as text.
 * @throws AppError `invalid_input` naming the first fields that are wrong, as `views.3.name`
 */
export function readViewDocument(text: string): ViewDocumentInput {
  if (text.length > maxDocumentChars) throw new AppError('invalid_input', 'The file is larger than 1 MB.')
  const parsed = ViewDocument.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  const fields: Record<string, string> = {}
  for (const issue of parsed.error.issues) fields[issue.path.join('.') || 'file'] ??= plainMessage(issue)
  throw new AppError('invalid_input', Object.values(fields)[0] ?? 'The file holds no views.', { fields })
}

/** What the contract says in words of its own is for people; what the library says is not. */
function plainMessage(issue: { code: string; message: string; path: PropertyKey[]; keys?: string[] }): string {
  if (issue.path.length === 0 && issue.code === 'invalid_type') return 'Choose a file of views that Bailiwick wrote.'
  if (issue.code === 'unrecognized_keys') return `There is no such thing in a view: ${issue.keys?.join(', ')}.`
  return /^(Invalid|Too (big|small))\b/.test(issue.message)
    ? 'It is missing, or is not what stands here in a file that Bailiwick wrote.'
    : issue.message
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid_input', 'The file is not JSON.', { cause })
  }
}
