import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignOutButton } from '@/components/users/sign-out-button'
import { ThresholdHeading } from '@/components/users/threshold'
import { requireSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'No organization' }

export default async function NoOrganizationPage() {
  const { active, email, organizations } = await requireSession()
  if (active) redirect('/')
  const names = organizations.map(({ name }) => name).join(', ')
  return (
    <>
      <ThresholdHeading title={names ? 'Single sign-on is needed' : 'You belong to no organization'}>
        <p>
          You are signed in as <span className="font-medium text-ink">{email}</span>
          {names
            ? `, with a password. ${names} admits people by single sign-on only.`
            : ', but no organization here has you as an active member.'}
        </p>
      </ThresholdHeading>
      <p className="mb-5 border-l-2 border-accent-line pl-3 text-sm">
        {names
          ? 'Sign out and choose single sign-on.'
          : 'If you were invited, open the link of the invitation. Otherwise ask an administrator to invite this address.'}
      </p>
      <div>
        <SignOutButton size="lg" />
      </div>
    </>
  )
}
