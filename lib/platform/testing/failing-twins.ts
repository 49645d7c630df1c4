import type { LiveConnection } from '../../connectors/live-connector'
import { LiveError } from '../../connectors/live-error'
import { Secret } from '../../connectors/secret'
import { FailingSource, type Fault } from './failing-source'

interface Account {
  value: string
  isOn: boolean
  /** We switched it off, and it forgot how it signed in. */
  isForgotten: boolean
}

interface Order {
  target: { identity: string }
  keep?: (former: Secret) => Promise<void>
  former?: Secret
  secret?: Secret
}

/** A source with two accounts of one secret each, of which the second is off. Calls fail before or after they acted, as told. */
export class FailingTwins {
  readonly accounts = new Map<string, Account>([
    ['a', { value: 'old', isOn: true, isForgotten: false }],
    ['b', { value: 'of another time', isOn: false, isForgotten: false }],
  ])
  /** How often a secret was set, or an account switched on. */
  sets = 0
  readonly #line: FailingSource
  constructor(faults: Fault[]) {
    this.#line = new FailingSource(true, false, faults, () => 0)
  }

  get isOn(): boolean {
    return [...this.accounts.values()].some(({ isOn }) => isOn)
  }

  opens(value: string): boolean {
    return [...this.accounts.values()].some((account) => account.value === value && account.isOn)
  }

  private at({ target }: Order): Account {
    const account = this.accounts.get(target.identity)
    if (!account) throw new LiveError('not_found', 'there is no such account')
    return account
  }

  connection(): LiveConnection {
    const change = <T>(act: () => T) => this.#line.call(act, true)
    const password = {
      issue: async (order: Order) => {
        const account = this.at(order)
        const former = new Secret(account.value)
        await order.keep?.(former)
        return change(() => {
          this.sets += 1
          account.value = order.secret?.reveal() ?? ''
          return { credential: `${order.target.identity}#password`, secret: order.secret, replacesFormer: true, former }
        })
      },
      verify: (order: Order) =>
        this.#line.call(() => {
          const { value, isOn } = this.at(order)
          const isIn = isOn && value === order.secret?.reveal()
          return { answer: isIn ? ('accepted' as const) : ('refused' as const), reason: 'tried' }
        }, false),
    }
    const identity = {
      disable: async (order: Order) => {
        const account = this.at(order)
        if (!account.isOn) return { did: 'already' as const, evidence: 'off' }
        const former = new Secret('how it signed in')
        await order.keep?.(former)
        return change(() => {
          Object.assign(account, { isOn: false, isForgotten: true })
          return { did: 'done' as const, evidence: 'turned', former }
        })
      },
      enable: (order: Order) =>
        change(() => {
          const account = this.at(order)
          if (account.isOn) return { did: 'already' as const, evidence: 'on' }
          if (account.isForgotten && order.former === undefined)
            throw new LiveError('conflict', 'how it signed in was not kept')
          this.sets += 1
          Object.assign(account, { isOn: true, isForgotten: false })
          return { did: 'done' as const, evidence: 'turned' }
        }),
    }
    const source = this
    return {
      hands: { password, identity } as unknown as LiveConnection['hands'],
      self: () => [],
      close: () => {},
      describeRights: async () => ({ account: '', product: '', statements: [] }),
      discover: async function* () {
        const records = await source.#line.call(() => source.records(), false)
        yield { kind: 'page', records, rights: [], refused: [], unresolved: [], skipped: [], next: null }
        yield { kind: 'end', isComplete: true, skipped: [], resumeAt: null }
      },
    }
  }

  records() {
    return [...this.accounts].map(([name, { isOn }]) => ({
      ...{ type: 'identity' as const, externalId: name, kind: 'service_account' as const, name },
      status: isOn ? ('active' as const) : ('disabled' as const),
    }))
  }
}
