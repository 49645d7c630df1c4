import { Section } from '@/components/ui/page-header'
import type { IdentityDetail } from '@/lib/identities/schema'
import { CredentialLines } from './credential-lines'
import { IdentityExclusions } from './identity-exclusions'
import { IdentityFacts, RawFacts } from './identity-facts'
import { IdentityTags } from './identity-tags'
import { OwnerList } from './owner-list'
import { ToldBy } from './told-by'

/** Owners and credentials first, then every fact with the moment at which its source was last heard. */
export function IdentitySummary({ orgId, identity }: { orgId: string; identity: IdentityDetail }) {
  const { credentials, policy, asOf, attributes } = identity
  return (
    <div className="grid grid-cols-1 lg:grid-cols-2">
      <div>
        <Section title="Owners">
          <OwnerList orgId={orgId} identity={identity} />
        </Section>
        <Section title="Credentials" detail={`rotated every ${policy.rotateAfterDays} days by rule`}>
          <CredentialLines credentials={credentials} policy={policy} asOf={asOf} />
        </Section>
        <Section title="Tags">
          <IdentityTags identity={identity} />
        </Section>
        <Section title="Exceptions" detail="from the organization’s rules">
          <IdentityExclusions identity={identity} />
        </Section>
      </div>
      <div className="max-lg:border-t lg:border-l">
        <Section title="Facts">
          <IdentityFacts identity={identity} />
        </Section>
        <Section title="From the source" detail={<ToldBy identity={identity} />}>
          <RawFacts facts={attributes} empty="The source says nothing more of it." />
        </Section>
      </div>
    </div>
  )
}
