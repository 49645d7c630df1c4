'use client'

import { ShieldCheck } from 'lucide-react'
import type { RefObject } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { beginSingleSignOn } from '@/components/users/sign-in-request'
import type { SessionConfirmation } from '@/lib/users/schema'

interface ProofFieldProps {
  box: RefObject<HTMLInputElement | null>
  confirmation: SessionConfirmation
  onChange: (isGiven: boolean) => void
  error: string | undefined
}

/** That it is still the person who signed in: their password, held by the box alone; or, who has none, a sign-in a moment ago. */
export function ProofField({ box, confirmation: { way, isFresh }, onChange, error }: ProofFieldProps) {
  if (way === 'password')
    return (
      <Field label="Your password, once more" isRequired error={error} hint="It shows that it is you at this screen.">
        <Input
          ref={box}
          type="password"
          autoComplete="current-password"
          className="max-w-96"
          onChange={({ target }) => onChange(target.value !== '')}
        />
      </Field>
    )
  return (
    <div className="flex flex-col items-start gap-2 text-sm">
      {isFresh ? (
        <p className="flex items-center gap-2">
          <ShieldCheck className="size-4 shrink-0 text-good-ink" aria-hidden />
          You signed in a moment ago: that shows that it is you.
        </p>
      ) : (
        <>
          <p>You come in by single sign-on. Sign in once more to show that it is you; it leads back here.</p>
          <Button onClick={() => void beginSingleSignOn('/break-glass/new').then((to) => window.location.assign(to))}>
            Sign in once more
          </Button>
        </>
      )}
    </div>
  )
}
