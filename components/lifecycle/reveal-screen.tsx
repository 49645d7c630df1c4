'use client'

import { KeyRound } from 'lucide-react'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { OneTimeSecret } from '@/components/ui/one-time-secret'
import { PageHeader } from '@/components/ui/page-header'
import { revealSecret } from '@/lib/lifecycle/actions'
import type { RevealedSecret } from '@/lib/lifecycle/schema'
import { useLifecycleChange } from './use-lifecycle-change'

interface RevealScreenProps {
  orgId: string
  id: string
}

/** Seconds for which a secret stays on screen. */
const shownSeconds = 120

/**
 * A new secret, for the one person whom its link names: shown at the press of a button, once, and gone when the page is left or
 * hidden for good. It stands in no address and in no storage of the browser.
 */
export function RevealScreen({ orgId, id }: RevealScreenProps) {
  const [shown, setShown] = useState<RevealedSecret>()
  const [runId, setRunId] = useState<string>()
  const [left, setLeft] = useState(shownSeconds)
  const { run, isPending, error } = useLifecycleChange(orgId, revealSecret, (secret) => {
    setShown(secret)
    setRunId(secret.runId)
    setLeft(shownSeconds)
  })
  const isShown = shown !== undefined
  useEffect(() => {
    if (!isShown) return
    const clear = () => setShown(undefined)
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1000)
    // A page that is kept for the way back must not keep it.
    window.addEventListener('pagehide', clear)
    return () => {
      clearInterval(timer)
      window.removeEventListener('pagehide', clear)
    }
  }, [isShown])
  useEffect(() => {
    if (left <= 0) setShown(undefined)
  }, [left])
  return (
    <>
      <PageHeader title={shown ? `The new secret of ${shown.identity}` : 'A new secret for you'}>
        It can be shown once, to you alone. Be ready to put it where it belongs.
      </PageHeader>
      <div className="flex max-w-160 flex-col gap-4 px-4 py-5 md:px-6">
        {shown ? (
          <>
            <OneTimeSecret label="secret" value={shown.secret}>
              Put it into the secret store of what uses it. It was tried before you got it, and it works. It leaves this
              page in <span className="tabular">{left} s</span>, or when you go.
            </OneTimeSecret>
            <div className="flex flex-wrap gap-2">
              <Button variant="primary" onClick={() => setShown(undefined)}>
                I have it, take it off the screen
              </Button>
              <Button onClick={() => setLeft(shownSeconds)}>Leave it for another {shownSeconds / 60} minutes</Button>
            </div>
          </>
        ) : runId ? (
          <Alert
            tone="good"
            title="You have taken it"
            isLive
            actions={
              <Button asChild>
                <Link href={`/runs/${runId}`}>See how it goes on</Link>
              </Button>
            }
          >
            It is off this page and cannot be shown again. If it is lost, rotate once more.
          </Alert>
        ) : (
          <>
            {error ? (
              <Alert tone="danger" title="It cannot be shown" isLive>
                {error.message}
              </Alert>
            ) : null}
            <div>
              <Button
                variant="primary"
                size="lg"
                icon={<KeyRound aria-hidden />}
                isPending={isPending}
                onClick={() => void run({ id })}
              >
                Show it now
              </Button>
            </div>
            <p className="text-sm text-ink-muted">
              Opening this page alone does not use it up. That you looked is written down; the secret is not.
            </p>
          </>
        )}
      </div>
    </>
  )
}
