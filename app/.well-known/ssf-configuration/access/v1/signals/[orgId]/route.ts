import { getTransmitter } from '@/lib/signals/server/get-transmitter'

/** Open to everybody: addresses only. */
export async function GET(_request: Request, { params }: { params: Promise<{ orgId: string }> }): Promise<Response> {
  return Response.json(getTransmitter((await params).orgId), { headers: { 'cache-control': 'public, max-age=300' } })
}
