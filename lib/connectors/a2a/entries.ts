import type { ParsedFile } from '../contract'
import { field, isFields, text } from './fields'

export interface Entry {
  value: unknown
  at: string
}

/** Under these names registries, answers and configurations keep cards. */
const holders = ['agentCard', 'card', 'agents', 'agentCards', 'cards', 'items', 'data', 'result', 'body', 'value']

/** True for an agent card by its shape, of any version of A2A. */
export function isCard(value: unknown): boolean {
  if (text(field(value, 'name')) === undefined && !Array.isArray(field(value, 'skills'))) return false
  const marks = [
    Array.isArray(field(value, 'skills')),
    Array.isArray(field(value, 'supportedInterfaces')),
    Array.isArray(field(value, 'defaultInputModes')),
    Array.isArray(field(value, 'defaultOutputModes')),
    isFields(field(value, 'capabilities')),
    typeof field(value, 'protocolVersion') === 'string',
    typeof field(value, 'url') === 'string',
    isFields(field(value, 'securitySchemes')),
  ]
  const isA2a = marks[0] === true || marks[1] === true || marks[2] === true
  return isA2a && marks.filter(Boolean).length >= 2 && !isFields(field(value, 'packages'))
}

/** The cards of a file: one, a list, JSON lines, several YAML documents, or a list under a usual name. */
export function cardEntries(file: ParsedFile): Entry[] {
  if (file.kind === 'json') return within(file.value, '$', 0)
  if (file.kind === 'yaml') return file.documents.flatMap(({ line, value }) => within(value, `line ${line}`, 0))
  return []
}

function within(value: unknown, at: string, depth: number): Entry[] {
  if (isCard(value) || depth > 4) return [{ value, at }]
  if (Array.isArray(value)) return value.flatMap((entry: unknown, i) => within(entry, `${at}[${i}]`, depth + 1))
  for (const name of holders) {
    const held = field(value, name)
    if (typeof held !== 'object' || held === null) continue
    const found = within(held, `${at}.${name}`, depth + 1)
    if (found.some((entry) => isCard(entry.value))) return found
  }
  // A map of cards by name.
  if (isFields(value) && depth < 3) {
    const values = Object.entries(value).slice(0, 10_000)
    if (values.length > 0 && values.every(([, entry]) => isCard(entry)))
      return values.map(([key, entry]) => ({ value: entry, at: `${at}.${key}` }))
  }
  return [{ value, at }]
}
