import { awsProvider } from './aws'
import { azureProvider } from './azure'
import { gcpProvider } from './gcp'
import { githubProvider } from './github'
import { kubernetesProvider } from './kubernetes'
import type { Provider, Scene } from './scene'

export interface Providers {
  /** The provider that knows resources of a type, if one does. */
  of: (type: string) => Provider | undefined
  /** Types that are mapped before all others, in their order. */
  first: readonly string[]
}

export function providersOf(scene: Scene): Providers {
  const aws = awsProvider(scene)
  const providers: { prefix: RegExp; provider: Provider }[] = [
    { prefix: /^aws_/, provider: aws },
    { prefix: /^google_/, provider: gcpProvider(scene) },
    { prefix: /^azure(?:rm|ad)_/, provider: azureProvider(scene) },
    { prefix: /^github_/, provider: githubProvider(scene) },
    { prefix: /^kubernetes_/, provider: kubernetesProvider(scene) },
  ]
  return { of: (type) => providers.find(({ prefix }) => prefix.test(type))?.provider, first: aws.order }
}
