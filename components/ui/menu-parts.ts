import { createContext, type RefObject } from 'react'

export interface MenuState {
  isOpen: boolean
  setOpen: (open: boolean) => void
  /** Opened by a key: the first entry takes the focus. */
  isByKey: boolean
  trigger: RefObject<HTMLButtonElement | null>
  triggerId: string
  surfaceId: string
}

/** What a menu is made of, there as soon as one is open. */
export const MenuPartsContext = createContext<typeof import('radix-ui/internal').Menu | undefined>(undefined)
