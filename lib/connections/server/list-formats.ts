import { connectors } from '@/lib/connectors/registry'

/** The file formats that imports recognise, in the order in which they are asked. */
export function listFormats(): { id: string; title: string; expects: string }[] {
  return connectors.map(({ id, title, expects }) => ({ id, title, expects }))
}
