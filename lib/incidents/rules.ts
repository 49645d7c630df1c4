import { type Severity, severities } from './values'

/** Where something is: its system and its environment, as far as anybody says. */
export interface Place {
  sourceId: string | null
  environment: string | null
}

/** An open incident as those need it who ask whether it reaches something. */
export interface OpenScope {
  id: string
  title: string
  severity: Severity
  sourceIds: readonly string[]
  environments: readonly string[]
}

/**
 * Whether an incident reaches a place. Without systems it is about every system, without environments about every environment; with
 * both a place must fit both. An environment that nobody has told of is not taken for another one.
 */
export function reaches(
  { sourceIds, environments }: Pick<OpenScope, 'sourceIds' | 'environments'>,
  { sourceId, environment }: Place,
): boolean {
  const isSystem = sourceIds.length === 0 || (sourceId !== null && sourceIds.includes(sourceId))
  return isSystem && (environments.length === 0 || environment === null || environments.includes(environment))
}

/** The worst of the open incidents that reach any of these places; undefined where none does. */
export function worstAt<Scope extends OpenScope>(open: readonly Scope[], places: readonly Place[]): Scope | undefined {
  return open
    .filter((each) => places.some((place) => reaches(each, place)))
    .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || a.id.localeCompare(b.id))[0]
}

export const severityAt = (open: readonly OpenScope[], places: readonly Place[]): Severity | 'none' =>
  worstAt(open, places)?.severity ?? 'none'

interface IncidentFacts {
  id: string
  title: string
  severity: string
  state: string
  commanderId: string
}

/** What policies read of an incident. */
export const incidentTarget = ({ id, title, severity, state, commanderId }: IncidentFacts) => ({
  kind: 'incident' as const,
  id,
  label: `incident ${title}`.slice(0, 200),
  attr: { severity, state, commanderId },
})

/** Any incident, for what is asked before there is one. */
export const anyIncident = { kind: 'incident' as const, id: 'new', label: 'incidents', attr: { commanderId: '' } }
