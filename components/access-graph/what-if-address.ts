import { createParser } from 'nuqs/server'
import type { WhatIfInput } from '@/lib/access-graph/blast-radius'
import { type Privilege, privileges } from '@/lib/connectors/contract'

/**
 * The changes that are thought of, as a part of an address: `e`, `c`, `s` and `l` for an edge or credential that is cut, a
 * lifetime that is shortened and a privilege that is lowered, each with its id in 22 letters; `s` goes on with the
 * instant in whole seconds (a day alone is its midnight in UTC), `l` with the privilege. `none`: the mode is on, nothing is thought of yet.
 */
export type Changes = WhatIfInput

export const noChanges: Changes = { cutEdges: [], cutCredentials: [], shorten: [], lower: [] }
const mostChanges = 200
const empty = 'none'

export function countChanges({ cutEdges, cutCredentials, shorten, lower }: Changes): number {
  return cutEdges.length + cutCredentials.length + shorten.length + lower.length
}

/** 22 letters for an id: 32 hexadecimal digits would make long addresses. */
function packId(id: string): string {
  const bytes = id.replaceAll('-', '').match(/../g) ?? []
  const text = String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16)))
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function unpackId(text: string): string {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const digits = Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function printChanges(changes: Changes): string {
  const { cutEdges, cutCredentials, shorten, lower } = changes
  const parts = [
    ...cutEdges.map((id) => `e${packId(id)}`),
    ...cutCredentials.map((id) => `c${packId(id)}`),
    ...shorten.map(({ credentialId, expiresAt }) => `s${packId(credentialId)}~${printInstant(expiresAt)}`),
    ...lower.map(({ edgeId, privilege }) => `l${packId(edgeId)}~${privilege}`),
  ]
  return parts.length > 0 ? parts.join('.') : empty
}

const part = /^(?:([ec])([\w-]{22})|s([\w-]{22})~([\dTZ-]{10,16})|l([\w-]{22})~([a-z_]+))$/

/** What an address says; what cannot be read is left out, null when it is no such address at all. */
export function parseChanges(text: string): Changes | null {
  if (text === empty) return noChanges
  const changes: Changes = { cutEdges: [], cutCredentials: [], shorten: [], lower: [] }
  for (const item of text.split('.').slice(0, mostChanges)) {
    const [, kind, cut, shortened, instant = '', lowered, privilege] = part.exec(item) ?? []
    if (kind === 'e' && cut) changes.cutEdges.push(unpackId(cut))
    else if (kind === 'c' && cut) changes.cutCredentials.push(unpackId(cut))
    else if (shortened) {
      const expiresAt = readInstant(instant)
      if (expiresAt) changes.shorten.push({ credentialId: unpackId(shortened), expiresAt })
    } else if (lowered && privileges.includes(privilege as Privilege)) {
      changes.lower.push({ edgeId: unpackId(lowered), privilege: privilege as Privilege })
    }
  }
  return countChanges(changes) > 0 ? changes : null
}

/** `20261130T081230Z`: letters and digits, which an address shows as they are. */
function printInstant(instant: string): string {
  return instant.replaceAll(/[-:]|\.\d+/g, '')
}

function readInstant(text: string): string | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?$/.exec(text) ?? []
  const instant = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  return Number.isNaN(Date.parse(instant)) ? undefined : instant
}

/** One change more or less. An edge is either cut or lowered, a credential either cut or shortened. */
export type Change =
  | { kind: 'cutEdge'; id: string }
  | { kind: 'cutCredential'; id: string }
  | { kind: 'shorten'; id: string; expiresAt: string }
  | { kind: 'lower'; id: string; privilege: Privilege }

export function withChange(changes: Changes, change: Change): Changes {
  const { cutEdges, cutCredentials, shorten, lower } = withoutChange(changes, change.id)
  switch (change.kind) {
    case 'cutEdge':
      return { cutEdges: [...cutEdges, change.id], cutCredentials, shorten, lower }
    case 'cutCredential':
      return { cutEdges, cutCredentials: [...cutCredentials, change.id], shorten, lower }
    case 'shorten':
      return {
        cutEdges,
        cutCredentials,
        shorten: [...shorten, { credentialId: change.id, expiresAt: change.expiresAt }],
        lower,
      }
    case 'lower':
      return {
        cutEdges,
        cutCredentials,
        shorten,
        lower: [...lower, { edgeId: change.id, privilege: change.privilege }],
      }
  }
}

export function withoutChange({ cutEdges, cutCredentials, shorten, lower }: Changes, id: string): Changes {
  return {
    cutEdges: cutEdges.filter((known) => known !== id),
    cutCredentials: cutCredentials.filter((known) => known !== id),
    shorten: shorten.filter(({ credentialId }) => credentialId !== id),
    lower: lower.filter(({ edgeId }) => edgeId !== id),
  }
}

/** For the address; absent: no what-if. */
export const changesParser = createParser<Changes>({
  parse: parseChanges,
  serialize: printChanges,
  eq: (left, right) => printChanges(left) === printChanges(right),
})
