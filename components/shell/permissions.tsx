'use client'

import { createContext, use } from 'react'

/** What the person may do, as `kind:action`: for what is offered. Whether it is allowed is decided anew where it is done. */
export const PermissionsContext = createContext<Record<string, boolean>>({})

/** Whether something is offered to the person. */
export function useMay(permission: string): boolean {
  return use(PermissionsContext)[permission] === true
}
