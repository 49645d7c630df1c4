import type { CredentialType } from '../contract'
import { wordTable } from '../word-table'

/** An attribute of such a name holds a secret, whatever the provider. */
const secretName =
  /(?:^|[_.-])(?:passwords?|passwd|passphrase|secrets?|secret_?(?:key|string|binary|data|value)|private_?key(?:_pem|_pem_pkcs8|_openssh|_base64)?|tokens?|api_?key|app_key|access_?key|connection_string|key_string|plaintext_value|credentials?|client_key|(?:primary|secondary)_(?:shared_)?key|account_key|sas_url_query_string|kube_(?:admin_)?config_raw|bcrypt_hash|password_hash|webhook_url|license_key)(?:_v\d|_wo|_json|_plaintext)?$/i

/** Attributes that hold a secret in resources of one type although their name does not say so; `*` = every value of the map. */
const secretAttributes: Record<string, string[]> = wordTable({
  random_password: ['result', 'bcrypt_hash'],
  tls_private_key: ['private_key_pem', 'private_key_pem_pkcs8', 'private_key_openssh'],
  kubernetes_secret: ['data', 'binary_data'],
  kubernetes_secret_v1: ['data', 'binary_data'],
  azurerm_key_vault_secret: ['value'],
  azuread_application_password: ['value'],
  azuread_service_principal_password: ['value'],
  google_service_account_key: ['private_key'],
  vault_generic_secret: ['data_json', 'data'],
  vault_kv_secret_v2: ['data_json', 'data'],
  vault_kv_secret: ['data_json', 'data'],
  aws_api_gateway_api_key: ['value'],
  datadog_api_key: ['key'],
  datadog_application_key: ['key'],
  gitlab_project_variable: ['value'],
  gitlab_group_variable: ['value'],
  grafana_api_key: ['key'],
  grafana_service_account_token: ['key'],
  cloudflare_api_token: ['value'],
  digitalocean_spaces_key: ['secret_key'],
  heroku_app: ['sensitive_config_vars'],
})

/** Names that end like a secret's and hold none: ids, names, settings, or what is encrypted for somebody. */
const harmless =
  /(?:^|_)(?:encrypted|manage|enable|disable|require|use|allow|public)_|(?:_(?:id|ids|arn|name|names|version|versions|url|uri|enabled|required|expiry|ttl|length|status|type|reset_required|hash_key)$)|^(?:continuation|next)_token$/i

export function isSecretName(name: string): boolean {
  return secretName.test(snake(name)) && !harmless.test(snake(name))
}

function snake(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
}

/** Whether an attribute of a resource of that type is a secret. `attributes` tells what its value is meant for. */
export function isSecretAttribute(type: string, name: string, attributes: Record<string, unknown>): boolean {
  if (type === 'aws_ssm_parameter') return attributes.type === 'SecureString' && /^value(?:_wo)?$/.test(name)
  if (Object.hasOwn(secretAttributes, type) && secretAttributes[type]?.includes(name)) return true
  return isSecretName(name)
}

/** What kind of credential a secret of that name is; `undefined` where the name does not say. */
export function credentialTypeOf(type: string, name: string): CredentialType | undefined {
  if (type === 'tls_private_key') return 'signing_key'
  if (type === 'random_password' || /pass(?:word|wd|phrase)/i.test(name)) return 'password'
  if (type === 'aws_iam_access_key' || /api_?key|access_?key|(?:^|_)key_string$/i.test(name)) return 'api_key'
  if (/private_?key|client_key/i.test(name)) return 'signing_key'
  if (/client_secret/i.test(name)) return 'client_secret'
  return /token/i.test(name) ? 'access_token' : undefined
}
