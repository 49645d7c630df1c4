# One image for web, worker and migration: compose.yaml shows the three commands.
FROM ghcr.io/cerbos/cerbos:0.51.0 AS cerbos

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOSTNAME=0.0.0.0 PORT=3000 \
    APP_ROOT=/app CHECKPOINT_DIR=/checkpoints \
    PARSE_THREAD=/app/dist/parse-thread.mjs GRAPH_THREAD=/app/dist/graph-thread.mjs GRAPH_DIR=/tmp/graphs \
    CERBOS_PROGRAM=/usr/local/bin/cerbos POLICY_DIR=/app/policies
WORKDIR /app
COPY --from=build /app/.next/standalone ./
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/policies ./policies
COPY --from=cerbos /cerbos /usr/local/bin/cerbos
RUN mkdir /checkpoints && chown node:node /checkpoints
USER node
VOLUME /checkpoints
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.js"]
