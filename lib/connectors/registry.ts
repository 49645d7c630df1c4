import { connectors as aws } from './aws/index'
import type { FileConnector, ParsedFile } from './contract'
import { connectors as csv } from './csv/index'
import { connectors as kubernetes } from './kubernetes/index'
import { connectors as mcp } from './mcp/index'

/** Every format that can be imported, in the order in which a file is offered to them: CSV takes what is left. */
export const connectors: readonly FileConnector[] = [...aws, ...kubernetes, ...mcp, ...csv]

/** The first format that recognises the file; `undefined` = none does. */
export function detectFormat(file: ParsedFile): FileConnector | undefined {
  return connectors.find((connector) => connector.accepts(file))
}

/** The format of that id, as printed and stored. */
export function findFormat(id: string): FileConnector | undefined {
  return connectors.find((connector) => connector.id === id)
}

/** What can be imported, for the message that refuses a file: one clause per format. */
export function expectedFormats(): string {
  return connectors.map(({ expects }) => expects).join('; ')
}
