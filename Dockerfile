# The bot as a container: production dependencies only, not root, and nothing of it has to be written to but /data.
# Without DATABASE_URL the embedded database is kept in /data: mount a volume there (a local disk, no network drive).
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production KLANKBORD_MODE=teams KLANKBORD_DATA=/data HOST=0.0.0.0 PORT=3978
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY machines machines
COPY dialogs dialogs
COPY locales locales
COPY bot bot
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3978
# Alive, not ready: a bot whose database is away answers 503 and recovers by itself; starting it anew would not help.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM: finishes what is under way, then stops. Give it half a minute before it is killed.
STOPSIGNAL SIGTERM
CMD ["node", "bot/main.ts"]
