import type { DiscoveryPage } from '../live-contract'
import { mapApiAnswers } from './api'
import type { GitlabSession } from './client'

/** Answers to records, by the map of files of the same answers. */
export function mapAnswers(
  { config, setting }: Pick<GitlabSession, 'config' | 'setting'>,
  answers: readonly { path: string; body: unknown }[],
): Pick<DiscoveryPage, 'records' | 'refused' | 'unresolved'> {
  const value = answers.map(({ path, body }) => ({ url: path, data: body }))
  const file = { kind: 'json', name: 'answers', value } as const
  const { fingerprint } = setting
  const { records, refused, unresolved } = mapApiAnswers(file, { fingerprint, instance: config.host, isPiece: true })
  // An empty list is no fault of what was read.
  return { records, refused: refused.filter(({ reason }) => !/empty list/.test(reason)), unresolved }
}
