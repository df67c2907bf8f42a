# The build: a static Swift runtime, so that the second stage needs no toolchain.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libjpeg62-turbo-dev libopenblas-dev libpng-dev libsqlite3-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
COPY Config Config
# No test is built, but the package manager wants to see the folder of every target.
COPY Tests Tests
RUN swift build -c release --product classpulse --static-swift-stdlib -Xlinker --strip-all \
    && cp "$(swift build -c release --show-bin-path)/classpulse" /classpulse

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libgcc-s1 libjpeg62-turbo libopenblas0-pthread libpng16-16 libsqlite3-0 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin classpulse \
    && install -d -o classpulse -g classpulse -m 0700 /var/lib/classpulse
COPY --from=build /classpulse /usr/local/bin/classpulse
ENV CLASSPULSE_HOST=0.0.0.0 CLASSPULSE_PORT=8080 CLASSPULSE_DATABASE=/var/lib/classpulse/classpulse.sqlite
USER 10001
VOLUME /var/lib/classpulse
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["classpulse", "healthcheck"]
ENTRYPOINT ["classpulse"]
CMD ["serve"]
