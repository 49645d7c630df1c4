import type { FileConnector } from '../contract'
import { authorizationDetails } from './authorization-details'
import { credentialReport } from './credential-report'

/** The file formats of AWS IAM; both speak of the same account, so their records join by ARN. */
export const connectors: FileConnector[] = [authorizationDetails, credentialReport]
