import { createContext, useContext } from 'react'

interface FieldControl {
  id: string
  describedBy: string | undefined
  isInvalid: boolean
  isRequired: boolean
}

export const FieldContext = createContext<FieldControl | undefined>(undefined)

/** The attributes that tie a control to its field's label, hint and error. Every control of this folder spreads them. */
export function useFieldControl(own: { id?: string; 'aria-describedby'?: string; 'aria-invalid'?: unknown } = {}) {
  const field = useContext(FieldContext)
  return {
    id: own.id ?? field?.id,
    'aria-describedby': [own['aria-describedby'], field?.describedBy].filter(Boolean).join(' ') || undefined,
    'aria-invalid': own['aria-invalid'] === undefined ? field?.isInvalid || undefined : Boolean(own['aria-invalid']),
    'aria-required': field?.isRequired || undefined,
  } as const
}
