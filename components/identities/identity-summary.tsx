import { Section } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import type { IdentityDetail } from '@/lib/identities/schema'
import { CredentialLines } from './credential-lines'
import { IdentityFacts, RawFacts } from './identity-facts'
import { OwnerList } from './owner-list'

/** Owners and credentials first, then every fact with the moment at which its source was last heard. */
export function IdentitySummary({ orgId, identity }: { orgId: string; identity: IdentityDetail }) {
  const { credentials, policy, asOf, sourceAsOf, tags, attributes } = identity
  return (
    <div className="grid lg:grid-cols-2 lg:divide-x">
      <div>
        <Section title="Owners">
          <OwnerList orgId={orgId} identity={identity} />
        </Section>
        <Section title="Credentials" detail={`rotated every ${policy.rotateAfterDays} days by rule`}>
          <CredentialLines credentials={credentials} policy={policy} asOf={asOf} />
        </Section>
        <Section title="Tags">
          <RawFacts facts={tags} empty="Its source gives it no tags." />
        </Section>
      </div>
      <div className="max-lg:border-t">
        <Section
          title="Facts"
          detail={
            <>
              as of <RelativeTime at={sourceAsOf ?? undefined} />
            </>
          }
        >
          <IdentityFacts identity={identity} />
        </Section>
        <Section title="From the source">
          <RawFacts facts={attributes} empty="The source says nothing more of it." />
        </Section>
      </div>
    </div>
  )
}
