export type KannelPorts = {
	readonly smsc: number;
	readonly admin: number;
	readonly box: number;
	readonly sendsms: number;
};

export const kannelPassword = "bench";

/** Debian's defaults, without a message store, and one bind with the window of each of our binds. */
export function kannelConfiguration({ smsc, admin, box, sendsms }: KannelPorts, window: number): string {
	return `
group = core
admin-port = ${admin}
admin-password = ${kannelPassword}
admin-interface = 127.0.0.1
smsbox-port = ${box}
smsbox-interface = 127.0.0.1
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = bench
host = 127.0.0.1
port = ${smsc}
transceiver-mode = true
smsc-username = smsgw
smsc-password = bench
system-type = ""
max-pending-submits = ${window}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${sendsms}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = bench
password = ${kannelPassword}

group = sms-service
keyword = default
text = "none"
max-messages = 0
`;
}
