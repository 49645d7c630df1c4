import type { MapResult, NormalisedRecord } from '@/lib/connectors/contract'
import { findFormat } from '@/lib/connectors/registry'
import type { MappedFile } from './map-file'

const separator = '\n'
const at = ({ system, instance }: MapResult, id: string) => [system, instance, id].join(separator)

/** The ids that a file points to wherever they may live (ARNs and the like). */
function globalIds(records: readonly NormalisedRecord[]): Set<string> {
  const refs = records.flatMap((record) => (record.type === 'entitlement' ? [record.from, record.to] : []))
  return new Set(refs.flatMap((ref) => (ref.global === true ? [ref.externalId] : [])))
}

/**
 * Files that were uploaded together know of one another: the formats that span files join theirs, and a reference that
 * another file defines is no longer listed as unresolved. Pure.
 */
export function resolveReferences(files: readonly MappedFile[]): MappedFile[] {
  const joined = joinFormats(files)
  const definers = new Map<string, Set<number>>()
  const define = (key: string, no: number) => definers.set(key, (definers.get(key) ?? new Set()).add(no))
  for (const [no, { result, error }] of joined.entries()) {
    if (!result || error !== null) continue
    for (const record of result.records) {
      if (!('externalId' in record)) continue
      define(record.externalId, no)
      define(at(result, record.externalId), no)
    }
  }
  return joined.map((file, no) => {
    const { result } = file
    if (!result || result.unresolved.length === 0) return file
    const global = globalIds(result.records)
    const isDefined = (key: string) => [...(definers.get(key) ?? [])].some((definer) => definer !== no)
    const unresolved = result.unresolved.filter(
      ({ reference }) => !isDefined(at(result, reference)) && !(global.has(reference) && isDefined(reference)),
    )
    return { ...file, result: { ...result, unresolved } }
  })
}

function joinFormats(files: readonly MappedFile[]): MappedFile[] {
  const joined = [...files]
  const groups = new Map<string, number[]>()
  for (const [no, { format, result, error }] of files.entries()) {
    if (!result || error !== null || findFormat(format ?? '')?.join === undefined) continue
    const key = [format, result.system, result.instance].join(separator)
    groups.set(key, [...(groups.get(key) ?? []), no])
  }
  for (const numbers of groups.values()) {
    const results = numbers.flatMap((no) => files[no]?.result ?? [])
    const format = findFormat(files[numbers[0] ?? 0]?.format ?? '')
    for (const [index, result] of (format?.join?.(results) ?? results).entries()) {
      const no = numbers[index]
      const file = no === undefined ? undefined : files[no]
      if (no !== undefined && file) joined[no] = { ...file, result }
    }
  }
  return joined
}
