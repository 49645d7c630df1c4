/** What `principalType` says. */
export const principalTypes = { identity: 0, human: 1, role: 2, holding: 3 } as const
