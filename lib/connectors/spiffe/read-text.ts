import type { Fields } from '../json-fields'
import { wordTable } from '../word-table'

/** What `spire-server entry show` prints without `-output json`, by the label before the colon. */
const labels: Record<string, string> = wordTable({
  'entry id': 'id',
  'spiffe id': 'spiffe_id',
  'parent id': 'parent_id',
  'x509-svid ttl': 'x509_svid_ttl',
  'jwt-svid ttl': 'jwt_svid_ttl',
  ttl: 'ttl',
  'expiration time': 'expires_at',
  selector: 'selectors',
  federateswith: 'federates_with',
  'dns name': 'dns_names',
  downstream: 'downstream',
  admin: 'admin',
  storesvid: 'store_svid',
  hint: 'hint',
  revision: 'revision_number',
})
const many = new Set(['selectors', 'federates_with', 'dns_names'])

/** True for the printed list of registration entries. */
export function isPrintedList(text: string): boolean {
  return /^Entry ID\s*:/m.test(text) && /^SPIFFE ID\s*:/m.test(text)
}

/** The entries of the printed list, each with its line; `default` and `(none)` are left out. */
export function readPrintedList(text: string): { value: Fields; at: string }[] {
  const entries: { value: Fields; at: string }[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const colon = line.indexOf(':')
    const label = line.slice(0, Math.max(0, colon)).trimEnd()
    const written = /^\s/.test(line.slice(colon + 1, colon + 2)) ? line.slice(colon + 2) : ''
    const name = labels[label.toLowerCase()]
    const value = written.trim().replace(/ \+0000 UTC$/, ' UTC')
    if (name === undefined || value === '') continue
    if (name === 'id') entries.push({ value: {}, at: `line ${index + 1}` })
    const entry = entries.at(-1)
    if (entry === undefined || value === 'default' || value === '(none)') continue
    if (!many.has(name)) entry.value[name] = value
    else entry.value[name] = [...(Array.isArray(entry.value[name]) ? (entry.value[name] as unknown[]) : []), value]
  }
  return entries
}
