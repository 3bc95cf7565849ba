# docker build -t logbucket . && docker run --rm -v ~/.aws:/home/nonroot/.aws:ro logbucket scan
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p logbucket

# Certificates, and a user that is not root.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/logbucket /usr/local/bin/logbucket
ENTRYPOINT ["/usr/local/bin/logbucket"]
