import { expect, test } from 'vitest'
import { defaultLimits } from '@/lib/platform/files/limits'
import { mapFile } from './map-file'

const filler = ' '.repeat(1024)

/** A text of more bytes than are read at once, of a kind that cannot be told in pieces. */
function oversized(start: string, line: string, end: string): Uint8Array {
  const lines = Math.ceil(defaultLimits.unsplitBytes / line.length) + 1
  return new TextEncoder().encode(start + line.repeat(lines) + end)
}

test.each([
  ['realm.json', oversized('{"realm":"acme","clients":[', `{"clientId":"a","name":"${filler}"},`, '{}]}'), 'Keycloak'],
  ['manifests.yaml', oversized('', `---\nkind: Secret\nmetadata: {name: "${filler}"}\n`, ''), 'kubectl get … -o json'],
  [
    'roles.sql',
    oversized('--\n-- PostgreSQL database cluster dump\n--\n', `CREATE ROLE a;${filler}\n`, ''),
    'plain text',
  ],
])('%s is refused before it is read at once, with what to do', (name, bytes, told) => {
  const [answer] = mapFile({ name, bytes })
  expect(answer?.error).toMatch(/holds more than 24 MB of .*, which is read at once; (?:split it|export it)/)
  expect(answer?.error).toContain(told)
})

test.each(['[]', 'null'])('%s is said to be empty, not to be of a strange kind', (text) => {
  const [answer] = mapFile({ name: 'answer.json', bytes: new TextEncoder().encode(text) })
  expect(answer?.error).toMatch(/holds nothing to import/)
})
