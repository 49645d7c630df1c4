import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import { cleanString } from './clean-strings'
import type { FileLimits } from './limits'

/** A node that cannot become a value, with its offset in the text. */
export class YamlRefusal extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message)
  }
}

interface Anchored {
  value: unknown
  size: number
}

/** A placeholder of a Helm template in a place where rendered output never has one. */
const helmPlaceholder = /\{\{-?\s*(?:\.Values|\.Release|\.Chart|\.Capabilities|include\s|template\s|toYaml\s)/
export const helmReason = 'is a Helm template that is not rendered yet; run "helm template" and upload its output'

/** Turns the nodes of one document into plain values, aliases expanded within the limit and counted. */
export class YamlValues {
  #anchors = new Map<string, Anchored>()
  #written = 0
  #expanded = 0

  constructor(private readonly limits: Pick<FileLimits, 'values' | 'yamlExpansion'>) {}

  read(document: Document): unknown {
    return this.#node(document.contents as Node | null).value
  }

  #node(node: Node | null | undefined): Anchored {
    if (node === null || node === undefined) return { value: null, size: 1 }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source)
      if (target === undefined)
        throw new YamlRefusal(`uses the alias *${node.source}, which is not defined before it`, at(node))
      this.#expanded += target.size
      if (this.#expanded > 10_000 && this.#expanded > this.#written * this.limits.yamlExpansion) {
        throw new YamlRefusal('expands to far more than it holds through its aliases (an alias bomb)', at(node))
      }
      return target
    }
    if (++this.#written > this.limits.values) {
      throw new YamlRefusal(`holds more than ${this.limits.values.toLocaleString('en')} values`, at(node))
    }
    const result = isMap(node) ? this.#map(node.items) : isSeq(node) ? this.#sequence(node.items) : scalar(node)
    const anchor = 'anchor' in node ? node.anchor : undefined
    if (anchor !== undefined) this.#anchors.set(anchor, result)
    return result
  }

  #sequence(items: unknown[]): Anchored {
    const value: unknown[] = []
    let size = 1
    for (const item of items) {
      const entry = this.#node(item as Node | null)
      value.push(entry.value)
      size += entry.size
    }
    return { value, size }
  }

  #map(pairs: Pair[]): Anchored {
    const value: Record<string, unknown> = {}
    const merged: unknown[] = []
    let size = 1
    for (const pair of pairs) {
      const key = keyOf(pair.key as Node | null)
      const entry = this.#node(pair.value as Node | null)
      size += entry.size
      if (key === '<<') merged.push(entry.value)
      else {
        if (Object.hasOwn(value, key) && !(Object.is(value[key], entry.value) && typeof entry.value !== 'object')) {
          throw new YamlRefusal(`gives the key "${key.slice(0, 60)}" twice with different values`, at(pair.key as Node))
        }
        value[key] = entry.value
      }
    }
    for (const source of merged.flat()) {
      if (typeof source !== 'object' || source === null) continue
      for (const [key, inherited] of Object.entries(source)) if (!Object.hasOwn(value, key)) value[key] = inherited
    }
    return { value, size }
  }
}

function at(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0
}

function keyOf(node: Node | null): string {
  if (node !== null && !isScalar(node)) {
    if (isMap(node) && node.flow) throw new YamlRefusal(helmReason, at(node))
    throw new YamlRefusal('has a key that is not plain text', at(node))
  }
  const key = cleanString(
    node === null ? '' : typeof node.value === 'string' ? node.value : (node.source ?? String(node.value)),
  )
  if (key === '__proto__') throw new YamlRefusal('holds a forbidden key (__proto__)', at(node))
  return key
}

function scalar(node: Node): Anchored {
  if (!isScalar(node)) return { value: null, size: 1 }
  const { value } = node
  if (typeof value === 'string') {
    const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
    if (!block && helmPlaceholder.test(value)) throw new YamlRefusal(helmReason, at(node))
    return { value: cleanString(value), size: 1 }
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return { value, size: 1 }
  return { value: node.source ?? null, size: 1 }
}
