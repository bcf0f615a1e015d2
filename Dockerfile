# An image that audits sites: docker run --rm -v "$PWD:/audit" trackaudit audit https://www.example.com --out run
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /trackaudit ./cmd/trackaudit

FROM debian:bookworm-slim
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends ca-certificates chromium-headless-shell \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home auditor
COPY --from=build /trackaudit /usr/local/bin/trackaudit
# Not root, so that Chrome keeps its sandbox; where the container forbids user namespaces, trackaudit says so.
USER auditor
WORKDIR /audit
ENTRYPOINT ["trackaudit"]
