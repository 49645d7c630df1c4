import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { canonicalize } from 'json-canonicalize'
import { z } from 'zod'
import { env } from '@/lib/platform/env'

/** The head of an organization's chain at a moment, signed and kept outside the database, so that truncation is found. */
export const Checkpoint = z.object({
  orgId: z.uuid(),
  seq: z.int(),
  hash: z.string(),
  at: z.iso.datetime(),
  /** Ed25519 over the RFC 8785 JSON of the other fields, base64. */
  signature: z.string(),
})
export type Checkpoint = z.infer<typeof Checkpoint>

function fileOf(orgId: string): string {
  return path.join(env().CHECKPOINT_DIR, `${orgId}.jsonl`)
}

function signingKey(): KeyObject {
  return createPrivateKey({ key: Buffer.from(env().AUDIT_SIGNING_KEY, 'base64'), format: 'der', type: 'pkcs8' })
}

function signedBytes({ orgId, seq, hash, at }: Omit<Checkpoint, 'signature'>): Buffer {
  return Buffer.from(canonicalize({ orgId, seq, hash, at }))
}

/** Signs a chain's head, or an event before it, and appends it to the organization's file in CHECKPOINT_DIR. */
export async function writeCheckpoint(
  head: { orgId: string; seq: number; hash: string },
  now: Date,
): Promise<Checkpoint> {
  const unsigned = { ...head, at: now.toISOString() }
  const signature = sign(null, signedBytes(unsigned), signingKey()).toString('base64')
  await mkdir(env().CHECKPOINT_DIR, { recursive: true })
  await appendFile(fileOf(head.orgId), `${JSON.stringify({ ...unsigned, signature })}\n`, { mode: 0o600 })
  return { ...unsigned, signature }
}

/** The key by which checkpoints can be checked away from the installation: SPKI, DER, base64. */
export function publicKeyText(): string {
  return createPublicKey(signingKey()).export({ format: 'der', type: 'spki' }).toString('base64')
}

/** Whether a checkpoint was signed by this key. Text that means the same written differently is not what was signed. */
export function isSignedBy({ signature, ...unsigned }: Checkpoint, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    const bytes = Buffer.from(signature, 'base64')
    const isExact = bytes.toString('base64') === signature
    return isExact && verify(null, signedBytes(unsigned), key, bytes)
  } catch {
    return false
  }
}

/** An organization's checkpoints, oldest first; lines that are no checkpoint or badly signed come as `null`. */
export async function readCheckpoints(orgId: string): Promise<(Checkpoint | null)[]> {
  const text = await readFile(fileOf(orgId), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const key = createPublicKey(signingKey())
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const parsed = Checkpoint.safeParse(parseOrNull(line))
      if (!parsed.success || parsed.data.orgId !== orgId) return null
      const { signature, ...unsigned } = parsed.data
      return verify(null, signedBytes(unsigned), key, Buffer.from(signature, 'base64')) ? parsed.data : null
    })
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
