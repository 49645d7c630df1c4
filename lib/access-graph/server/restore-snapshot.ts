import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { AccessGraph } from '../engine/contract'
import { BrokenSnapshotError, decodeSnapshot, encodeSnapshot } from '../engine/snapshot'

/** A graph, and until when none of its edges and credentials has ended (milliseconds since 1970). */
export interface SoundGraph {
  graph: AccessGraph
  soundUntil: number
}

/** Behind the snapshot stands until when it is sound. */
const tailBytes = 8

const fileOf = (folder: string, orgId: string) => path.join(folder, `${orgId}.graph`)

/**
 * The organization's graph as a file has it, if that is whole and of exactly this version. One that is broken or older is of no
 * use to anybody and goes away.
 */
export async function restoreSnapshot(folder: string, orgId: string, version: bigint): Promise<SoundGraph | undefined> {
  const file = fileOf(folder, orgId)
  const bytes = await readFile(file).catch(() => undefined)
  if (bytes === undefined) return undefined
  const found = decoded(bytes)
  if (found?.graph.orgId === orgId && found.graph.version === version) return found
  await rm(file, { force: true })
  return undefined
}

function decoded(bytes: Buffer): SoundGraph | undefined {
  const end = bytes.length - tailBytes
  if (end < 0) return undefined
  try {
    const { buffer, byteOffset } = bytes
    const graph = decodeSnapshot(buffer.slice(byteOffset, byteOffset + end) as ArrayBuffer)
    return { graph, soundUntil: bytes.readDoubleLE(end) }
  } catch (error) {
    if (error instanceof BrokenSnapshotError || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Keeps a graph for the next start and for other processes. One that cannot be kept costs them time, and nothing else. */
export async function writeSnapshot(folder: string, { graph, soundUntil }: SoundGraph): Promise<void> {
  const file = fileOf(folder, graph.orgId)
  const part = `${file}.${process.pid}`
  const tail = Buffer.alloc(tailBytes)
  tail.writeDoubleLE(soundUntil)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(part, [new Uint8Array(encodeSnapshot(graph)), tail], { mode: 0o600 })
    await rename(part, file)
  } catch {
    await rm(part, { force: true }).catch(() => {})
  }
}
