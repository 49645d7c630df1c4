export const dynamic = 'force-dynamic'

/** Liveness. `instance` changes with every start: a supervisor tells the server it started from one left over. */
export function GET(): Response {
  return Response.json(
    { status: 'ok', instance: process.env.INSTANCE_ID ?? null },
    { headers: { 'cache-control': 'no-store' } },
  )
}
