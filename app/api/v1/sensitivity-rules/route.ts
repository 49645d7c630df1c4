import { createSensitivityRuleEndpoint, listSensitivityRulesEndpoint } from '@/lib/access-graph/server/endpoints-worth'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listSensitivityRulesEndpoint)
export const POST = serve(createSensitivityRuleEndpoint)
