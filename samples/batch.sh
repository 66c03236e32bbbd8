#!/bin/sh
# Sends a text to several numbers with curl: SMSGW_USER=… SMSGW_PASSWORD=… ./batch.sh TEXT RECIPIENT…
set -eu
url=${SMSGW_URL:-http://127.0.0.1:8080/app/smsgw/rest/v2}
sender=${SMSGW_SENDER:-SMSGW}
text=$(printf %s "$1" | sed 's/[\\"]/\\&/g' | awk '{ printf "%s%s", separator, $0; separator = "\\n" }')
shift
# The ids stay the same when curl repeats the request, so nothing is sent twice.
run=curl-$(date +%s)-$$
messages=
for recipient in "$@"; do
	messages="$messages${messages:+, }{\"client_message_id\": \"$run-$recipient\", \"sender\": \"$sender\", \"recipient\": \"$recipient\", \"message_text\": \"$text\"}"
done
exec curl --silent --show-error --write-out '\n' --max-time 60 --retry 5 --retry-connrefused \
	--user "$SMSGW_USER:$SMSGW_PASSWORD" --header "content-type: application/json" --data-binary @- "$url/batches" <<JSON
{"messages": [$messages]}
JSON
