"""Sends one message: SMSGW_USER=... SMSGW_PASSWORD=... python3 send.py RECIPIENT TEXT"""

import os
import sys
import time
import uuid

import requests

url = os.environ.get("SMSGW_URL", "http://127.0.0.1:8080/app/smsgw/rest/v2")
login = (os.environ["SMSGW_USER"].encode(), os.environ["SMSGW_PASSWORD"].encode())
message = {
    # Your own id of the message. A retry has the same one, so the message is sent once.
    "client_message_id": str(uuid.uuid4()),
    "sender": os.environ.get("SMSGW_SENDER", "SMSGW"),
    "recipient": sys.argv[1],
    "message_text": sys.argv[2],
}


def post():
    """The status and the body; no status if there was no answer."""
    try:
        response = requests.post(f"{url}/messages", json=message, auth=login, timeout=30)
        return response.status_code, response.json()
    except requests.RequestException as error:
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
