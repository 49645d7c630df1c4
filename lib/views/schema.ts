/** The lists of which views are kept. */
export const viewedLists = ['identities', 'credentials'] as const
export type ViewedList = (typeof viewedLists)[number]
