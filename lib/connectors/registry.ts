import { connectors as a2a } from './a2a/index'
import { connectors as activeDirectory } from './active-directory/index'
import { connectors as aws } from './aws/index'
import { connectors as azure } from './azure/index'
import type { FileConnector, ParsedFile } from './contract'
import { connectors as csv } from './csv/index'
import { connectors as gcp } from './gcp/index'
import { connectors as github } from './github/index'
import { connectors as gitlab } from './gitlab/index'
import { connectors as googleWorkspace } from './google-workspace/index'
import { connectors as keycloak } from './keycloak/index'
import { connectors as kubernetes } from './kubernetes/index'
import { connectors as mcp } from './mcp/index'
import { connectors as okta } from './okta/index'
import { connectors as opengraph } from './opengraph/index'
import { connectors as postgresql } from './postgresql/index'
import { connectors as saas } from './saas/index'
import { sampleFile } from './sample-file'
import { connectors as scanner } from './scanner/index'
import { connectors as spiffe } from './spiffe/index'
import { connectors as terraform } from './terraform/index'

/** Every format that can be imported, in the order in which they are listed. */
export const connectors: readonly FileConnector[] = [
  ...aws,
  ...gcp,
  ...azure,
  ...activeDirectory,
  ...kubernetes,
  ...mcp,
  ...a2a,
  ...github,
  ...gitlab,
  ...okta,
  ...googleWorkspace,
  ...saas,
  ...terraform,
  ...spiffe,
  ...keycloak,
  ...scanner,
  ...postgresql,
  ...opengraph,
  ...csv,
]

/**
 * The order in which a file is offered to them: first those whose files hold other systems' things in a form of their own, which
 * those systems must not take for theirs; at last CSV, which takes what is left.
 */
const offered = [...new Set([...terraform, ...opengraph, ...connectors])]

/**
 * The first format that recognises the file; `undefined` = none does. Of a long file a sample is offered, so that no format
 * looks at all of a file that is none of its own (decision 039).
 */
export function detectFormat(file: ParsedFile): FileConnector | undefined {
  const sample = sampleFile(file)
  return offered.find((connector) => connector.accepts(connector.acceptsByWhole === true ? file : sample))
}

/** The format of that id, as printed and stored. */
export function findFormat(id: string): FileConnector | undefined {
  return connectors.find((connector) => connector.id === id)
}
