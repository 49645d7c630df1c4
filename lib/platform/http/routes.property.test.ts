import { beforeAll, describe, expect, it } from 'vitest'
import { allEndpoints, allRoutes, type NamedEndpoint } from '../testing/endpoints'

/** Routes that serve no declared endpoint: the description of all others, and what every other address answers. */
const undeclared = ['/api/v1/openapi.json', '/api/v1/[[...path]]']

let declared: NamedEndpoint[] = []
beforeAll(async () => {
  declared = await allEndpoints()
}, 60_000)

const routes = allRoutes().filter(({ path }) => !undeclared.includes(path))
const title = ({ endpoint }: NamedEndpoint) => `${endpoint.method} ${endpoint.path}`

/** Values that stand more than once. */
const repeated = (values: string[]) => values.filter((value, index) => values.indexOf(value) !== index)

describe('endpoints and routes', () => {
  it('answer 404 as problem+json where there is no endpoint, with any method', async () => {
    const nowhere: Record<string, (request: Request) => Response> = await import(
      '../../../app/api/v1/[[...path]]/route'
    )
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const response = nowhere[method]?.(new Request('https://bailiwick.example/api/v1/nothing', { method }))
      expect(response?.status).toBe(404)
      expect(response?.headers.get('content-type')).toBe('application/problem+json')
      expect(await response?.json()).toMatchObject({ code: 'not_found', status: 404, type: '/problems/not_found' })
    }
  })

  it('have names and addresses of their own', () => {
    expect(declared.length).toBeGreaterThan(30)
    expect(repeated(declared.map(({ endpoint }) => endpoint.operationId))).toEqual([])
    expect(repeated(declared.map(title))).toEqual([])
  })

  it('belong together: every endpoint has its route, every route serves its endpoint and nothing else', () => {
    const served = routes.flatMap(({ path, text, file }) =>
      [...text.matchAll(/^export const (\w+) = serve\((\w+)\)$/gm)].map(([, method, name]) => {
        const source = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from '@/(lib/[^']+)'`).exec(text)?.[1]
        return { title: `${method} ${path}`, from: `${source}.ts ${name}`, file }
      }),
    )
    const wanted = declared.map((entry) => ({ title: title(entry), from: `${entry.file} ${entry.name}` }))
    const sorted = (list: { title: string; from: string }[]) =>
      list.map((entry) => `${entry.title} ${entry.from}`).sort()
    expect(sorted(served)).toEqual(sorted(wanted))
    const exported = routes.flatMap(({ text }) => text.match(/^export /gm) ?? [])
    expect(exported).toHaveLength(served.length)
  })

  it('declare the parameters of their address, and nothing else', () => {
    const wrong = declared.filter(({ endpoint }) => {
      const inPath = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      return JSON.stringify(inPath.sort()) !== JSON.stringify(Object.keys(endpoint.params?.shape ?? {}).sort())
    })
    expect(wrong.map(title)).toEqual([])
  })

  it('ask for a writing scope wherever they write', () => {
    const readers = declared.filter(({ endpoint }) => endpoint.method !== 'GET' && !endpoint.scope.endsWith(':write'))
    const writers = declared.filter(({ endpoint }) => endpoint.method === 'GET' && endpoint.scope.endsWith(':write'))
    expect(writers.map(title)).toEqual([])
    for (const { endpoint } of readers) expect(endpoint.operationId).toMatch(/^(verify|preview|search)/)
  })

  it('describe themselves in one OpenAPI document that leaves none out', async () => {
    const { GET } = await import('../../../app/api/v1/openapi.json/route')
    const document = await GET().json()
    const described = Object.entries<Record<string, object>>(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.sort()).toEqual(declared.map(title).sort())
    const text = JSON.stringify(document)
    const names = Object.keys(document.components.schemas)
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name)
    expect(references.filter((name) => !names.includes(name ?? ''))).toEqual([])
    expect(text).not.toContain('#/$defs/')
    expect(names.filter((name) => /^__schema/.test(name))).toEqual([])
  })
})
