/** A tool server as both registries describe it, before it becomes records. */
export interface ToolServer {
  /** The registry's key: `io.github.owner/name`, or Docker's short name. */
  name: string
  title: string | undefined
  description: string | undefined
  version: string | undefined
  /** As written: `active`, `deprecated`, `deleted`; absent = not stated. */
  status: string | undefined
  repositoryUrl: string | undefined
  websiteUrl: string | undefined
  /** Where the program comes from: `npm @scope/name`, `docker mcp/name`. */
  packages: string[]
  remotes: Remote[]
  secrets: SecretInput[]
  /** When this version was published. */
  releasedAt: string | undefined
  isLatest: boolean | undefined
  attributes: Record<string, string | number | boolean | string[]>
  /** Where in the file it is described. */
  at: string
}

export interface Remote {
  transport: string | undefined
  url: string
}

/** A secret that the server wants, and where it takes it from. */
export interface SecretInput {
  name: string
  /** `environment variable`, `header`, `argument`, `URL parameter`, `OAuth`. */
  via: string
  /** The package or address that declares it. */
  place: string
  /** True when the file says that it is a secret, false when only its name does. */
  declared: boolean
  required: boolean | undefined
  /** A secret written into the file; fingerprinted at once, never kept. */
  literal: string | undefined
}
