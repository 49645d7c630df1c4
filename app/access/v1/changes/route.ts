import { serveAccess } from '@/lib/decisions/server/serve-access'

export const GET = serveAccess
