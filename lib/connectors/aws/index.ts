import type { FileConnector } from '../contract'
import { answerFormats } from './answer-formats'
import { authorizationDetails } from './authorization-details'
import { credentialReport } from './credential-report'

/** The file formats of AWS; those of one account name things by ARN, so their records join. */
export const connectors: FileConnector[] = [authorizationDetails, credentialReport, ...answerFormats]
