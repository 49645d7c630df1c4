import type { LiveConnector } from '@/lib/connectors/live-connector'
import { LiveError } from '@/lib/connectors/live-error'
import type { Context } from '@/lib/platform/context'
import { type Config, TestConnectionInput, type TestResult } from '../live'
import { openLive } from './open-live'
import { connectionTarget } from './present-connection'
import { mergeConfig, openConfig, readLiveConfig, requireConnector } from './read-live-config'
import { secretKeeper } from './record-secret'
import { findLive, writeLive } from './store-live'

/** How long a test may take in all. */
const timeoutMs = 20_000

/**
 * Tries a configuration that is not stored: signs in, and lists what it may see and do. A source that refuses is an answer.
 * @throws AppError `invalid_input`, `forbidden`
 */
export async function verifyNewConnection(ctx: Context, given: TestConnectionInput): Promise<TestResult> {
  const { connector: id, instance, config } = TestConnectionInput.parse(given)
  await ctx.authorize('test', connectionTarget({ id: 'new', name: 'new connection' }))
  const connector = requireConnector(id)
  readLiveConfig(connector, config)
  return tryOut(connector, { config, instance })
}

/**
 * Tries a stored connection, or what a change would make of it, and keeps what the stored one may do.
 * @throws AppError `invalid_input` as `updateConnection`; `not_found`, `forbidden`
 */
export async function verifyConnection(
  ctx: Context,
  input: { id: string; config?: Config | undefined },
): Promise<TestResult> {
  const live = await findLive(ctx, input.id)
  const target = connectionTarget(live)
  const permit = await ctx.authorize('test', target)
  const connector = requireConnector(live.connector)
  const { instance } = live
  // What is not stored yet has no place for what the source makes of its secrets.
  const keep = input.config ? {} : { keep: secretKeeper(ctx, permit, live) }
  const result = await tryOut(connector, { config: changed(connector, live, input.config), instance, ...keep })
  if (input.config) return result
  const { ok, problem, rights, selfIds } = result
  await ctx.commit(
    permit,
    { action: 'connection.test', target, after: { ok, problem: problem?.code ?? null } },
    async (tx) => {
      if (rights) await writeLive(tx, live, { rights, selfIds, rightsAt: new Date() })
    },
  )
  return result
}

function changed(connector: LiveConnector, live: Parameters<typeof openConfig>[0], given: Config | undefined): Config {
  if (!given) return openConfig(live)
  const { plain, secrets } = mergeConfig(connector, live, given)
  return { ...plain, ...Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()])) }
}

type Place = Omit<Parameters<typeof openLive>[1], 'signal'>

async function tryOut(connector: LiveConnector, at: Place): Promise<TestResult> {
  const began = performance.now()
  const signal = AbortSignal.timeout(timeoutMs)
  const took = () => Math.round(performance.now() - began)
  try {
    const live = await openLive(connector, { ...at, signal })
    try {
      const rights = await live.describeRights(signal)
      return { ok: true, problem: null, rights, selfIds: [...live.self()], tookMs: took() }
    } finally {
      live.close()
    }
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    const message = signal.aborted ? `The source did not answer within ${timeoutMs / 1000} seconds.` : error.message
    const code = signal.aborted ? 'timed_out' : error.code
    return { ok: false, problem: { code, message }, rights: null, selfIds: [], tookMs: took() }
  }
}
