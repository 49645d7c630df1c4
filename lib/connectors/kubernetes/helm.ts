import { parseAllDocuments } from 'yaml'
import { type Fields, field, isFields, list, path, text } from './fields'

/** Longest manifest inside a JSON answer that is read, in characters. */
const longestManifest = 20_000_000

/** What `helm install --dry-run` and `helm get all` print before the objects: name, namespace and revision of the release. */
export function isReleaseHeader(value: Fields): boolean {
  return (
    text(value.NAME) !== undefined &&
    ['NAMESPACE', 'STATUS', 'REVISION', 'LAST DEPLOYED'].some((name) => Object.hasOwn(value, name))
  )
}

/** The namespace that a release is installed into: of the printed header, or of `helm … --output json`. */
export function releaseNamespace(value: Fields): string | undefined {
  return isReleaseHeader(value) ? text(value.NAMESPACE) : isRelease(value) ? text(field(value, 'namespace')) : undefined
}

/** True for a release as `helm status|install|get --output json` gives it: its objects are YAML inside a string. */
export function isRelease(value: Fields): boolean {
  const manifest = text(field(value, 'manifest'))
  return (
    manifest !== undefined &&
    /^[^\S\n\r\u2028\u2029]*(?:kind|apiVersion):/m.test(manifest) &&
    (isFields(field(value, 'info')) || isFields(field(value, 'chart')))
  )
}

/** The objects inside a release, hooks included, with the path of the string that held them; a text is the reason why not. */
export function releaseObjects(release: Fields): { at: string; documents: unknown[] | string }[] {
  const hooks = list(field(release, 'hooks')).map((hook, i) => ({
    at: `.hooks[${i}].manifest`,
    source: text(path(hook, 'manifest')),
  }))
  return [{ at: '.manifest', source: text(field(release, 'manifest')) }, ...hooks].flatMap(({ at, source }) =>
    source === undefined ? [] : [{ at, documents: readManifest(source) }],
  )
}

function readManifest(source: string): unknown[] | string {
  if (source.length > longestManifest) return 'the manifest is too long'
  try {
    const documents = parseAllDocuments(source, { logLevel: 'silent', uniqueKeys: false })
    const faulty = [...documents].find((document) => document.errors.length > 0)
    if (faulty !== undefined) return 'the manifest is not YAML'
    return [...documents]
      .map((document): unknown => document.toJS({ maxAliasCount: 100 }))
      .filter((value) => value !== null && value !== undefined)
  } catch {
    return 'the manifest cannot be read as YAML'
  }
}
