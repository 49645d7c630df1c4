import { createLoader } from 'nuqs/server'
import { credentialParsers, identityParsers } from '../address'

/** The states that an address asks for, as the pages read them. */
export const loadIdentityState = createLoader(identityParsers)
export const loadCredentialState = createLoader(credentialParsers)
