// The web framework under the agents of the tests brings no types of its own; this is what the tests use of it.
declare module 'express' {
  import type { RequestListener } from 'node:http'

  export type Request = object
  export type RequestHandler = (...given: unknown[]) => unknown

  export interface Application extends RequestListener {
    use: (path: string, handler: RequestHandler) => Application
  }

  // biome-ignore lint/style/noDefaultExport: the package is so
  export default function express(): Application
}
