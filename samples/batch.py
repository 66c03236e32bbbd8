"""Sends a text to several numbers: SMSGW_USER=... SMSGW_PASSWORD=... python3 batch.py TEXT RECIPIENT..."""

import os
import sys
import time
import uuid

import requests

url = os.environ.get("SMSGW_URL", "http://127.0.0.1:8080/app/smsgw/rest/v2")
login = (os.environ["SMSGW_USER"].encode(), os.environ["SMSGW_PASSWORD"].encode())
sender = os.environ.get("SMSGW_SENDER", "SMSGW")
text, *recipients = sys.argv[1:]
messages = [
    {"client_message_id": str(uuid.uuid4()), "sender": sender, "recipient": one, "message_text": text}
    for one in recipients
]

for start in range(0, len(messages), 200):
    batch = {"messages": messages[start : start + 200]}
    for pause in (1, 2, 4, 8, None):
        # The same batch again gets the same answer: nothing is sent twice.
        try:
            response = requests.post(f"{url}/batches", json=batch, auth=login, timeout=60)
        except requests.RequestException as error:
            if pause is None:
                sys.exit(str(error))
        else:
            if response.status_code == 201:
                print(response.json()["batch_id"])
                break
            if pause is None or (response.status_code < 500 and response.status_code != 429):
                sys.exit(f"{response.status_code}: {response.json()['error_message']}")
        time.sleep(pause)
