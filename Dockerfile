# One image with every binary of Redress; the command says which one runs.
#
#   docker build --tag redress .
#   docker build --tag redress --build-arg BINARIES=prebuilt .   # those that stand in dist/

ARG BINARIES=build

FROM rust:1.95-slim-bookworm AS build
# jemalloc is built from its C sources; the slim image has a compiler and no make.
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# All binaries in one build: they share every dependency. The caches belong to the builder.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --workspace --bins \
    && mkdir -p /out \
    && cd target/release \
    && cp intake router sla-monitor notifier analytics redress /out/

FROM scratch AS prebuilt
COPY dist/ /out/

FROM ${BINARIES} AS binaries

FROM debian:bookworm-slim
# Time zones for the calendars, certificates for webhooks and mail over TLS.
RUN { [ -e /etc/ssl/certs/ca-certificates.crt ] && [ -e /usr/share/zoneinfo/Asia/Shanghai ]; } \
    || { apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/*; }
RUN useradd --system --uid 10001 --home-dir /var/lib/redress --create-home redress
COPY --from=binaries /out/ /usr/local/bin/
COPY --chmod=0755 deploy/docker/healthy /usr/local/bin/healthy
COPY policy/ /etc/redress/policy/
ENV REDRESS_POLICY_DIR=/etc/redress/policy \
    REDRESS_DATA_DIR=/var/lib/redress
# Everything else may be read-only: the stores here are disposable, the log is the truth.
VOLUME /var/lib/redress
USER redress
CMD ["redress", "--help"]
