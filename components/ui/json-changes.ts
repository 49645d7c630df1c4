export interface JsonChange {
  /** The way to the value: `owner.team`, `scopes[2]`. Empty for a change of the whole. */
  path: string
  kind: 'added' | 'removed' | 'changed' | 'same'
  before?: unknown
  after?: unknown
}

const maxDepth = 32

/**
 * Compares two JSON values key by key, objects and arrays deeply, in the order of their keys. `undefined` on one
 * side makes everything on the other added or removed. Below depth 32 values are compared as a whole.
 */
export function listJsonChanges(before: unknown, after: unknown, path = '', depth = 0): JsonChange[] {
  if (before === undefined && after === undefined) return []
  if (depth < maxDepth && (isBranch(before) || before === undefined) && (isBranch(after) || after === undefined)) {
    const isList = Array.isArray(before ?? after)
    if (before === undefined || after === undefined || isList === Array.isArray(after)) {
      const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
      if (keys.length > 0) {
        return keys.flatMap((key) => {
          const next = isList ? `${path}[${key}]` : path ? `${path}.${key}` : key
          return listJsonChanges(own(before, key), own(after, key), next, depth + 1)
        })
      }
    }
  }
  if (before === undefined) return [{ path, kind: 'added', after }]
  if (after === undefined) return [{ path, kind: 'removed', before }]
  const isSame = JSON.stringify(before) === JSON.stringify(after)
  return [{ path, kind: isSame ? 'same' : 'changed', before, after }]
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function own(value: unknown, key: string): unknown {
  return isBranch(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
