import type { MapResult } from '@/lib/connectors/contract'
import { findFormat } from '@/lib/connectors/registry'
import type { Spool } from '@/lib/platform/files/spool'
import type { MappedFile } from './map-file'
import { type PackedResult, ResultGatherer } from './map-results'
import { unpackRecords } from './write-records'

const separator = '\n'
const at = ({ system, instance }: Pick<MapResult, 'system' | 'instance'>, id: string) =>
  [system, instance, id].join(separator)

/**
 * Files that were uploaded together know of one another: the formats that span files join theirs, and a reference that
 * another file defines is no longer listed as unresolved. Pure.
 */
export function resolveReferences(files: readonly MappedFile[], spool?: Spool): MappedFile[] {
  const joined = joinFormats(files, spool)
  const wanted = new Set(joined.flatMap(({ result }) => result?.unresolved.map(({ reference }) => reference) ?? []))
  if (wanted.size === 0 || joined.length < 2) return joined
  const { definers, wide } = findWanted(joined, wanted)
  return joined.map((file, no) => {
    const { result } = file
    if (!result || result.unresolved.length === 0) return file
    const isDefined = (key: string) => [...(definers.get(key) ?? [])].some((definer) => definer !== no)
    const unresolved = result.unresolved.filter(
      ({ reference }) =>
        !isDefined(at(result, reference)) && !(wide.get(no)?.has(reference) === true && isDefined(reference)),
    )
    const unresolvedCount = result.unresolvedCount - (result.unresolved.length - unresolved.length)
    return { ...file, result: { ...result, unresolved, unresolvedCount } }
  })
}

/**
 * Which files define the wanted ids, also as an alias (`definers`: with and without their source), and which of them each file points to
 * wherever they may live (`wide`: ARNs and the like). Unpacks each file once.
 */
function findWanted(files: readonly MappedFile[], wanted: ReadonlySet<string>) {
  const definers = new Map<string, Set<number>>()
  const wide = new Map<number, Set<string>>()
  const define = (key: string, no: number) => definers.set(key, (definers.get(key) ?? new Set()).add(no))
  const claims = new Map<string, { things: Set<string>; files: Set<number> }>()
  const claim = (key: string, thing: string, no: number) => {
    const known = claims.get(key) ?? { things: new Set(), files: new Set() }
    claims.set(key, { things: known.things.add(thing), files: known.files.add(no) })
  }
  for (const [no, { result, error }] of files.entries()) {
    if (!result || error !== null) continue
    const pointed = new Set<string>()
    wide.set(no, pointed)
    for (const record of unpackRecords(result.blocks)) {
      if (record.type === 'entitlement') {
        for (const ref of [record.from, record.to])
          if (ref.global === true && wanted.has(ref.externalId)) pointed.add(ref.externalId)
        continue
      }
      if (record.type === 'credential' && record.subject?.global === true && wanted.has(record.subject.externalId))
        pointed.add(record.subject.externalId)
      if (wanted.has(record.externalId)) {
        define(record.externalId, no)
        define(at(result, record.externalId), no)
      }
      if (!('aliases' in record)) continue
      for (const { id, global } of record.aliases ?? []) {
        if (!wanted.has(id)) continue
        const thing = `${record.type} ${record.externalId}`
        if (global) claim(id, thing, no)
        claim(at(result, id), thing, no)
      }
    }
  }
  // What two things go by leads to neither.
  for (const [key, { things, files: named }] of claims) if (things.size === 1) for (const no of named) define(key, no)
  return { definers, wide }
}

/** So many records of files that belong together are held at once. */
const mostJoined = 200_000

function joinFormats(files: readonly MappedFile[], spool: Spool | undefined): MappedFile[] {
  const joined = [...files]
  const groups = new Map<string, number[]>()
  for (const [no, { format, result, error }] of files.entries()) {
    const { join, joinGroup } = findFormat(format ?? '') ?? {}
    if (!result || error !== null || join === undefined) continue
    const key = joinGroup ?? [format, result.system, result.instance].join(separator)
    groups.set(key, [...(groups.get(key) ?? []), no])
  }
  for (const numbers of groups.values()) {
    if (numbers.length < 2) continue
    const format = findFormat(files[numbers[0] ?? 0]?.format ?? '')
    const given = numbers.flatMap((no) => files[no]?.result ?? [])
    const count = given.reduce((sum, { blocks }) => blocks.reduce((all, block) => all + block.count, sum), 0)
    const isTooLarge = count > mostJoined
    const results = isTooLarge ? [] : given.map((result) => ({ ...result, records: [...unpackRecords(result.blocks)] }))
    const changed: readonly (MapResult | undefined)[] = format?.join?.(results) ?? []
    for (const [index, no] of numbers.entries()) {
      const file = files[no]
      const before = given[index]
      const result = changed[index]
      if (!file || !before) continue
      if (isTooLarge) joined[no] = { ...file, result: notJoined(before) }
      else if (result && result !== results[index]) joined[no] = { ...file, result: packed(result, before, spool) }
    }
  }
  return joined
}

function notJoined(result: PackedResult): PackedResult {
  const reason = `With more than ${mostJoined.toLocaleString('en')} records in all, the files were not read in the light of one another`
  const entry = { at: 'file', reference: 'the other files of this import', reason }
  return { ...result, unresolved: [entry, ...result.unresolved], unresolvedCount: result.unresolvedCount + 1 }
}

/** A joined result, packed again; what was left out stays counted as it was. */
function packed(result: MapResult, before: PackedResult, spool: Spool | undefined): PackedResult {
  const gatherer = new ResultGatherer(false, false, spool)
  gatherer.add(result)
  const [again] = gatherer.end()
  return again ? { ...again, refused: before.refused, refusedCount: before.refusedCount } : before
}
