#!/bin/sh
# Prints a message with curl: SMSGW_USER=… SMSGW_PASSWORD=… ./read.sh MESSAGE_ID
set -eu
url=${SMSGW_URL:-http://127.0.0.1:8080/app/smsgw/rest/v2}
exec curl --silent --show-error --write-out '\n' --max-time 30 --user "$SMSGW_USER:$SMSGW_PASSWORD" "$url/messages/$1"
