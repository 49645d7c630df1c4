import { type Fields, field, isFields, list, path, text } from './fields'

/** All containers of a pod spec, init and ephemeral ones included. */
export function containersOf(spec: Fields): Fields[] {
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((name) =>
    list(field(spec, name)).filter(isFields),
  )
}

/** The Secrets that a pod is given, each way once: `env API_TOKEN`, `all variables`, `volume x`, `image pull`. */
export function secretsOf(spec: Fields): { name: string; how: string }[] {
  const found: { name: string; how: string }[] = []
  const note = (name: unknown, how: string) => {
    const secret = text(name)
    if (secret !== undefined) found.push({ name: secret, how })
  }
  for (const container of containersOf(spec)) {
    for (const variable of list(field(container, 'env'))) {
      note(path(variable, 'valueFrom', 'secretKeyRef', 'name'), `env ${text(field(variable, 'name')) ?? ''}`.trim())
    }
    for (const source of list(field(container, 'envFrom'))) note(path(source, 'secretRef', 'name'), 'all variables')
  }
  for (const volume of list(field(spec, 'volumes'))) {
    const how = `volume ${text(field(volume, 'name')) ?? ''}`.trim()
    note(path(volume, 'secret', 'secretName'), how)
    note(path(volume, 'csi', 'nodePublishSecretRef', 'name'), how)
    for (const source of list(path(volume, 'projected', 'sources'))) note(path(source, 'secret', 'name'), how)
  }
  for (const pull of list(field(spec, 'imagePullSecrets'))) note(field(pull, 'name'), 'image pull')
  return found
}

/** A service account token that a volume projects into the pod; without an audience it is for the API server. */
export interface ProjectedToken {
  volume: string
  path: string
  audience: string | undefined
  seconds: number
}

/** Kubernetes' own lifetime of a projected token, in seconds. */
const usualSeconds = 3600

/** Every projected service account token of a pod. */
export function tokensOf(spec: Fields): ProjectedToken[] {
  return list(field(spec, 'volumes')).flatMap((volume) =>
    list(path(volume, 'projected', 'sources')).flatMap((source) => {
      const token = field(source, 'serviceAccountToken')
      if (!isFields(token)) return []
      const seconds = field(token, 'expirationSeconds')
      return [
        {
          // The volume that Kubernetes adds to a running pod has a random ending.
          volume: (text(field(volume, 'name')) ?? 'volume').replace(/^(kube-api-access)-[a-z0-9]{5}$/, '$1'),
          path: text(field(token, 'path')) ?? 'token',
          audience: text(field(token, 'audience')),
          seconds: typeof seconds === 'number' && seconds > 0 ? seconds : usualSeconds,
        },
      ]
    }),
  )
}

const secretName = /(?:^|_)(?:PASSWORD|PASSWD|TOKEN|SECRET|SECRET_KEY|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CLIENT_SECRET)$/i

/** Variables that by their name hold a secret, and hold it in plain text. Callers fingerprint the value and drop it. */
export function plainSecrets(spec: Fields): { container: string; variable: string; value: string }[] {
  return containersOf(spec).flatMap((container) =>
    list(field(container, 'env')).flatMap((entry) => {
      const variable = text(field(entry, 'name'))
      const value = text(field(entry, 'value'))
      if (variable === undefined || value === undefined || !secretName.test(variable)) return []
      const isReference = value.startsWith('/') || value.includes('$(') || value.includes('://') || value.length < 6
      return isReference ? [] : [{ container: text(field(container, 'name')) ?? '?', variable, value }]
    }),
  )
}
