# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/duthi . && mkdir /out/data

# Nothing but the static program and the roots of trust, run by a user without rights.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/duthi /duthi
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV DUTHI_ADDR=:8080 DUTHI_OPS_ADDR=:8081 DUTHI_DATA=/data
VOLUME /data
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/duthi", "health"]
ENTRYPOINT ["/duthi"]
CMD ["serve"]
