import { randomUUID } from 'node:crypto'
import type { CheckResourcesResponse, PlanResourcesResponse, Policy, Principal, Resource } from '@cerbos/core'
import { GRPC } from '@cerbos/grpc'
import { env } from '../env'
import { AppError } from '../errors'
import { log } from '../telemetry/log'

export interface ResourceCheck {
  resource: Resource
  actions: string[]
}

/** The policy decision point: an answer that is late, odd or not to this question is an `upstream_failed`. */
export interface DecisionPoint {
  check: (principal: Principal, resources: ResourceCheck[], withinMs?: number) => Promise<CheckResourcesResponse>
  plan: (principal: Principal, action: string, kind: string) => Promise<PlanResourcesResponse>
  close: () => void
}

/** One that takes policies too: what it is given it answers by within milliseconds. */
export interface VersionPoint extends DecisionPoint {
  push: (policies: Policy[]) => Promise<void>
}

const kept = globalThis as typeof globalThis & { bailiwickDecisionPoints?: Map<string, VersionPoint> }
/** In milliseconds: policies are given aside from any question. */
const pushMs = 10_000

/** The decision point at an address (host:port of its gRPC door), one connection for each process. */
export function decisionPoint(address = env().CERBOS_ADDRESS): DecisionPoint {
  return open(address)
}

/** The decision point for the organizations' own policies; undefined where this installation has none. */
export function versionPoint(): VersionPoint | undefined {
  const { VERSIONS_CERBOS_ADDRESS: address, VERSIONS_CERBOS_PASSWORD: password } = env()
  return address === undefined || password === undefined ? undefined : open(address, password)
}

function open(address: string, password?: string): VersionPoint {
  kept.bailiwickDecisionPoints ??= new Map()
  const known = kept.bailiwickDecisionPoints.get(address)
  if (known) return known
  const opened = connect(address, password)
  kept.bailiwickDecisionPoints.set(address, opened)
  return opened
}

function connect(address: string, password?: string): VersionPoint {
  const client = new GRPC(address, {
    tls: false,
    ...(password === undefined ? {} : { adminCredentials: { username: 'bailiwick', password } }),
    channelOptions: {
      // After an outage the first question finds the server again within a second, not within two minutes.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.enable_retries': 0,
      'grpc.enable_http_proxy': 0,
    },
  })
  // Connecting takes longer than a question may: begin now, so that the first question finds the connection made.
  client.checkHealth({}, { signal: AbortSignal.timeout(5000) }).catch(() => log.debug({ address }, 'not up yet'))
  return {
    check: (principal, resources, withinMs) =>
      answered(
        address,
        (requestId, signal) => client.checkResources({ requestId, principal, resources }, { signal }),
        withinMs,
      ),
    plan: (principal, action, kind) =>
      answered(address, (requestId, signal) =>
        client.planResources({ requestId, principal, resource: { kind }, actions: [action] }, { signal }),
      ),
    push: (policies) => client.addOrUpdatePolicies({ policies }, { signal: AbortSignal.timeout(pushMs) }),
    close() {
      kept.bailiwickDecisionPoints?.delete(address)
      client.close()
    },
  }
}

/** Asks within the time limit (a decision takes 1 to 10 ms) and takes only an answer that carries a call id and this question's id. */
async function answered<T extends { cerbosCallId: string; requestId: string }>(
  address: string,
  ask: (requestId: string, signal: AbortSignal) => Promise<T>,
  withinMs = env().DECISION_TIMEOUT_MS,
): Promise<T> {
  const requestId = randomUUID()
  try {
    const answer = await ask(requestId, AbortSignal.timeout(withinMs))
    if (answer.requestId !== requestId || answer.cerbosCallId === '') throw new Error('the answer is to no question')
    return answer
  } catch (cause) {
    log.error({ reason: String(cause), address }, 'the policy decision point did not answer')
    throw noDecision(cause)
  }
}

/** The error for a question without a usable answer. */
export function noDecision(cause: unknown): AppError {
  return new AppError(
    'upstream_failed',
    'The policy decision point did not answer, so nothing was done. Try again; if it persists, ask your administrator to check the Cerbos service.',
    { cause, detail: 'no usable answer from the policy decision point', retryAfterSeconds: 5 },
  )
}
