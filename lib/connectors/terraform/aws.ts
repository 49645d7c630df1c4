import type { NodeRef } from '../contract'
import { wordTable } from '../word-table'
import {
  mapAccessKey,
  mapLoginProfile,
  mapServiceCredential,
  mapSigningCertificate,
  mapSshKey,
} from './aws-credentials'
import { AwsIndex, type AwsKind } from './aws-index'
import {
  type AwsResource,
  attach,
  embed,
  mapGroup,
  mapPolicy,
  mapRole,
  mapUser,
  reasonForPerson,
} from './aws-principals'
import {
  isPolicyOfResource,
  isWorkload,
  mapPodIdentity,
  mapResourcePolicy,
  mapStore,
  mapWorkload,
} from './aws-resources'
import { list, text, textOf, texts } from './fields'
import type { Provider, Scene } from './scene'

type Made = { about?: NodeRef }

/** `aws_iam_user_policy_attachment` and its like: one policy, one holder. */
const attachment =
  (kind: AwsKind) =>
  (scene: AwsResource): Made => {
    const { resource, index, account, graph } = scene
    const holder = text(resource.attributes[kind])
    const policy = textOf(resource.attributes, 'policy_arn')
    if (holder === undefined || policy === undefined)
      graph.refuse(resource.at, `The attachment names no ${holder === undefined ? kind : 'policy'}`)
    else attach(scene, index.ref(kind, holder, account), policy)
    return {}
  }

/** `aws_iam_policy_attachment`: one policy, many holders. */
function policyAttachment(scene: AwsResource): Made {
  const { resource, index, account, graph } = scene
  const policy = textOf(resource.attributes, 'policy_arn')
  if (policy === undefined) {
    graph.refuse(resource.at, 'The attachment names no policy')
    return {}
  }
  for (const kind of ['user', 'role', 'group'] as const)
    for (const holder of texts(resource.attributes[`${kind}s`])) attach(scene, index.ref(kind, holder, account), policy)
  return {}
}

/** `aws_iam_role_policy_attachments_exclusive`: one holder, all its policies. */
const allAttachments =
  (kind: AwsKind) =>
  (scene: AwsResource): Made => {
    const { resource, index, account } = scene
    const holder = textOf(resource.attributes, `${kind}_name`)
    if (holder === undefined) return {}
    for (const policy of texts(resource.attributes.policy_arns)) attach(scene, index.ref(kind, holder, account), policy)
    return {}
  }

/** `aws_iam_user_policy` and its like: an inline policy. */
const inline =
  (kind: AwsKind) =>
  (scene: AwsResource): Made => {
    const { resource, index, account, graph } = scene
    const { attributes, at } = resource
    const id = textOf(attributes, 'id')
    const holder = textOf(attributes, kind) ?? id?.split(':')[0]
    const name = textOf(attributes, 'name') ?? id?.split(':')[1]
    if (holder === undefined || name === undefined)
      graph.refuse(at, `The policy names no ${holder === undefined ? kind : 'name'}`)
    else embed(scene, index.ref(kind, holder, account), name, attributes.policy)
    return {}
  }

/** `aws_iam_group_membership` (a group, its users) and `aws_iam_user_group_membership` (a user, its groups). */
function membership(scene: AwsResource): Made {
  const { resource, index, account, graph } = scene
  const { attributes, at } = resource
  const users = [...texts(attributes.users), ...texts(attributes.user)]
  const groups = [...texts(attributes.groups), ...texts(attributes.group)]
  for (const user of users)
    for (const group of groups) {
      const from = index.ref('user', user, account)
      const notEvaluable = index.boundaryNote(from.externalId)
      graph.edge({ kind: 'member_of', from, to: index.ref('group', group, account), notEvaluable, at })
    }
  return {}
}

function identityProvider({ resource, graph }: AwsResource): Made {
  const { attributes, type } = resource
  const arn = textOf(attributes, 'arn', 'id')
  if (arn === undefined) return {}
  const name = textOf(attributes, 'url', 'name') ?? arn
  const clients = texts(attributes.client_id_list)
  graph.add({
    type: 'resource',
    externalId: arn,
    kind: 'identity_provider',
    name,
    attributes: {
      protocol: type.includes('saml') ? 'SAML' : 'OpenID Connect',
      ...(clients.length === 0 ? {} : { audiences: clients }),
    },
  })
  return {}
}

const mappers: Record<string, (scene: AwsResource) => Made> = wordTable({
  aws_iam_user: mapUser,
  aws_iam_role: mapRole,
  aws_iam_service_linked_role: mapRole,
  aws_iam_group: mapGroup,
  aws_iam_policy: mapPolicy,
  aws_iam_access_key: mapAccessKey,
  aws_iam_user_login_profile: mapLoginProfile,
  aws_iam_user_ssh_key: mapSshKey,
  aws_iam_service_specific_credential: mapServiceCredential,
  aws_iam_signing_certificate: mapSigningCertificate,
  aws_iam_user_policy_attachment: attachment('user'),
  aws_iam_role_policy_attachment: attachment('role'),
  aws_iam_group_policy_attachment: attachment('group'),
  aws_iam_policy_attachment: policyAttachment,
  aws_iam_user_policy_attachments_exclusive: allAttachments('user'),
  aws_iam_role_policy_attachments_exclusive: allAttachments('role'),
  aws_iam_group_policy_attachments_exclusive: allAttachments('group'),
  aws_iam_user_policy: inline('user'),
  aws_iam_role_policy: inline('role'),
  aws_iam_group_policy: inline('group'),
  aws_iam_group_membership: membership,
  aws_iam_user_group_membership: membership,
  aws_iam_openid_connect_provider: identityProvider,
  aws_iam_saml_provider: identityProvider,
  aws_secretsmanager_secret: mapStore,
  aws_secretsmanager_secret_version: mapStore,
  aws_ssm_parameter: (scene) => (scene.resource.attributes.type === 'SecureString' ? mapStore(scene) : {}),
  aws_eks_pod_identity_association: mapPodIdentity,
})

/** Principals first, so that what holds and joins them finds them. */
const order = ['aws_iam_user', 'aws_iam_group', 'aws_iam_policy', 'aws_iam_role']

export function awsProvider(scene: Scene): Provider & { order: readonly string[] } {
  const index = new AwsIndex(scene)
  const signIns = new Set(
    scene.resources.flatMap(({ type, attributes }) =>
      type === 'aws_iam_user_login_profile'
        ? list([textOf(attributes, 'user')]).map((name) => String(name).toLowerCase())
        : [],
    ),
  )
  for (const resource of scene.resources) {
    const arn = resource.type === 'aws_iam_user' ? textOf(resource.attributes, 'arn') : undefined
    const name = textOf(resource.attributes, 'name', 'id')
    if (arn !== undefined && name !== undefined && reasonForPerson(resource, name, signIns) !== undefined)
      index.setType(arn, 'human')
  }
  return {
    order,
    graphOf: (resource) => index.graphOf(resource),
    map(resource) {
      const { type } = resource
      const isKnown = Object.hasOwn(mappers, type)
      if (!isKnown && !isPolicyOfResource(type) && !isWorkload(type)) return undefined
      const mapped: AwsResource = {
        resource,
        index,
        graph: index.graphOf(resource),
        account: index.accountOf(resource),
        signIns,
      }
      if (isKnown) return mappers[type]?.(mapped)
      return isWorkload(type) ? mapWorkload(mapped) : mapResourcePolicy(mapped)
    },
  }
}
