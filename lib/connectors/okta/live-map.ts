import { field, isFields, path } from '../json-fields'
import type { DiscoveryPage, LiveSetting } from '../live-contract'
import { mapOkta } from './map'

/** Answers to records, by the map of files of the same answers. A path before a list says whose the entries are. */
export function mapAnswers(
  { fingerprint, instance }: Pick<LiveSetting, 'fingerprint' | 'instance'>,
  answers: readonly { path: string; body: unknown }[],
): Pick<DiscoveryPage, 'records' | 'refused' | 'unresolved'> {
  const roots = answers.map(({ path: at, body }) => ({ value: { [at]: body }, at }))
  const { records, refused, unresolved } = mapOkta(roots, { fingerprint, instance, isPiece: true })
  // That a list is empty, or concerns no such identity, is no fault of what was read.
  return { records, refused: refused.filter(({ reason }) => !/non-human identity/.test(reason)), unresolved }
}

/** An app without the secret and the keys that stand in it: their own lists have them, with the ids that can be acted on. */
export function withoutCopies(app: unknown): unknown {
  if (!isFields(app)) return app
  const [credentials, settings] = [field(app, 'credentials'), field(app, 'settings')]
  const [client, ofClient] = [path(credentials, 'oauthClient'), path(settings, 'oauthClient')]
  return {
    ...app,
    ...(isFields(client) && isFields(credentials)
      ? { credentials: { ...credentials, oauthClient: { ...client, client_secret: undefined } } }
      : {}),
    ...(isFields(ofClient) && isFields(settings)
      ? { settings: { ...settings, oauthClient: { ...ofClient, jwks: undefined } } }
      : {}),
  }
}
