import type { Metadata } from 'next'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { refusalOf } from '@/components/users/refusal-words'
import { ThresholdHeading } from '@/components/users/threshold'

export const metadata: Metadata = { title: 'Not signed in' }

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function RefusedPage({ searchParams }: Props) {
  const { reason } = await searchParams
  const { title, text, mend } = refusalOf(reason)
  return (
    <>
      <ThresholdHeading title={title}>
        <p>{text}</p>
      </ThresholdHeading>
      <p className="mb-5 border-l-2 border-accent-line pl-3 text-sm">{mend}</p>
      <div>
        <Button asChild variant="primary" size="lg">
          <Link href="/sign-in">Back to sign-in</Link>
        </Button>
      </div>
    </>
  )
}
