'use client'

import { useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import Link from 'next/link'
import { useCallback, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { OneTimeSecret } from '@/components/ui/one-time-secret'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { revealSecret } from '@/lib/lifecycle/actions'
import { secretLinkQuery } from '@/lib/lifecycle/queries'
import type { RevealedSecret, SecretLink } from '@/lib/lifecycle/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { countdownWords } from './run-words'
import { useLifecycleChange } from './use-lifecycle-change'
import { useServerNow } from './use-server-now'

interface RevealScreenProps {
  orgId: string
  id: string
  first: ActionResult<SecretLink>
}

/** A new secret, for the one person whom its link names. Opening the page does not use it up. */
export function RevealScreen({ orgId, id, first }: RevealScreenProps) {
  const { data, error, refetch } = useQuery({
    ...secretLinkQuery(orgId, id),
    initialData: first.ok ? first.data : undefined,
  })
  if (!data)
    return <Refusal what="link" error={error ?? (first.ok ? null : first.error)} onRetry={() => void refetch()} />
  return (
    <>
      <PageHeader
        title={`The new secret of ${data.identity}`}
        eyebrow={
          <>
            <Link href={`/runs/${data.runId}`} className="hover:underline">
              Its rotation
            </Link>
            <span aria-hidden>·</span>
            <SystemTag system={data.system} />
          </>
        }
      >
        It is for you alone, and can be shown once.
      </PageHeader>
      <div className="flex max-w-160 flex-col gap-4 px-4 py-5 md:px-6">
        <Secret orgId={orgId} link={data} />
      </div>
    </>
  )
}

const goneWords: Record<Exclude<SecretLink['state'], 'open'>, { title: string; says: string }> = {
  opened: {
    title: 'You have taken it',
    says: 'It cannot be shown again. If it is lost, or you did not take it yourself, rotate once more.',
  },
  expired: {
    title: 'The link has ended',
    says: 'Nobody opened it in time. The page of the rotation says what happens now.',
  },
  withdrawn: { title: 'The link was withdrawn', says: 'The page of the rotation says why.' },
}

/** Seconds for which a secret stays on screen. */
const shownSeconds = 120

/** Shown at the press of a button, and gone when the page is left. It stands in no address and in no storage of the browser. */
function Secret({ orgId, link }: { orgId: string; link: SecretLink }) {
  const [shown, setShown] = useState<RevealedSecret>()
  const { run, isPending, error } = useLifecycleChange(orgId, revealSecret, setShown)
  const now = useServerNow(link.asOf, link.state === 'open')
  const end = useCallback(() => setShown(undefined), [])
  if (shown)
    return (
      <Shown secret={shown.secret} account={shown.identity === link.identity ? null : shown.identity} onEnd={end} />
    )
  if (link.state !== 'open') {
    const { title, says } = goneWords[link.state]
    return (
      <Alert
        tone={link.state === 'opened' ? 'good' : 'warning'}
        title={title}
        isLive
        actions={
          <Button asChild>
            <Link href={`/runs/${link.runId}`}>See how it goes on</Link>
          </Button>
        }
      >
        {says}
      </Alert>
    )
  }
  return (
    <>
      {error ? (
        <Alert tone="danger" title="It cannot be shown" isLive>
          {error.message}
        </Alert>
      ) : null}
      <p className="text-sm">
        Be ready to put it where it belongs: the secret store of what uses it. The link is good for{' '}
        <span className="tabular font-medium">{countdownWords(Date.parse(link.expiresAt) - now)}</span>.
      </p>
      <div>
        <Button
          variant="primary"
          size="lg"
          icon={<KeyRound aria-hidden />}
          isPending={isPending}
          onClick={() => void run({ id: link.id })}
        >
          Show it now
        </Button>
      </div>
      <p className="text-sm text-ink-muted">
        Opening this page does not use it up; only the button does. That you took it is written down, the secret is not.
      </p>
    </>
  )
}

/** @param account the name that goes with it, where that changes too */
function Shown({ secret, account, onEnd }: { secret: string; account: string | null; onEnd: () => void }) {
  const [left, setLeft] = useState(shownSeconds)
  useEffect(() => {
    if (left <= 0) return onEnd()
    const timer = setTimeout(() => setLeft(left - 1), 1000)
    return () => clearTimeout(timer)
  }, [left, onEnd])
  useEffect(() => {
    // A page that the browser keeps for the way back must not keep it.
    const leave = () => flushSync(onEnd)
    window.addEventListener('pagehide', leave)
    return () => window.removeEventListener('pagehide', leave)
  }, [onEnd])
  return (
    <>
      {account ? (
        <Alert tone="notice" title="The name changes too">
          This is the secret of <span className="font-mono font-medium">{account}</span>. Put name and secret in place
          together: the other account is switched off when its time is over.
        </Alert>
      ) : null}
      <OneTimeSecret label="secret" value={secret}>
        It was tried before you got it, and it works. It leaves this page in <span className="tabular">{left} s</span>,
        or when you go.
      </OneTimeSecret>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={onEnd}>
          I have it, take it off the screen
        </Button>
        <Button onClick={() => setLeft(shownSeconds)}>Leave it for another {shownSeconds / 60} minutes</Button>
      </div>
    </>
  )
}
