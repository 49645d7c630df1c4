import { openConnection } from '@/lib/connections/server/open-connection'
import type { LiveConnection } from '@/lib/connectors/live-connector'
import type { LiveSubject } from '@/lib/connectors/live-contract'
import { LiveError } from '@/lib/connectors/live-error'
import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { isOverlapping } from '../engine/programs'
import type { RunUse, SecretUse } from '../history'
import type { ById } from '../schema'
import { factsOf, planOf } from './map-run'
import { runTargetOf } from './present-run'
import { readUse, type Side, type Use } from './read-use'
import { type FoundRun, findRun } from './store'

/** A source is asked for one run so often, whoever looks; and may take so long. */
const everyMs = 10_000
const timeoutMs = 5000
/** So many answers are kept. */
const mostKept = 500
const shownSessions = 20

/** Of each run the last answer, or the question that is under way. */
const asked = new Map<string, { at: number; use: Promise<RunUse> }>()

/**
 * Who signs in with the old secret of a rotation and who with the new one, while both work, as far as the source can tell. It is
 * asked when somebody looks, and no part of the run.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getRunUse(ctx: Context, { id }: ById): Promise<RunUse> {
  const run = await findRun(ctx, id)
  await ctx.authorize('read', runTargetOf(run))
  const now = Date.now()
  const key = `${ctx.tenant.orgId} ${id}`
  const isOpen = run.endedAt === null && isOverlapping(factsOf(run, now, 0))
  if (!isOpen) {
    asked.delete(key)
    return { sides: [], asOf: new Date(now).toISOString() }
  }
  const known = asked.get(key)
  if (known && now - known.at < everyMs) return known.use
  const asker = await mayAsk(ctx, run)
  if (!asker) return known?.use ?? nobody(run, 'Nobody who may ask the source has looked at this page yet.', now)
  const use = ask(ctx, run)
  for (const [oldest] of asked) {
    if (asked.size < mostKept) break
    asked.delete(oldest)
  }
  asked.set(key, { at: now, use })
  use.catch(() => asked.delete(key))
  return use
}

/** Those who may act at a source may ask it. */
async function mayAsk(ctx: Context, run: FoundRun): Promise<boolean> {
  const [may] = await ctx.can(['restore'], [runTargetOf(run)])
  return may?.restore === true
}

/** The old secret and the new one. */
function sidesOf(run: FoundRun): { side: 'old' | 'new'; account: string; of: Side }[] {
  const plan = planOf(run)
  const secretSubject = plan.secretSubject as LiveSubject
  const issued = run.steps.filter(({ step, state }) => step === 'issue' && state === 'done').at(-1)
  const fresh = (issued?.result as { credential?: string | null } | undefined)?.credential ?? null
  const isTwin = plan.twin !== undefined
  const { identityRef, credentialRef, identityName } = run
  return [
    { side: 'old', account: identityName, of: { identityRef, credentialRef, secretSubject, isTwin } },
    {
      ...{ side: 'new', account: plan.twin?.name ?? identityName },
      of: {
        identityRef: plan.twin?.ref ?? identityRef,
        credentialRef: plan.twin?.credentialRef ?? fresh,
        secretSubject,
        isTwin,
      },
    },
  ]
}

async function ask(ctx: Context, run: FoundRun): Promise<RunUse> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const { connection } = await openConnection(ctx, { id: run.liveId, signal })
    try {
      const sides = await Promise.all(sidesOf(run).map((each) => askSide(connection, each, signal)))
      return { sides, asOf: new Date().toISOString() }
    } finally {
      connection.close()
    }
  } catch (error) {
    if (!(error instanceof LiveError) && !(isAppError(error) && error.code === 'not_found')) throw error
    return nobody(run, `The source was asked, and did not say: ${error.message}`, Date.now())
  }
}

async function askSide(
  connection: LiveConnection,
  { side, account, of }: ReturnType<typeof sidesOf>[number],
  signal: AbortSignal,
): Promise<SecretUse> {
  try {
    return present(side, account, await readUse(connection, of, signal))
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    return unknown(side, account, `The source was asked, and did not say: ${error.message}`)
  }
}

function present(side: SecretUse['side'], account: string, { sessions, lastUsedAt, blindSpots }: Use): SecretUse {
  const isDated = typeof lastUsedAt === 'string' && !Number.isNaN(Date.parse(lastUsedAt))
  return {
    ...{ side, account },
    sessions: sessions && {
      count: sessions.length,
      shown: sessions.slice(0, shownSessions).map(({ from, program, since }) => ({ from, program, since })),
    },
    lastUsedAt: isDated ? new Date(lastUsedAt).toISOString() : null,
    lastUse: isDated ? 'known' : lastUsedAt === null ? 'never' : 'unknown',
    says: sessions === null ? 'This source does not say with which of two secrets somebody signed in.' : blindSpots,
  }
}

const unknown = (side: SecretUse['side'], account: string, says: string): SecretUse => ({
  ...{ side, account, sessions: null, lastUsedAt: null, lastUse: 'unknown', says },
})

const nobody = (run: FoundRun, says: string, now: number): RunUse => ({
  sides: sidesOf(run).map(({ side, account }) => unknown(side, account, says)),
  asOf: new Date(now).toISOString(),
})
