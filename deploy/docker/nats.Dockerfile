# The broker as a user without rights; the log's volume belongs to it.
FROM nats:2.15.1-alpine
RUN mkdir /data && chown 10004:10004 /data
USER 10004:10004
