import type { FileConnector, FileSurvey, ParsedFile } from '../contract'
import type { Report } from './hit'
import { type Description, descriptions } from './productions'
import { mapReport } from './sightings'
import { deepfence } from './tools/deepfence'
import { detectSecrets } from './tools/detect-secrets'
import { ggshield } from './tools/ggshield'
import { githubAlerts } from './tools/github-alerts'
import { gitlabReport } from './tools/gitlab-report'
import { gitleaks } from './tools/gitleaks'
import { noseyParker } from './tools/nosey-parker'
import { rustyHog } from './tools/rusty-hog'
import { sarif } from './tools/sarif'
import { talisman } from './tools/talisman'
import { trivy } from './tools/trivy'
import { trufflehog } from './tools/trufflehog'
import { whispers } from './tools/whispers'

interface Tool {
  accepts: (file: ParsedFile) => boolean
  read: (file: ParsedFile) => Report
  /** The lists of a large report; absent where it is no list of hits. */
  pieces?: readonly string[]
  /** As of a connector. */
  acceptsByWhole?: true
}

function connector(description: Description, tool: Tool): FileConnector {
  const { id, title, expects, production } = description
  return {
    id,
    title: `${title} report`,
    expects,
    yields:
      'Where secrets were seen (file and line, commit, when), their kind, whether they still work; never the secrets',
    production,
    coverage: 'file',
    accepts: tool.accepts,
    ...(tool.acceptsByWhole ? { acceptsByWhole: true } : {}),
    map: (file, context) => mapReport({ system: description.system, title }, tool.read(file), context),
    ...(tool.pieces ? { pieces: tool.pieces, survey: repositoriesOf(tool) } : {}),
  }
}

/** A report is named for its repository where it has only one: what a piece of a large report cannot tell. */
const repositoriesOf = (tool: Tool): FileSurvey => ({
  rounds: 1,
  take: (file, before) => {
    const known = before instanceof Set ? before : new Set<unknown>()
    if (known.size > 1) return known
    return new Set([...known, ...tool.read(file).hits.map(({ repository }) => repository)].slice(0, 100_000))
  },
})

/** Reports of secret scanners: each hit becomes a sighting. */
export const connectors: FileConnector[] = [
  connector(descriptions.gitleaks, gitleaks),
  connector(descriptions.trufflehog, trufflehog),
  connector(descriptions.detectSecrets, detectSecrets),
  connector(descriptions.noseyParker, noseyParker),
  connector(descriptions.ggshield, ggshield),
  connector(descriptions.talisman, talisman),
  connector(descriptions.whispers, whispers),
  connector(descriptions.rustyHog, rustyHog),
  connector(descriptions.githubAlerts, githubAlerts),
  connector(descriptions.gitlabReport, gitlabReport),
  connector(descriptions.trivy, trivy),
  connector(descriptions.sarif, sarif),
  connector(descriptions.deepfence, deepfence),
]
