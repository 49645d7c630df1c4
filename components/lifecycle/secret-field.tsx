'use client'

import type { RefObject } from 'react'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

interface SecretFieldProps {
  box: RefObject<HTMLInputElement | null>
  hint: string
}

/** The secret itself, if somebody has it: with it a login can be tried afterwards. It is held by the box alone. */
export function SecretField({ box, hint }: SecretFieldProps) {
  return (
    <Field label="Its secret, to try it afterwards" hint={hint}>
      <Input
        ref={box}
        type="password"
        isMono
        autoComplete="off"
        spellCheck={false}
        data-1p-ignore
        className="max-w-96"
      />
    </Field>
  )
}
