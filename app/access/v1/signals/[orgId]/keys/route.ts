import { getTransmitterKeys } from '@/lib/signals/server/get-transmitter'

/** Open to everybody: public keys only. */
export async function GET(_request: Request, { params }: { params: Promise<{ orgId: string }> }): Promise<Response> {
  const keys = await getTransmitterKeys((await params).orgId)
  return Response.json(keys, { headers: { 'cache-control': 'public, max-age=300' } })
}
