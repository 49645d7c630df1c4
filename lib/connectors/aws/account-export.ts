import { z } from 'zod'
import type { ParsedFile, Refusal } from '../contract'
import { parseArn } from './arn'

/** The four lists of the export. */
export const listKeys = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const
type ListKey = (typeof listKeys)[number]

/** One user, group, role or policy of the export, with its place in the file. */
export interface Entry {
  at: string
  arn: string
  fields: Record<string, unknown>
  /** True when it comes from a listing, which does not tell what the principal holds. */
  isListing?: boolean
}

export type AccountExport = Record<ListKey, Entry[]> & { refused: Refusal[] }

const entry = z.looseObject({ Arn: z.string() })

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The pages of the export in a file: one object, a list of pages, each in the recorded envelope `{status_code, data}` or under a name. */
function pagesOf(file: ParsedFile): { at: string; page: Record<string, unknown> }[] {
  if (file.kind !== 'json' && file.kind !== 'yaml') return []
  const roots = file.kind === 'json' ? [file.value] : file.documents.map((document) => document.value)
  const several = roots.length > 1
  return roots.flatMap((root, index) => pagesIn(root, several ? `$document[${index}]` : '$'))
}

function pagesIn(root: unknown, at: string): { at: string; page: Record<string, unknown> }[] {
  if (Array.isArray(root))
    return root.flatMap((page, index) => (isObject(page) ? pagesIn(page, `${at}[${index}]`) : []))
  if (!isObject(root)) return []
  if ('status_code' in root && isObject(root.data)) return [{ at: `${at}.data`, page: root.data }]
  if (isPage(root)) return [{ at, page: root }]
  const named = Object.entries(root).flatMap(([key, page]) =>
    isObject(page) && isPage(page) ? [{ at: `${at}.${key}`, page }] : [],
  )
  return named.length > 0 ? named : [{ at, page: root }]
}

/** True when every page holds one of the detail lists, or policies with their versions. */
export function isAccountExport(file: ParsedFile): boolean {
  const pages = pagesOf(file)
  return pages.length > 0 && pages.every(({ page }) => isPage(page))
}

function isPage(page: Record<string, unknown>): boolean {
  if ('UserDetailList' in page || 'GroupDetailList' in page || 'RoleDetailList' in page) return true
  return (
    Array.isArray(page.Policies) && page.Policies.some((policy) => isObject(policy) && 'PolicyVersionList' in policy)
  )
}

/**
 * All entries of all pages, with refusals for entries without an ARN, for the second entry of one ARN, for lists that
 * are no lists, and for an export that was cut off before its last page.
 */
export function readAccountExport(file: ParsedFile): AccountExport {
  const result: AccountExport = {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: [],
    Policies: [],
    refused: [],
  }
  const seen = new Set<string>()
  const pages = pagesOf(file)
  for (const { at, page } of pages) {
    for (const key of listKeys) {
      for (const item of listAt(page, key, at, result.refused)) {
        const outcome = readEntry(item.value, item.at)
        if ('reason' in outcome) result.refused.push(outcome)
        else if (seen.has(`${key} ${outcome.arn}`)) {
          result.refused.push({ at: item.at, reason: `The file has ${outcome.arn} twice; the first is kept` })
        } else {
          seen.add(`${key} ${outcome.arn}`)
          result[key].push(outcome)
        }
      }
    }
  }
  const last = pages.at(-1)
  if (last !== undefined) refuseCut(last.page, last.at, result.refused)
  return result
}

function readEntry(value: unknown, at: string): Entry | Refusal {
  const parsed = entry.safeParse(value)
  if (!parsed.success) return { at, reason: isObject(value) ? 'The entry has no Arn' : 'The entry is not an object' }
  const arn = parsed.data.Arn
  if (parseArn(arn) === undefined) return { at, reason: `${JSON.stringify(arn.slice(0, 200))} is not an ARN` }
  return { at, arn, fields: parsed.data }
}

function refuseCut(page: Record<string, unknown>, at: string, refused: Refusal[]): void {
  if (page.IsTruncated === true || page.IsTruncated === 'true') {
    refused.push({ at: `${at}.IsTruncated`, reason: 'The export was cut: IsTruncated is true' })
  } else if (typeof page.NextToken === 'string' && page.NextToken !== '') {
    refused.push({ at: `${at}.NextToken`, reason: 'The export was cut by --max-items: there is a NextToken' })
  }
}

/** The items of a list with their paths. A missing key or null is an empty list; anything else that is no list is refused. */
export function listAt(
  fields: Record<string, unknown>,
  key: string,
  at: string,
  refused: Refusal[],
): { at: string; value: unknown }[] {
  const value = fields[key]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    refused.push({ at: `${at}.${key}`, reason: `${key} is not a list` })
    return []
  }
  return Array.from(value, (item: unknown, index) => ({ at: `${at}.${key}[${index}]`, value: item }))
}

/** A field when it is text and not empty. */
export function textOf(fields: Record<string, unknown>, key: string): string | undefined {
  const value = fields[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A field when it is a number. */
export function numberOf(fields: Record<string, unknown>, key: string): number | undefined {
  const value = fields[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
