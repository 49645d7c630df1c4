import type { CredentialRecord } from '../../connectors/contract'
import type { LiveConnection } from '../../connectors/live-connector'
import { LiveError } from '../../connectors/live-error'
import { Secret } from '../../connectors/secret'

interface Keeping {
  keep?: (former: Secret) => Promise<void>
}

export type Fault = 'none' | 'before' | 'after' | 'refuse'

/** A source: which secrets open the account, and whether it is on. Calls fail before or after they acted, as told. */
export class FailingSource {
  readonly secrets = new Map<string, { value: string; off: boolean }>()
  isOn = true
  made = 0
  /** How often a secret was set. */
  sets = 0
  constructor(
    readonly two: boolean,
    readonly hasDisable: boolean,
    readonly faults: Fault[],
    private readonly now: () => number,
  ) {
    this.secrets.set('c0', { value: 'old', off: false })
  }

  opens(value: string): boolean {
    return this.isOn && [...this.secrets.values()].some((held) => held.value === value && !held.off)
  }

  async call<T>(act: () => T, isChange: boolean): Promise<T> {
    const fault = this.faults.shift() ?? 'none'
    if (fault === 'before') throw new LiveError('unreachable', 'the network is down')
    if (fault === 'refuse' && isChange) throw new LiveError('refused_by_source', 'the policy of the source')
    const result = act()
    if (fault === 'after') throw new LiveError('timed_out', 'the answer was lost')
    return result
  }

  connection(): LiveConnection {
    const idOf = (value: string) => [...this.secrets].find(([, held]) => held.value === value)?.[0]
    const change = <T>(act: () => T) => this.call(act, true)
    const at = (id: string | undefined) => this.secrets.get(id ?? '')
    const password = {
      issue: async ({ secret, keep }: Keeping & { secret?: Secret }) => {
        const former = new Secret(JSON.stringify(this.two ? null : (this.secrets.get('c0')?.value ?? null)))
        if (!this.two) await keep?.(former)
        return change(() => {
          this.sets += 1
          const value = secret?.reveal() ?? `made-${++this.made}`
          const id = this.two ? (idOf(value) ?? `c-${value}`) : 'c0'
          this.secrets.set(id, { value, off: false })
          return {
            credential: id,
            secret: new Secret(value),
            replacesFormer: !this.two,
            ...(this.two ? {} : { former }),
          }
        })
      },
      verify: ({ secret }: { secret: Secret }) =>
        this.call(
          () => ({
            answer: this.opens(secret.reveal()) ? ('accepted' as const) : ('refused' as const),
            reason: 'tried',
          }),
          false,
        ),
      delete: async ({ target, keep }: Keeping & { target: { credential?: string } }) => {
        const held = at(target.credential)
        const former = new Secret(JSON.stringify(held?.value ?? null))
        if (held) await keep?.(former)
        return change(() => {
          this.secrets.delete(target.credential ?? '')
          return { did: held ? ('done' as const) : ('already' as const), evidence: 'gone', ...(held ? { former } : {}) }
        })
      },
      restore: ({ target, former }: { target: { credential?: string }; former: Secret }) =>
        change(() => {
          this.secrets.set(target.credential ?? 'c0', { value: JSON.parse(former.reveal()), off: false })
          return { did: 'done' as const, evidence: 'back' }
        }),
      ...(this.hasDisable
        ? {
            disable: ({ target }: { target: { credential?: string } }) =>
              change(() => this.turn(target.credential, true)),
            enable: ({ target }: { target: { credential?: string } }) =>
              change(() => this.turn(target.credential, false)),
          }
        : {}),
    }
    const identity = {
      // As at systems that forget how an account signed in: what brings it back is only in the answer.
      disable: async ({ keep }: Keeping) => {
        if (!this.isOn) return { did: 'already' as const, evidence: 'off' }
        const former = new Secret('how it signed in')
        await keep?.(former)
        return change(() => ({ ...this.turnAll(false), former }))
      },
      enable: ({ former }: { former?: Secret }) =>
        change(() => {
          if (!this.isOn && former === undefined) throw new LiveError('conflict', 'how it signed in was not kept')
          return this.turnAll(true)
        }),
    }
    const source = this
    return {
      hands: { password, identity } as unknown as LiveConnection['hands'],
      self: () => [],
      close: () => {},
      describeRights: async () => ({ account: '', product: '', statements: [] }),
      discover: async function* () {
        const records = await source.call(() => source.records(), false)
        yield { kind: 'page', records, rights: [], refused: [], unresolved: [], skipped: [], next: null }
        yield { kind: 'end', isComplete: true, skipped: [], resumeAt: null }
      },
    }
  }

  records() {
    const identity = {
      type: 'identity' as const,
      externalId: 'a',
      kind: 'service_account' as const,
      name: 'a',
      status: this.isOn ? ('active' as const) : ('disabled' as const),
    }
    const credentials = [...this.secrets].map(
      ([externalId, { off }]): CredentialRecord => ({
        ...{
          type: 'credential',
          externalId,
          credentialType: 'password',
          name: externalId,
          status: off ? 'disabled' : 'active',
        },
        ...{ subject: { type: 'identity', externalId: 'a' }, createdAt: new Date(this.now()).toISOString() },
      }),
    )
    return [identity, ...credentials]
  }

  turn(id: string | undefined, off: boolean) {
    const held = this.secrets.get(id ?? '')
    if (!held) throw new LiveError('not_found', 'gone')
    const did = held.off === off ? ('already' as const) : ('done' as const)
    held.off = off
    return { did, evidence: 'turned' }
  }

  turnAll(isOn: boolean) {
    const did = this.isOn === isOn ? ('already' as const) : ('done' as const)
    this.isOn = isOn
    return { did, evidence: 'turned' }
  }
}
