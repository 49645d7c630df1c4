import type { MapContext, ParsedFile } from '../contract'
import { type Fields, isFields } from './fields'
import { type Providers, providersOf } from './providers'
import type { Scene } from './scene'
import type { Graph, Sink } from './sink'
import { readState, type StateResource } from './state'

/** Resources that others point to, so that something of each must be known throughout. */
const pointedTo =
  /^(?:aws_iam_(?:user|role|service_linked_role|group|policy|user_login_profile|instance_profile)|google_.+_iam_custom_role|google_service_account|azuread_(?:user|group|application|application_registration)|azurerm_(?:role_definition|user_assigned_identity)|github_team|kubernetes_cluster_role(?:_v1)?|kubernetes_manifest)$/

/** Of all others a few of each type tell which account or project a provider's resources are in. */
const keptOfOthers = 1_000

/** Longer texts are documents, which nothing looks up by. */
const longestText = 300

/** What the resources of a large state must know of one another when they come in pieces: ids and names, no documents. */
export class StateSurvey {
  /** How many resources there are, and how many were mapped so far. */
  resources = 0
  mapped = 0
  dataSources = 0
  /** Resources that grant nothing by themselves, by type; counted while pieces are mapped. */
  readonly left = new Map<string, number>()
  hasMade = false
  /** The part that was begun first and holds something. */
  home: Pick<Graph, 'system' | 'instance' | 'instanceName'> | undefined
  readonly #slim: StateResource[] = []
  readonly #others = new Map<string, number>()
  #scene: Scene | undefined
  #providers: Providers | undefined

  take(resources: readonly StateResource[], dataSources: number): void {
    this.resources += resources.length
    this.dataSources += dataSources
    for (const resource of resources) {
      const { type, provider } = resource
      if (!pointedTo.test(type)) {
        const key = `${provider} ${type}`
        const count = (this.#others.get(key) ?? 0) + 1
        this.#others.set(key, count)
        if (count > keptOfOthers) continue
      }
      this.#slim.push({ ...resource, at: '', attributes: slim(resource.attributes), sensitive: nothing })
    }
  }

  /** The providers, knowing the whole state; what they make from now on goes to this sink. */
  providers(sink: Sink, context: MapContext): Providers {
    this.#scene ??= { sink, context, resources: this.#slim }
    this.#scene.sink = sink
    this.#providers ??= providersOf(this.#scene)
    return this.#providers
  }
}

const nothing: ReadonlySet<string> = new Set()

function slim(attributes: Fields): Fields {
  const isKept = ([, value]: [string, unknown]) =>
    value !== null && value !== undefined && (typeof value !== 'string' || value.length <= longestText)
  return Object.fromEntries(Object.entries(attributes).filter(isKept))
}

/** One piece of the state. */
export function takeSurvey(file: ParsedFile, before: unknown): StateSurvey {
  const survey = before instanceof StateSurvey ? before : new StateSurvey()
  if (file.kind !== 'json' || !isFields(file.value)) return survey
  const { resources, dataSources } = readState(file.value, '$')
  survey.take(resources, dataSources)
  return survey
}
