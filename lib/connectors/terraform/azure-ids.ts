import type { Alias, NodeRef } from '../contract'
import { type Fields, textOf } from './fields'

/** The object id of a principal, in lower case. */
export function objectIdOf(attributes: Fields): string | undefined {
  const id = textOf(attributes, 'object_id', 'principal_id') ?? textOf(attributes, 'id')?.split('/').at(-1)
  return id !== undefined && /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id) ? id.toLowerCase() : undefined
}

/** The client id of an application. */
export function clientIdOf(attributes: Fields): string | undefined {
  return textOf(attributes, 'client_id', 'application_id')?.toLowerCase()
}

/** Object ids are unique everywhere, so principals are named by them; what access is to, by its resource id in lower case. */
export const principal = (id: string, type: NodeRef['type'] = 'identity'): NodeRef => ({
  type,
  externalId: id.toLowerCase(),
  global: true,
})

/** The other ids that something goes by, of those that are known. */
export function otherIds(...ids: (string | undefined)[]): Alias[] {
  return [...new Set(ids.flatMap((id) => id?.toLowerCase() ?? []))].map((id) => ({ id, global: true }))
}
