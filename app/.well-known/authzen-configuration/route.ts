import { accessMetadata } from '@/lib/decisions/server/serve-access'

export const dynamic = 'force-dynamic'

/** Open to everybody: addresses only. */
export function GET(): Response {
  return Response.json(accessMetadata(), { headers: { 'cache-control': 'public, max-age=300' } })
}
