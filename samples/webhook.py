"""Prints the reports that the gateway posts: python3 webhook.py [PORT]

With SMSGW_SECRET, the secret that "accounts webhook secret rotate" printed, it refuses reports with another signature.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

secret = os.environ.get("SMSGW_SECRET")


def is_genuine(headers, body):
    if secret is None:
        return True
    timestamp = headers.get("webhook-timestamp", "")
    # An old report may be a stolen one.
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > 300:
        return False
    signed = b".".join([headers.get("webhook-id", "").encode(), timestamp.encode(), body])
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, one) for one in headers.get("webhook-signature", "").split())


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if not is_genuine(self.headers, body):
            return self.answer(401, b"wrong signature")
        # A report may come twice, and in any order: the status of a message_id is what counts.
        for report in json.loads(body).get("delivery_report", []):
            print(report["message_id"], report["client_message_id"], report["status"], flush=True)
        for incoming in json.loads(body).get("incoming_report", []):
            print(incoming["sender"], incoming["text"], flush=True)
        # 204 confirms the report. Many frameworks send a body with it; the gateway does not mind.
        self.answer(204, b"OK")

    def answer(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8090), Webhook)
print(f"http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
