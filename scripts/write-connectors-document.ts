// npm run docs:connectors: writes docs/connectors.md from the registry of live connectors.
import fs from 'node:fs'
import path from 'node:path'
import { liveConnectors } from '../lib/connectors/live-registry'
import { connectorsDocument } from './lib/connectors-document'

fs.writeFileSync(path.join(import.meta.dirname, '..', 'docs', 'connectors.md'), connectorsDocument(liveConnectors))
