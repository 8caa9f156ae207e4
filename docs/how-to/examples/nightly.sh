#!/bin/sh
# One turn of fhir-trd, for cron. It prints only what a person should read, so that cron's mail is the alarm.
#
# Settings come from the file that FHIR_TRD_ENV names (default /etc/fhir-trd/env):
#   SERVER=https://fhir.example.org/r4   GROUP=depression-clinic   LET_IN="--client-id trd --key /etc/fhir-trd/key.pem --key-id 2027-01"
#   LIB=/var/lib/fhir-trd   LOG=/var/log/fhir-trd   METRICS=/var/lib/node-exporter/fhir-trd.prom
set -u
umask 077

. "${FHIR_TRD_ENV:-/etc/fhir-trd/env}"

# A search for what changed shows nothing that was deleted: on Sundays everything is fetched and looked at anew.
[ "$(date +%u)" = 7 ] && full=--full || full=

# $LET_IN and $full are several words, or none, on purpose.
# shellcheck disable=SC2086
fhir-trd sync --server "$SERVER" --group "$GROUP" $LET_IN $full --folder "$LIB/fetched" \
    --report "$LIB/report.json" --metrics "$METRICS" >>"$LOG/nightly.log" 2>&1
code=$?

# Monitoring runs as another user, and there is nothing about a person in it.
chmod 644 "$METRICS"

case $code in
    0) ;;
    6) ;; # An outage is for the alarm on the last run that came to its end: the next turn goes on from here.
    *)
        echo "fhir-trd ended with exit code $code; report: $LIB/report.json; the end of the log:"
        tail -n 20 "$LOG/nightly.log"
        ;;
esac
exit $code
