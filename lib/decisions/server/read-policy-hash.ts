import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { env } from '@/lib/platform/env'

/** How often it is looked whether a file has changed, in milliseconds. */
const everyMs = 1000

const kept = globalThis as typeof globalThis & {
  bailiwickPolicyHash?: { lookedAt: number; stamp: string; hash: string | null; looking: boolean }
}

/**
 * What the policy files are known by: a digest of all runtime policies by name and content; null where they cannot be read, which the
 * log then says. Looked at once a second beside the answers, never within one.
 */
export function policyHash(now = Date.now()): string | null {
  kept.bailiwickPolicyHash ??= { lookedAt: 0, stamp: '', hash: null, looking: false }
  const state = kept.bailiwickPolicyHash
  if (!state.looking && now - state.lookedAt > everyMs) {
    state.looking = true
    void refreshPolicyHash().finally(() => {
      state.looking = false
      state.lookedAt = Date.now()
    })
  }
  return state.hash
}

export interface RuntimePolicies {
  hash: string
  files: { name: string; text: string }[]
}

const digestOf = (files: RuntimePolicies['files']): string => {
  const hash = createHash('sha256')
  for (const { name, text } of files) hash.update(`${name}\n`).update(text)
  return hash.digest('hex')
}

/** The release's runtime policies, with what they are known by. @throws when they cannot be read */
export async function readRuntimePolicies(): Promise<RuntimePolicies> {
  const folder = path.resolve(env().POLICY_DIR, 'runtime')
  const names = await listNames(folder)
  const files = await Promise.all(
    names.map(async (name) => ({ name, text: await fs.readFile(path.join(folder, name), 'utf8') })),
  )
  return { hash: digestOf(files), files }
}

async function listNames(folder: string): Promise<string[]> {
  const names = await fs.readdir(folder)
  return names.filter((name) => /\.ya?ml$/.test(name) && !/_test\.ya?ml$/.test(name)).sort()
}

/** Looks now; awaited when the server starts. */
export async function refreshPolicyHash(): Promise<void> {
  kept.bailiwickPolicyHash ??= { lookedAt: 0, stamp: '', hash: null, looking: false }
  const state = kept.bailiwickPolicyHash
  try {
    const folder = path.resolve(env().POLICY_DIR, 'runtime')
    const names = await listNames(folder)
    const stats = await Promise.all(names.map((name) => fs.stat(path.join(folder, name))))
    const stamp = names.map((name, at) => `${name} ${stats[at]?.mtimeMs} ${stats[at]?.size}`).join('\n')
    if (stamp === state.stamp) return
    state.hash = (await readRuntimePolicies()).hash
    state.stamp = stamp
  } catch {
    state.hash = null
    state.stamp = ''
  }
  state.lookedAt = Date.now()
}
