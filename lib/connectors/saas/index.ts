import type { FileConnector } from '../contract'
import { anthropic } from './anthropic'
import { databricks } from './databricks'
import { openai } from './openai'
import { scaleway } from './scaleway'
import { snowflake } from './snowflake'

export const connectors: FileConnector[] = [openai, anthropic, databricks, scaleway, snowflake]
