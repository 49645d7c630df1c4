import { parseArgs } from 'node:util'

/** What `npm run bench` was asked for; sizes that were not given are 0. */
export function readArguments() {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { identities: text, orgs: text, seed: text, n: text, only: text } })
  const [identities = 0, organizations = 0, seed = 0] = [values.identities, values.orgs, values.seed].map(Number)
  return {
    identities,
    organizations,
    seed,
    /** Samples for each cell. */
    n: Number(values.n ?? 100),
    /** Whether a part is to be measured. */
    wanted: (part: string) => !values.only || values.only.split(',').includes(part),
  }
}
