interface Refusal {
  title: string
  text: string
  mend: string
}

const refusals: Record<string, Refusal> = {
  unknown: {
    title: 'You have no access here yet',
    text: 'The identity provider knows you, but nobody has invited your address to an organization of this installation.',
    mend: 'Ask an administrator to invite the address that you sign in with, then open the link that they send you.',
  },
  disabled: {
    title: 'Your account is disabled',
    text: 'The identity provider knows you, but an administrator has disabled your account in this installation.',
    mend: 'Ask an administrator to enable it again.',
  },
  unverified: {
    title: 'Your address is not verified',
    text: 'The identity provider did not confirm that the e-mail address is yours, so it cannot be matched with an account here.',
    mend: 'Confirm the address at the identity provider, or ask whoever runs it to release the claims email and email_verified.',
  },
  issuer: {
    title: 'The answer came from another issuer',
    text: 'The identity provider that answered is not the one that this installation is configured for. Nobody was signed in.',
    mend: 'Whoever runs this installation should compare OIDC_ISSUER with the issuer in the provider’s discovery document.',
  },
}

/** What the page of a refused single sign-on says; anything unknown is told as a failure on our side. */
export function refusalOf(reason: unknown): Refusal {
  const known = typeof reason === 'string' && Object.hasOwn(refusals, reason) ? refusals[reason] : undefined
  return (
    known ?? {
      title: 'You could not be signed in',
      text: 'Something that signing in needs does not answer. Nothing was changed, and nobody was signed in.',
      mend: 'Try again in a minute. If it goes on, tell whoever runs this installation; the reason is in the server’s log.',
    }
  )
}
