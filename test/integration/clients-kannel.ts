/** Kannel's configuration: its bearerbox binds to the gateway, and its smsbox has a URL that sends. */
export function kannelConf(ports: { smpp: number; admin: number; box: number; http: number; folder: string }): string {
	return `
group = core
admin-port = ${ports.admin}
admin-password = x
smsbox-port = ${ports.box}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "${ports.folder}/bearerbox.log"
log-level = 0
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = smsgw
host = 127.0.0.1
port = ${ports.smpp}
transceiver-mode = true
smsc-username = demo
smsc-password = secret
system-type = ""
msg-id-type = 0x00
enquire-link-interval = 5

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${ports.http}
log-file = "${ports.folder}/smsbox.log"
log-level = 0

group = sendsms-user
username = k
password = k
concatenation = true
max-messages = 5

group = sms-service
keyword = default
text = "none"
max-messages = 0
`;
}
