import type { FileConnector } from '../contract'
import { anthropic } from './anthropic'
import { cloudflare } from './cloudflare'
import { databricks } from './databricks'
import { openai } from './openai'
import { scaleway } from './scaleway'
import { slack } from './slack'
import { snowflake } from './snowflake'
import { tailscale } from './tailscale'
import { vercel } from './vercel'

/** The small systems, one file each. */
export const connectors: FileConnector[] = [
  openai,
  anthropic,
  databricks,
  scaleway,
  snowflake,
  slack,
  tailscale,
  cloudflare,
  vercel,
]
