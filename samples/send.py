"""Sends one message: SMSGW_USER=... SMSGW_PASSWORD=... python3 samples/send.py RECIPIENT TEXT"""

import base64
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

url = os.environ.get("SMSGW_URL", "http://127.0.0.1:8080/app/smsgw/rest/v2")
login = f"{os.environ['SMSGW_USER']}:{os.environ['SMSGW_PASSWORD']}"
message = {
    # Your own id of the message. A retry has the same one, so the message is sent once.
    "client_message_id": str(uuid.uuid4()),
    "sender": os.environ.get("SMSGW_SENDER", "SMSGW"),
    "recipient": sys.argv[1],
    "message_text": sys.argv[2],
}
request = urllib.request.Request(
    f"{url}/messages",
    data=json.dumps(message).encode("utf-8"),
    headers={
        "authorization": "Basic " + base64.b64encode(login.encode("utf-8")).decode("ascii"),
        "content-type": "application/json",
    },
)


def post():
    """The status and the body; no status if there was no answer."""
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError as error:
        return None, {"error_message": str(error)}


for pause in (1, 2, 4, 8, None):
    status, answer = post()
    # 23 after a retry: the first request was accepted, and only its answer was lost. It has the message's id.
    if status == 201 or (answer.get("error_code") == "23" and "message_id" in answer):
        print(answer["message_id"])
        sys.exit(0)
    if pause is None or (status is not None and status < 500 and status != 429):
        break
    time.sleep(pause)
sys.exit(f"{status}: {answer['error_message']}")
