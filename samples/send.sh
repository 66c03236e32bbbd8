#!/bin/sh
# Sends one message with curl: SMSGW_USER=… SMSGW_PASSWORD=… ./send.sh RECIPIENT TEXT
set -eu
url=${SMSGW_URL:-http://127.0.0.1:8080/app/smsgw/rest/v2}
sender=${SMSGW_SENDER:-SMSGW}
# curl repeats a request without a clear answer. Its client_message_id stays, so the message is sent once.
id=curl-$(date +%s)-$$
text=$(printf %s "$2" | sed 's/[\\"]/\\&/g' | awk '{ printf "%s%s", separator, $0; separator = "\\n" }')
exec curl --silent --show-error --write-out '\n' --max-time 30 --retry 5 --retry-connrefused \
	--user "$SMSGW_USER:$SMSGW_PASSWORD" --header "content-type: application/json" --data-binary @- "$url/messages" <<EOF
{"client_message_id": "$id", "sender": "$sender", "recipient": "$1", "message_text": "$text"}
EOF
