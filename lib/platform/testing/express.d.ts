// The web framework under the agents and descriptions of the tests; this is what the tests use of it.
declare module 'express' {
  import type { RequestListener } from 'node:http'

  export type Request = object
  export type RequestHandler = (...given: unknown[]) => unknown

  export interface Application extends RequestListener {
    use: (...given: (string | RequestHandler | RequestHandler[])[]) => Application
  }

  // biome-ignore lint/style/noDefaultExport: the package is so
  export default function express(): Application
}
