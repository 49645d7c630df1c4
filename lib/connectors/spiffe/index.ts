import type { FileConnector, ParsedFile } from '../contract'
import { type Entry, someObject, walkObjects } from '../walk-answers'
import { isAgent, isRegistration, mapEntries } from './map'
import { isPrintedList, readPrintedList } from './read-text'

/** The values of a file with the place of each. */
function roots(file: ParsedFile): { value: unknown; at: string }[] {
  if (file.kind === 'json') return [{ value: file.value, at: '$' }]
  return file.kind === 'yaml' ? file.documents.map(({ line, value }) => ({ value, at: `line ${line}` })) : []
}

const isEntry = (entry: Entry) => isRegistration(entry) || isAgent(entry)

const registrationEntries: FileConnector = {
  id: 'spiffe-entries',
  title: 'SPIRE registration entries',
  expects:
    'SPIRE registration entries or agents ("spiffe_id", "parent_id", "selectors"), as JSON or as spire-server prints them',
  yields: 'Workload identities with selectors, lifetimes and parents; admin and downstream rights; agents',
  production: [
    {
      from: 'the SPIRE server, in its container or on its host',
      steps: [
        'spire-server entry show -output json > spire-entries.json',
        'spire-server agent list -output json > spire-agents.json',
      ],
      rights: "Access to the server's admin socket, or an SVID whose entry is marked admin",
    },
    {
      from: 'Kubernetes, where the server runs as a StatefulSet',
      steps: [
        'kubectl exec -n spire spire-server-0 -- /opt/spire/bin/spire-server entry show -output json > spire-entries.json',
      ],
      rights: 'create on pods/exec in the namespace of the server',
    },
  ],
  coverage: 'file',
  accepts: (file) =>
    file.kind === 'text'
      ? isPrintedList(file.text)
      : roots(file)
          .slice(0, 200)
          .some(({ value }) => someObject(value, isEntry)),
  map: (file, context) => {
    const entries: Entry[] = []
    const left: { at: string; reason: string }[] = []
    if (file.kind === 'text') entries.push(...readPrintedList(file.text).map((entry) => ({ ...entry, keys: [] })))
    for (const { value, at } of roots(file)) {
      const take = (entry: Entry) => isEntry(entry) && entries.push(entry) > 0
      const leave = (place: string) =>
        left.push({ at: place, reason: 'is no registration entry: it has neither SPIFFE ID nor parent and selectors' })
      walkObjects(value, { take, leave }, at)
    }
    return mapEntries(entries, left, context)
  },
}

export const connectors: FileConnector[] = [registrationEntries]
