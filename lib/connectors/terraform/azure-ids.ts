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
