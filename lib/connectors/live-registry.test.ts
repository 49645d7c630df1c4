import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { connectorsDocument } from '../../scripts/lib/connectors-document'
import { fieldsOf } from './live-config'
import { findLiveConnector, liveConnectors } from './live-registry'

test('docs/connectors.md says what the registry says', () => {
  const place = path.join(import.meta.dirname, '..', '..', 'docs', 'connectors.md')
  expect(fs.readFileSync(place, 'utf8'), 'run npm run -s docs:connectors').toBe(connectorsDocument(liveConnectors))
})

test('every system declares what people must know before they act', () => {
  expect(new Set(liveConnectors.map(({ id }) => id)).size).toBe(liveConnectors.length)
  for (const { id, title, instructions, capabilities, semantics } of liveConnectors) {
    expect(findLiveConnector(id)?.title).toBe(title)
    expect(fs.existsSync(path.join(import.meta.dirname, id, 'README.md')), id).toBe(true)
    expect(instructions.length, id).toBeGreaterThan(0)
    expect(Object.keys(semantics).sort(), `${id}: a card for all that has hands`).toEqual(
      Object.keys(capabilities).sort(),
    )
    for (const card of Object.values(semantics)) {
      const sentences = [card?.disable, card?.delete, card?.openSessions.says, card?.undo, card?.enablingRevives.says]
      for (const sentence of sentences) expect(sentence, id).toMatch(/^[A-Z].*\.$/)
      expect(card?.source, id).toMatch(/^https:/)
    }
  }
})

test('every field has a title, and what is called a secret is marked as one', () => {
  for (const { id, config } of liveConnectors)
    for (const { name, title, secret } of fieldsOf(config)) {
      expect(title, `${id} ${name}`).toMatch(/^[A-Z]/)
      if (/password|secret|token|key$/i.test(name)) expect(secret, `${id} ${name}`).toBe(true)
    }
})
