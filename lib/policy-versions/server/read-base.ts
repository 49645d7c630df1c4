import fs from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import { readRuntimePolicies } from '@/lib/decisions/server/read-policy-hash'
import { env } from '@/lib/platform/env'
import type { Material } from '../engine/negative-set'
import { isRecord } from './parse-policy'

export interface Base {
  hash: string
  files: { name: string; text: string }[]
  policies: Record<string, unknown>[]
  /** Types of which the product has a policy. */
  kinds: Set<string>
}

let kept: { hash: string; base: Base } | undefined

/** The product's own runtime policies. @throws when the folder cannot be read */
export async function readBase(): Promise<Base> {
  const { hash, files } = await readRuntimePolicies()
  if (kept?.hash === hash) return kept.base
  const policies = files.map(({ text }) => parse(text) as Record<string, unknown>)
  const kinds = new Set(
    policies.flatMap(({ resourcePolicy }) => (isRecord(resourcePolicy) ? [String(resourcePolicy.resource)] : [])),
  )
  const base = { hash, files, policies, kinds }
  kept = { hash, base }
  return base
}

/** Types of the product as they were last read; nothing before anything was. */
export const baseKinds = (): ReadonlySet<string> | undefined => kept?.base.kinds

/** The product's own fixtures of runtime policies, of which a part of the mandatory set is made. */
export async function readBaseFixtures(kinds: ReadonlySet<string>): Promise<Omit<Material, 'kinds'>> {
  const folder = path.resolve(env().POLICY_DIR, 'runtime', 'testdata')
  const read = async (name: string) => parse(await fs.readFile(path.join(folder, name), 'utf8')) as unknown
  const [principals, resources] = await Promise.all([read('principals.yaml'), read('resources.yaml')])
  const all = <T>(from: unknown, name: string) =>
    (isRecord(from) && isRecord(from[name]) ? from[name] : {}) as Record<string, T>
  const who = all<Material['principals'][string]>(principals, 'principals')
  const shown = ['service', 'agent', 'person', 'far-approved', 'in-incident-approved']
  const chosen = ['bucket-write', 'vault-secret', 'restricted-admin', 'tool-call']
  const things = Object.entries(all<Material['resources'][string]>(resources, 'resources'))
  return {
    principals: Object.fromEntries(shown.flatMap((name) => (who[name] ? [[name, who[name]]] : []))),
    resources: Object.fromEntries(
      things.flatMap(([name, { id, kind, attr }]) =>
        kinds.has(kind) && chosen.includes(name) ? [[name, { id, kind, attr }]] : [],
      ),
    ),
  }
}
