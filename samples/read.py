"""Prints the status of a message: SMSGW_USER=... SMSGW_PASSWORD=... python3 read.py MESSAGE_ID"""

import os
import sys

import requests

url = os.environ.get("SMSGW_URL", "http://127.0.0.1:8080/app/smsgw/rest/v2")
login = (os.environ["SMSGW_USER"].encode(), os.environ["SMSGW_PASSWORD"].encode())
response = requests.get(f"{url}/messages/{sys.argv[1]}", auth=login, timeout=30)
answer = response.json()
if response.status_code != 200:
    sys.exit(f"{response.status_code}: {answer['error_message']}")
print(answer["message_status"], answer["error_code"] or "")
