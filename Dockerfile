# The hub in a container, built from this repository: docker compose up
FROM node:20-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /src/package.json /src/LICENSE ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY --from=build /src/web web
COPY --from=build /src/verifier verifier
COPY --from=build /src/profiles profiles
COPY --from=build /src/config/demo.yaml config/demo.yaml
RUN ln -s /app/dist/cli/infra.js /usr/local/bin/infra && mkdir /data && chown node:node /data
USER node
# /data holds the config, the journal, the snapshots and the tokens (docs/operations.md)
VOLUME /data
WORKDIR /data
# PID 1 is the hub itself: docker's SIGTERM ends it cleanly
ENTRYPOINT ["infra"]
CMD ["up", "--config", "/data/infra.yaml", "--data", "/data"]
