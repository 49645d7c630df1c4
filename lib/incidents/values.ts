/** The words of incidents that screens, policies and the worker share. Without Zod, so that the banner is small. */

export const severities = ['sev1', 'sev2', 'sev3', 'sev4'] as const
export type Severity = (typeof severities)[number]

export const incidentStates = ['open', 'ended'] as const

/** What each severity means to people, and what it does here. */
export const severityFacts: Record<Severity, { label: string; says: string; isNarrowing: boolean }> = {
  sev1: {
    label: 'Severity 1',
    says: 'The worst: people are at work on it now. Programs and grants are narrowed where it reaches.',
    isNarrowing: true,
  },
  sev2: {
    label: 'Severity 2',
    says: 'Serious. Programs and grants are narrowed where it reaches.',
    isNarrowing: true,
  },
  sev3: { label: 'Severity 3', says: 'Limited. Policies see it; nothing is narrowed by ours.', isNarrowing: false },
  sev4: {
    label: 'Severity 4',
    says: 'To be watched. Policies see it; nothing is narrowed by ours.',
    isNarrowing: false,
  },
}
