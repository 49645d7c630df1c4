import type { MapContext, MapResult, ParsedFile } from '../contract'
import { isFields } from './fields'
import { providersOf } from './providers'
import { noteOutputs, noteSecrets } from './secrets'
import { type Graph, Sink } from './sink'
import { kindOf, type ReadState, readState, type StateResource } from './state'
import { StateSurvey } from './survey'

/** A state, or several in a list. */
function statesOf(file: ParsedFile): { value: Record<string, unknown>; at: string }[] {
  if (file.kind !== 'json') return []
  const values = Array.isArray(file.value)
    ? file.value.map((value, no) => ({ value, at: `$[${no}]` }))
    : [{ value: file.value, at: '$' }]
  return values.flatMap(({ value, at }) => (isFields(value) && kindOf(value) !== undefined ? [{ value, at }] : []))
}

export function acceptsState(file: ParsedFile): boolean {
  return statesOf(file).length > 0
}

/** Everything that a state says of identities, one result for each system and account that it speaks of. */
export function mapState(file: ParsedFile, context: MapContext): MapResult[] {
  const sink = new Sink()
  for (const { value, at } of statesOf(file)) {
    const kind = kindOf(value)
    const lineage = typeof value.lineage === 'string' ? value.lineage : ''
    const own = () =>
      sink.of(
        'terraform',
        lineage === '' ? (context.instance ?? 'state') : lineage,
        `Terraform state ${lineage}`.trim(),
      )
    const refusal = refusalOf(value, kind)
    if (refusal !== undefined) own().refuse(at, refusal)
    else mapOne(readState(value, at), at, lineage, own, sink, context)
  }
  if (sink.isEmpty && context.isPiece !== true)
    sink.of('terraform', 'state', 'Terraform state').refuse('$', 'The file holds no state')
  return sink.finish()
}

/** Why a file that is Terraform's is no state to import. */
function refusalOf(value: Record<string, unknown>, kind: ReturnType<typeof kindOf>): string | undefined {
  if (kind === 'encrypted')
    return 'The state is encrypted by OpenTofu. Run "tofu state pull > state.json" where its key is configured and import that file'
  if (kind === 'plan')
    return 'This is a plan, which says what would change. Import the state: "terraform state pull > state.json"'
  if (isFields(value.backend) && !Array.isArray(value.resources)) {
    const held =
      Array.isArray(value.modules) &&
      value.modules.some(
        (module) => isFields(module) && Object.keys(isFields(module.resources) ? module.resources : {}).length > 0,
      )
    if (!held)
      return 'This file only notes where the state is kept. Run "terraform state pull > state.json" and import that file'
  }
  return undefined
}

function mapOne(
  state: ReadState,
  root: string,
  lineage: string,
  own: () => Graph,
  sink: Sink,
  context: MapContext,
): void {
  for (const { at, reason } of state.refused) own().refuse(at, reason)
  const survey = context.survey instanceof StateSurvey ? context.survey : undefined
  const providers = survey?.providers(sink, context) ?? providersOf({ sink, context, resources: state.resources })
  const secrets = { context, lineage }
  const before = sink.size
  const left = survey?.left ?? new Map<string, number>()
  for (const resource of ordered(state.resources, providers.first)) {
    const provider = providers.of(resource.type)
    const made = provider?.map(resource)
    if (made === undefined) left.set(resource.type, (left.get(resource.type) ?? 0) + 1)
    noteSecrets(resource, made?.about, () => provider?.graphOf(resource) ?? own(), secrets)
  }
  for (const outputs of state.outputs) noteOutputs(outputs, own, secrets)
  const hasMade = sink.size > before || state.refused.length > 0
  if (survey === undefined) {
    if (hasMade) noteLeftOut(state, root, left, sink.first)
    else own().refuse(root, nothingIn(state, left))
    return
  }
  survey.hasMade ||= hasMade
  survey.home ??= sink.first
  survey.mapped += state.resources.length
  if (survey.mapped < survey.resources) return
  const whole = { ...state, dataSources: survey.dataSources }
  const { home } = survey
  const graph = home && sink.of(home.system, home.instance, home.instanceName)
  if (survey.hasMade) noteLeftOut(whole, `${root}.resources`, left, graph)
  else own().refuse(`${root}.resources`, nothingIn(whole, left))
}

/** What the state holds besides, counted; it is no fault and keeps nothing from being complete. */
function noteLeftOut(
  { dataSources }: ReadState,
  root: string,
  left: Map<string, number>,
  graph: Graph | undefined,
): void {
  if (dataSources > 0) graph?.unresolved(`data sources (${dataSources})`, root, 'Left out: Terraform only reads them')
  const count = [...left.values()].reduce((sum, n) => sum + n, 0)
  if (count > 0)
    graph?.unresolved(
      `other resources (${count})`,
      root,
      `Left out, as they grant nothing by themselves: ${kindsOf(left)}`,
    )
}

function kindsOf(left: Map<string, number>): string {
  const kinds = [...left].sort(([, a], [, b]) => b - a)
  const shown = kinds.slice(0, 8).map(([type, count]) => `${type.slice(0, 80)} (${count})`)
  return `${shown.join(', ')}${kinds.length > 8 ? ` and ${kinds.length - 8} more kinds` : ''}`
}

/** Users, groups, policies and roles before what joins them. */
function ordered(resources: readonly StateResource[], first: readonly string[]): StateResource[] {
  const rank = ({ type }: StateResource) => (first.includes(type) ? first.indexOf(type) : first.length)
  return resources.toSorted((a, b) => rank(a) - rank(b))
}

function nothingIn({ resources, dataSources }: ReadState, left: Map<string, number>): string {
  const data =
    dataSources === 0
      ? ''
      : ` and ${dataSources} data source${dataSources === 1 ? '' : 's'}, which Terraform only reads`
  if (resources.length === 0) return `The state manages nothing${data === '' ? '' : `: it has 0 resources${data}`}`
  return `The state manages no identity, credential, role or grant; it has ${kindsOf(left)}${data}`
}
