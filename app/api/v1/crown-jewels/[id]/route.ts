import { deleteCrownJewelEndpoint } from '@/lib/access-graph/server/endpoints-worth'
import { serve } from '@/lib/platform/http/serve'

export const DELETE = serve(deleteCrownJewelEndpoint)
