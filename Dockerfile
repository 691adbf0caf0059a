# One image for both processes: the API (the default command) and the worker (`npm run worker`).

FROM node:22.14.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# `npm ci` refuses registries that lack the optional packages of other platforms. Temporal's native part comes for every
# platform; only this one's is kept.
RUN npm install --omit=dev --no-save --ignore-scripts --no-audit --no-fund \
  && node -e "\
    const { readdirSync, rmSync } = require('node:fs');\
    const folder = 'node_modules/@temporalio/core-bridge/releases/';\
    const mine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch] + '-unknown-linux-gnu';\
    for (const name of readdirSync(folder)) if (name !== mine) rmSync(folder + name, { recursive: true });"

FROM packages AS build
COPY . .
RUN npm run build && mkdir -p .perene/handover

FROM node:22.14.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY . .
COPY --from=build --chown=node:node /app/.perene .perene
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["npm", "run", "--silent", "api"]
