// Published AuthZEN vectors: which endpoint each is for, and whether an answer is the expected one. Pure.

/**
 * @typedef {Record<string, unknown>} Json
 * @typedef {{ path: string, request: Json, expected: unknown }} Vector
 */

const isObject = (/** @type {unknown} */ value) => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The vectors of a file: a list, or lists under `evaluation`, `evaluations`, `search`, `decisions`; each with `request` and `expected`.
 * @param {unknown} document
 * @returns {Vector[]}
 */
export function readVectors(document) {
  const lists = Array.isArray(document)
    ? [document]
    : isObject(document)
      ? Object.values(/** @type {Json} */ (document))
      : []
  const found = lists
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((each) => {
      if (!isObject(each) || !isObject(each.request) || !('expected' in each)) return []
      const request = withProperties(each.request)
      return [{ path: pathOf(request, each.expected), request, expected: each.expected }]
    })
  if (found.length === 0) throw new Error('holds no vectors: a list of objects with "request" and "expected"')
  return found
}

/**
 * Before its first implementer's draft the standard had properties beside type and id: they are moved to where they are now.
 * @param {Json} request @returns {Json}
 */
function withProperties(request) {
  const moved = { ...request }
  for (const name of ['subject', 'resource']) {
    const given = moved[name]
    if (!isObject(given)) continue
    const { type, id, properties, ...rest } = /** @type {Json} */ (given)
    if (properties !== undefined || Object.keys(rest).length === 0) continue
    moved[name] = { ...(type !== undefined && { type }), ...(id !== undefined && { id }), properties: rest }
  }
  return moved
}

/** @param {Json} request @param {unknown} expected */
function pathOf(request, expected) {
  if (Array.isArray(request.evaluations)) return '/access/v1/evaluations'
  if (!isObject(expected) || !('results' in /** @type {Json} */ (expected))) return '/access/v1/evaluation'
  if (request.action === undefined) return '/access/v1/search/action'
  const hasSubject = isObject(request.subject) && /** @type {Json} */ (request.subject).id !== undefined
  return hasSubject ? '/access/v1/search/resource' : '/access/v1/search/subject'
}

/** Which of the fixtures the vectors are of. @param {readonly Vector[]} vectors @returns {'interop' | 'certification'} */
export function scenarioOf(vectors) {
  return JSON.stringify(vectors.map(({ request }) => request)).includes('"record-') ? 'certification' : 'interop'
}

/**
 * Whether an answer is what was expected. Context is the decision point's own, and a search has no order.
 * @param {unknown} expected @param {unknown} answer
 */
export function isExpected(expected, answer) {
  if (!isObject(answer)) return false
  const { decision, evaluations, results } = /** @type {Json} */ (answer)
  if (typeof expected === 'boolean') return decision === expected
  if (Array.isArray(expected)) return isSameList(expected, evaluations)
  if (!isObject(expected)) return false
  const wanted = /** @type {Json} */ (expected)
  if (Array.isArray(wanted.evaluations)) return isSameList(wanted.evaluations, evaluations)
  if (Array.isArray(wanted.results)) return Array.isArray(results) && isSameSet(wanted.results, results)
  return typeof wanted.decision === 'boolean' && decision === wanted.decision
}

/** @param {unknown[]} expected @param {unknown} given */
function isSameList(expected, given) {
  const decisionOf = (/** @type {unknown} */ each) =>
    typeof each === 'boolean' ? each : /** @type {Json} */ (each)?.decision
  return (
    Array.isArray(given) &&
    given.length === expected.length &&
    expected.every((each, at) => typeof decisionOf(each) === 'boolean' && decisionOf(given[at]) === decisionOf(each))
  )
}

/** @param {unknown[]} expected @param {unknown[]} given */
function isSameSet(expected, given) {
  const keyOf = (/** @type {unknown} */ each) => {
    const { type, id, name } = /** @type {Json} */ (each)
    return JSON.stringify([type ?? null, id === undefined ? null : String(id), name ?? null])
  }
  const keys = (/** @type {unknown[]} */ list) => JSON.stringify(list.map(keyOf).sort())
  return keys(expected) === keys(given)
}
