import type { ParsedFile, Refusal } from '../contract'
import { isAccountExport, isObject, textOf } from './account-export'
import { type AnswerFamily, type AnswerKind, answerLists, familyOf, kindOf } from './answer-kinds'
import { isReportFile } from './report-file'

type Fields = Record<string, unknown>

/** One thing found in an answer. */
export interface Found {
  kind: AnswerKind
  at: string
  fields: Fields
  /** The ARN that the list was kept under, in files that keep one list per user. */
  under?: string
}

export interface Answers {
  found: Found[]
  refused: Refusal[]
}

/** Deeper than this nothing is looked for; an answer inside a recording inside a list is at 5. */
const deepest = 8
/** Names in another spelling (`role_name`, `roleName`) count only this near to the top: deeper they belong to other formats. */
const deepestRespelt = 2
/** As many entries of a list are looked at to recognise a file. */
const looked = 20

const skipped = new Set(['ResponseMetadata', 'attributes', 'properties', 'values', 'metadata', 'headers'])
const paging = new Set(['IsTruncated', 'Marker', 'NextToken', 'nextToken', 'ResponseMetadata', 'EncodingType'])
/** Keys by which another importer's file is known at its root. */
const foreign = ['terraform_version', 'apiVersion', 'graph', 'opengraph', '$schema']

interface Walk {
  found: (entry: Found) => void
  list: (key: string) => void
  refuse: (refusal: Refusal) => void
  page: (key: string, at: string, next: string | undefined) => void
  isDone: () => boolean
  most: number
}

/** The format of single API answers that the file belongs to; `undefined` = none. Looks at the start of each list. */
export function answerFamily(file: ParsedFile): AnswerFamily | undefined {
  if (file.kind !== 'json' && file.kind !== 'yaml') return undefined
  if (isAccountExport(file) || isReportFile(file)) return undefined
  let kind: AnswerKind | undefined
  let listed: AnswerKind | undefined
  let isError = false
  const walk: Walk = {
    found: (entry) => {
      kind ??= entry.kind
    },
    list: (key) => {
      listed ??= answerLists[key]?.kind
    },
    refuse: ({ at }) => {
      isError ||= at.endsWith('.Error')
    },
    page: () => undefined,
    isDone: () => kind !== undefined,
    most: looked,
  }
  visitFile(file, walk)
  const told = kind ?? listed
  if (told !== undefined) return familyOf(told)
  return isError ? 'aws-iam-listings' : undefined
}

/** Everything of use in the file, in any wrapping: pages, recordings, lists per name, JSON lines, other spellings of names. */
export function readAnswers(file: ParsedFile): Answers {
  const answers: Answers = { found: [], refused: [] }
  const pages = new Map<string, Refusal | undefined>()
  let lists = 0
  visitFile(file, {
    found: (entry) => answers.found.push(entry),
    list: () => {
      lists += 1
    },
    refuse: (refusal) => answers.refused.push(refusal),
    page: (key, at, next) =>
      pages.set(
        key,
        next === undefined
          ? undefined
          : { at: `${at}.${next}`, reason: `The list ${key} was cut: ${next} says that there is more` },
      ),
    isDone: () => false,
    most: Number.POSITIVE_INFINITY,
  })
  for (const cut of pages.values()) if (cut !== undefined) answers.refused.push(cut)
  if (answers.found.length === 0 && answers.refused.length === 0) {
    const reason =
      lists > 0 ? 'The answer is an empty list: AWS has nothing of this kind there' : 'Nothing of use is in the file'
    answers.refused.push({ at: '$', reason })
  }
  return answers
}

function visitFile(file: ParsedFile, walk: Walk): void {
  if (file.kind === 'json') visit(file.value, '$', 0, undefined, walk)
  if (file.kind !== 'yaml') return
  for (const [index, { value }] of file.documents.entries())
    visit(value, file.documents.length > 1 ? `$document[${index}]` : '$', 0, undefined, walk)
}

function visit(value: unknown, at: string, depth: number, under: string | undefined, walk: Walk): void {
  if (depth > deepest || walk.isDone()) return
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (index >= walk.most || walk.isDone()) return
      visit(item, `${at}[${index}]`, depth, under, walk)
    }
    return
  }
  if (!isObject(value)) return
  if (depth === 0 && foreign.some((key) => Object.hasOwn(value, key))) return
  const error = errorOf(value)
  if (error !== undefined) {
    walk.refuse({ at: `${at}.Error`, reason: error })
    return
  }
  const fields = depth <= deepestRespelt ? respelt(value) : value
  const kind = kindOf(fields)
  if (kind !== undefined) {
    walk.found({ kind, at, fields, under })
    return
  }
  const next = nextOf(value)
  for (const [key, item] of Object.entries(value)) {
    if (skipped.has(key) || walk.isDone()) continue
    if (Object.hasOwn(answerLists, key) && Array.isArray(item))
      visitList(key, item, value, at, depth, under, next, walk)
    else if (isObject(item) || Array.isArray(item))
      visit(item, place(at, key), depth + 1, key.startsWith('arn:') ? key : under, walk)
    else if ((key === 'string' || key === 'body') && typeof item === 'string' && item.startsWith('{'))
      visit(parsed(item), place(at, key), depth + 1, under, walk)
  }
}

function visitList(
  key: string,
  items: unknown[],
  answer: Fields,
  at: string,
  depth: number,
  under: string | undefined,
  next: string | undefined,
  walk: Walk,
): void {
  const list = answerLists[key]
  if (list === undefined) return
  const others = Object.keys(answer).filter((name) => !Object.hasOwn(answerLists, name) && !paging.has(name))
  const isOurs =
    items.length === 0 || items.slice(0, looked).some((item) => isObject(item) && kindOf(respelt(item)) !== undefined)
  const isListing = list.isTelling || (others.length === 0 && isOurs)
  if (isListing) walk.list(key)
  walk.page(key, at, next)
  for (const [index, item] of items.entries()) {
    if (index >= walk.most || walk.isDone()) return
    const place = `${at}.${key}[${index}]`
    const fields = isObject(item) ? (depth < deepestRespelt ? respelt(item) : item) : undefined
    const kind = fields === undefined ? undefined : kindOf(fields)
    if (fields !== undefined && kind !== undefined) walk.found({ kind, at: place, fields, under })
    else if (isListing)
      walk.refuse({ at: place, reason: `The entry is not ${list.holds}: what identifies one is missing` })
  }
}

function place(at: string, key: string): string {
  return /^[\w-]+$/.test(key) ? `${at}.${key}` : `${at}[${JSON.stringify(key.slice(0, 100))}]`
}

function nextOf(answer: Fields): string | undefined {
  if (answer.IsTruncated === true || answer.IsTruncated === 'true') return 'IsTruncated'
  return ['NextToken', 'nextToken'].find((key) => textOf(answer, key) !== undefined)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `role_name` and `roleName` as `RoleName`, where the object has no name in the spelling of the API. */
function respelt(fields: Fields): Fields {
  const keys = Object.keys(fields)
  if (keys.length > 100 || keys.some((key) => /^[A-Z]/.test(key)) || !keys.some((key) => /arn$|_id$|Id$/.test(key)))
    return fields
  const spelt = Object.fromEntries(
    keys.map((key) => [
      key
        .split('_')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join(''),
      fields[key],
    ]),
  )
  return kindOf(fields) === undefined && kindOf(spelt) !== undefined ? spelt : fields
}

/** What an error answer of AWS says, as botocore writes it. */
function errorOf(answer: Fields): string | undefined {
  const { Error: error } = answer
  if (!isObject(error) || typeof error.Code !== 'string' || !('ResponseMetadata' in answer || 'Message' in error))
    return undefined
  const message = textOf(error, 'Message') ?? textOf(error, 'message')
  const advice = /denied|unauthorized/i.test(error.Code) ? '. The signed-in principal lacks the right to ask this' : ''
  return `This is the error answer ${error.Code.slice(0, 100)} of AWS${message === undefined ? '' : `: ${message.slice(0, 300)}`}${advice}`
}
