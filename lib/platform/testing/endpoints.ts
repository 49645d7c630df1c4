import fs from 'node:fs'
import path from 'node:path'
import type { Endpoint } from '../http/endpoint'

const root = path.resolve(import.meta.dirname, '../../..')

export interface NamedEndpoint {
  /** The file in `lib/<noun>/server` and the name under which it exports the endpoint. */
  file: string
  name: string
  endpoint: Endpoint
}

/** Every endpoint that any noun declares, found on disk so that none is forgotten. */
export async function allEndpoints(): Promise<NamedEndpoint[]> {
  const found: NamedEndpoint[] = []
  for (const noun of fs.readdirSync(path.join(root, 'lib'))) {
    const folder = `lib/${noun}/server`
    if (!fs.existsSync(path.join(root, folder))) continue
    const files = fs.readdirSync(path.join(root, folder)).filter((file) => /^endpoints(-[a-z-]+)?\.ts$/.test(file))
    for (const file of files.map((name) => `${folder}/${name}`)) {
      const module: Record<string, unknown> = await import(path.join(root, file))
      for (const [name, value] of Object.entries(module)) {
        if (isEndpoint(value)) found.push({ file, name, endpoint: value })
      }
    }
  }
  return found
}

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'operationId' in value && 'run' in value
}

export interface Route {
  /** As in an endpoint: `/api/v1/identities/{id}`. */
  path: string
  file: string
  text: string
}

/** Every route file under app/api/v1. */
export function allRoutes(): Route[] {
  const folder = path.join(root, 'app/api/v1')
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'route.ts')
    .map((file) => ({
      path: `/api/v1/${path.dirname(file).split(path.sep).join('/')}`.replace(/\[(\w+)\]/g, '{$1}'),
      file: path.join('app/api/v1', file),
      text: fs.readFileSync(path.join(folder, file), 'utf8'),
    }))
}
