import type { CredentialRecord, NodeRef } from '../contract'
import type { AwsResource } from './aws-principals'
import { instant, said, text, textOf } from './fields'
import { tracesOf } from './secrets'

type Made = { about?: NodeRef }

function statusOf(written: unknown): CredentialRecord['status'] {
  const status = text(written)?.toLowerCase()
  return status === 'active' ? 'active' : status === 'inactive' || status === 'expired' ? 'disabled' : 'unknown'
}

function subjectOf({ index, account, resource }: AwsResource): NodeRef | undefined {
  const user = textOf(resource.attributes, 'user', 'user_name', 'username')
  return user === undefined ? undefined : index.ref('user', user, account)
}

function addCredential(scene: AwsResource, record: Omit<CredentialRecord, 'type' | 'subject'>): Made {
  const { graph, resource } = scene
  const subject = subjectOf(scene)
  graph.add({ type: 'credential', ...record, ...(subject === undefined ? {} : { subject }) }, resource.at)
  return { about: { type: 'credential', externalId: record.externalId } }
}

/** An access key is named by its id; version 0.12 and older keep the secret in clear text, so does every later one without `pgp_key`. */
export function mapAccessKey(scene: AwsResource): Made {
  const { resource, index, graph } = scene
  const { attributes } = resource
  const id = textOf(attributes, 'id')
  if (id === undefined) {
    graph.refuse(resource.at, 'The access key has no id')
    return {}
  }
  const made = instant(attributes.create_date)
  return addCredential(scene, {
    externalId: id,
    credentialType: 'api_key',
    name: `Access key ${id}`,
    status: attributes.status === undefined ? 'active' : statusOf(attributes.status),
    createdAt: made,
    expiresAt: null,
    rotatedAt: made,
    ...tracesOf(attributes.secret, index.scene.context),
    attributes: said<string | boolean>({
      accessKeyId: id,
      secretInState: typeof attributes.secret === 'string' && attributes.secret !== '' ? true : undefined,
      encryptedFor: textOf(attributes, 'key_fingerprint', 'pgp_key')?.slice(0, 80),
      terraform: resource.address,
    }),
  })
}

export function mapLoginProfile(scene: AwsResource): Made {
  const { resource, index, account } = scene
  const subject = subjectOf(scene)
  const user = textOf(resource.attributes, 'user', 'id') ?? '?'
  const arn = (subject ?? index.ref('user', user, account)).externalId
  return addCredential(scene, {
    externalId: `${arn}#password`,
    credentialType: 'password',
    name: `Console password of ${user}`,
    status: 'active',
    ...tracesOf(resource.attributes.password, index.scene.context),
  })
}

export function mapSshKey(scene: AwsResource): Made {
  const { attributes, address } = scene.resource
  const id = textOf(attributes, 'ssh_public_key_id') ?? textOf(attributes, 'id') ?? address
  return addCredential(scene, {
    externalId: id,
    credentialType: 'ssh_key',
    name: `SSH key ${id}`,
    status: statusOf(attributes.status),
    attributes: said<string>({ keyFingerprint: textOf(attributes, 'fingerprint'), terraform: address }),
  })
}

export function mapServiceCredential(scene: AwsResource): Made {
  const { attributes, address } = scene.resource
  const id = textOf(attributes, 'service_specific_credential_id', 'id') ?? address
  return addCredential(scene, {
    externalId: id,
    credentialType: 'password',
    name: `Credential of ${textOf(attributes, 'service_name') ?? 'a service'}`,
    status: statusOf(attributes.status),
    ...tracesOf(attributes.service_password, scene.index.scene.context),
    attributes: said<string>({ service: textOf(attributes, 'service_name'), terraform: address }),
  })
}

export function mapSigningCertificate(scene: AwsResource): Made {
  const { attributes, address } = scene.resource
  const id = textOf(attributes, 'certificate_id', 'id') ?? address
  return addCredential(scene, {
    externalId: id,
    credentialType: 'certificate',
    name: `Signing certificate ${id}`,
    status: statusOf(attributes.status),
  })
}
