import { deleteSensitivityRuleEndpoint, updateSensitivityRuleEndpoint } from '@/lib/access-graph/server/endpoints-worth'
import { serve } from '@/lib/platform/http/serve'

export const PUT = serve(updateSensitivityRuleEndpoint)
export const DELETE = serve(deleteSensitivityRuleEndpoint)
