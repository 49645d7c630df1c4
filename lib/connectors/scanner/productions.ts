import type { Production } from '../contract'

/** What a format is and how a user makes a file of it. */
export interface Description {
  id: string
  /** The system that the hits' ids belong to. */
  system: string
  title: string
  expects: string
  production: Production[]
}

const readRepository = 'read access to the repository (a clone on the machine is enough)'

function made(from: string, rights: string, ...steps: string[]): Production {
  return { from, rights, steps }
}

export const descriptions = {
  gitleaks: {
    id: 'scanner-gitleaks',
    system: 'gitleaks',
    title: 'gitleaks',
    expects: 'a gitleaks report, JSON or CSV (RuleID, File, Secret, or offender, rule, file)',
    production: [
      made(
        'gitleaks 8, in a clone of the repository',
        readRepository,
        'gitleaks git --report-format json --report-path gitleaks.json .',
      ),
      made(
        'gitleaks 8, values left out (hits then cannot be joined by fingerprint)',
        readRepository,
        'gitleaks git --redact --report-format json --report-path gitleaks.json .',
      ),
      made('gitleaks 7', readRepository, 'gitleaks --path=. --format=json --report=gitleaks.json'),
    ],
  },
  trufflehog: {
    id: 'scanner-trufflehog',
    system: 'trufflehog',
    title: 'TruffleHog',
    expects: 'TruffleHog findings, JSON lines (SourceMetadata, DetectorName, Raw, or stringsFound with branch)',
    production: [
      made('TruffleHog 3, in a clone', readRepository, 'trufflehog git file://. --json > trufflehog.jsonl'),
      made(
        'TruffleHog 3, a GitHub organization',
        'a token with read access to the contents and metadata of its repositories',
        'trufflehog github --org=ORG --token=$GITHUB_TOKEN --json > trufflehog.jsonl',
      ),
      made(
        'TruffleHog 3, an image or a bucket',
        'pull access to the image; s3:GetObject and s3:ListBucket for a bucket',
        'trufflehog docker --image=IMAGE --json > trufflehog.jsonl',
        'trufflehog s3 --bucket=BUCKET --json > trufflehog.jsonl',
      ),
      made('TruffleHog 2', readRepository, 'trufflehog --json --regex . > trufflehog.jsonl'),
    ],
  },
  detectSecrets: {
    id: 'scanner-detect-secrets',
    system: 'detect-secrets',
    title: 'detect-secrets',
    expects: 'a detect-secrets baseline (plugins_used, results with hashed_secret)',
    production: [
      made('detect-secrets, in the project', readRepository, 'detect-secrets scan --all-files > .secrets.baseline'),
    ],
  },
  noseyParker: {
    id: 'scanner-nosey-parker',
    system: 'nosey-parker',
    title: 'Nosey Parker',
    expects: 'findings of Nosey Parker or Kingfisher, JSON or JSON lines (rule_name and matches, or rule and finding)',
    production: [
      made(
        'Nosey Parker',
        readRepository,
        'noseyparker scan --datastore np.db .',
        'noseyparker report --datastore np.db --format jsonl --max-matches -1 > noseyparker.jsonl',
      ),
      made('Kingfisher', readRepository, 'kingfisher scan . --format jsonl --output kingfisher.jsonl'),
    ],
  },
  ggshield: {
    id: 'scanner-ggshield',
    system: 'ggshield',
    title: 'GitGuardian ggshield',
    expects: 'a ggshield secret scan, JSON (scans or entities_with_incidents, total_incidents)',
    production: [
      made(
        'ggshield, values masked (hits then cannot be joined by fingerprint)',
        'a GitGuardian token with the scope scan',
        'ggshield secret scan repo . --json --output ggshield.json',
      ),
      made(
        'ggshield, with values',
        'a GitGuardian token with the scope scan',
        'ggshield secret scan repo . --json --show-secrets --output ggshield.json',
      ),
    ],
  },
  talisman: {
    id: 'scanner-talisman',
    system: 'talisman',
    title: 'Talisman',
    expects: 'a Talisman report (summary, results with failure_list)',
    production: [
      made('Talisman', readRepository, 'talisman --scan', 'take talisman_report/talisman_reports/data/report.json'),
    ],
  },
  whispers: {
    id: 'scanner-whispers',
    system: 'whispers',
    title: 'Whispers',
    expects: 'a Whispers report (a list of key, value, file, line, rule_id)',
    production: [made('Whispers', readRepository, 'whispers . --output whispers.json')],
  },
  rustyHog: {
    id: 'scanner-rusty-hog',
    system: 'rusty-hog',
    title: 'Rusty Hog',
    expects: 'a Rusty Hog report (a list of stringsFound with reason)',
    production: [
      made('Choctaw Hog (Git)', readRepository, 'choctaw_hog --outputfile choctaw.json .'),
      made('Duroc Hog (files)', 'read access to the files', 'duroc_hog --outputfile duroc.json .'),
      made(
        'Berkshire Hog (S3)',
        's3:GetObject and s3:ListBucket',
        'berkshire_hog --recursive --outputfile berkshire.json s3://BUCKET REGION',
      ),
      made(
        'Gottingen, Essex, Ankamali and Hante Hog (Jira, Confluence, Google Drive, Slack)',
        'read access to the issue, space, document or channel',
        'gottingen_hog --outputfile jira.json --username USER --password TOKEN --url URL ISSUE',
      ),
    ],
  },
  githubAlerts: {
    id: 'scanner-github',
    system: 'github-secret-scanning',
    title: 'GitHub secret scanning',
    expects: 'GitHub secret scanning alerts (a list with number, secret_type, state)',
    production: [
      made(
        'GitHub CLI, an organization',
        'a fine-grained token with Secret scanning alerts: read; security manager or owner of the organization',
        'gh api --paginate "/orgs/ORG/secret-scanning/alerts?per_page=100" > alerts.json',
      ),
      made(
        'GitHub CLI, one repository',
        'a fine-grained token with Secret scanning alerts: read',
        'gh api --paginate "/repos/OWNER/REPO/secret-scanning/alerts?per_page=100" > alerts.json',
      ),
    ],
  },
  gitlabReport: {
    id: 'scanner-gitlab',
    system: 'gitlab-secret-detection',
    title: 'GitLab secret detection',
    expects: 'a gl-secret-detection-report.json of GitLab (vulnerabilities, scan of type secret_detection)',
    production: [
      made(
        'GitLab, the job secret_detection of a pipeline',
        'Reporter of the project, to download artifacts of a job',
        'curl --header "PRIVATE-TOKEN: $TOKEN" -o gl-secret-detection-report.json "https://gitlab.example.com/api/v4/projects/ID/jobs/artifacts/main/raw/gl-secret-detection-report.json?job=secret_detection"',
      ),
    ],
  },
  trivy: {
    id: 'scanner-trivy',
    system: 'trivy',
    title: 'Trivy',
    expects: 'a JSON report of Trivy (SchemaVersion, ArtifactName, Results with Secrets)',
    production: [
      made(
        'Trivy, a clone of a repository',
        readRepository,
        'trivy fs --scanners secret --format json --output trivy.json .',
      ),
      made(
        'Trivy, an image',
        'pull access to the image',
        'trivy image --scanners secret --format json --output trivy.json IMAGE',
      ),
      made(
        'Trivy, a cluster',
        'get and list on pods and workloads; pull access to their images',
        'trivy k8s --scanners secret --report all --format json --output trivy.json',
      ),
    ],
  },
  sarif: {
    id: 'scanner-sarif',
    system: 'sarif',
    title: 'SARIF',
    expects: 'SARIF 2.1 of a secret scanner, or with rules about secrets (runs, tool, results)',
    production: [
      made('gitleaks', readRepository, 'gitleaks git --report-format sarif --report-path gitleaks.sarif .'),
      made('Nosey Parker', readRepository, 'noseyparker report --datastore np.db --format sarif > noseyparker.sarif'),
      made('Trivy', readRepository, 'trivy fs --scanners secret --format sarif --output trivy.sarif .'),
    ],
  },
  deepfence: {
    id: 'scanner-deepfence',
    system: 'deepfence',
    title: 'Deepfence ThreatMapper',
    expects:
      'a secret report of Deepfence ThreatMapper, CSV or XLSX (Filename, Content, Name, Rule, Severity, Node Name)',
    production: [
      made(
        'ThreatMapper console',
        'a user with the role read-only',
        'Integrations, Reports: choose Secret, the nodes and XLSX; generate and download',
      ),
    ],
  },
} satisfies Record<string, Description>
