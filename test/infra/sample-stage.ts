import { readStage, type Stage } from "#infra/stage.ts";
import { account } from "#local/template/local-references.ts";

/** The stage of the template's tests. Its account is the local stack's, so both resolve to the same names. */
export const sampleStage: Stage = readStage({
	name: "sample",
	account,
	region: "eu-central-1",
	publicUrl: "https://sms.example.kz",
	certificateArn: `arn:aws:acm:eu-central-1:${account}:certificate/00000000-0000-0000-0000-000000000000`,
	alarmAddresses: ["gateway-duty@example.kz"],
	canary: { account: "canary", sender: "SMSGW", number: "77010000000" },
	operators: {
		beeline: { host: "smsc.beeline.example", port: 2775, system_id: "smsgw", binds: 2, tps: 200 },
		kcell: { host: "smsc.kcell.example", port: 2775, system_id: "smsgw", binds: 4, tps: 200 },
		altel: { host: "smsc.altel.example", port: 2775, system_id: "smsgw" },
		tele2: { host: "smsc.tele2.example", port: 2775, system_id: "smsgw" },
	},
});

/** Operators behind VPNs, with static routes and with BGP, and behind a transit gateway. */
export const connectedNetwork = {
	cidr: "10.20.0.0/20",
	vpn: {
		kcell: { address: "203.0.113.9", routes: ["10.9.8.0/24", "10.9.9.0/24"] },
		tele2: { address: "198.51.100.3", asn: 65_010 },
	},
	transitGateway: { id: "tgw-0123456789abcdef0", routes: ["172.16.0.0/12"] },
};

/** An existing VPC with its own outgoing addresses. */
export const existingNetwork = {
	vpc: {
		id: "vpc-0123456789abcdef0",
		zones: ["eu-central-1a", "eu-central-1b"],
		publicSubnets: ["subnet-00000000000000001", "subnet-00000000000000002"],
		privateSubnets: ["subnet-00000000000000003", "subnet-00000000000000004"],
		outgoingAddresses: ["203.0.113.21", "203.0.113.22"],
	},
};

/** The sample stage with CloudFront before its API. */
export function sampleBehindEdge(changes: object = {}): Stage {
	const certificateArn = `arn:aws:acm:us-east-1:${account}:certificate/00000000-0000-0000-0000-000000000000`;
	const edge = { certificateArn, originHost: "api-origin.sms.example.kz", ...changes };
	return readStage({ ...sampleStage, edge: edge as Stage["edge"] & object });
}

/** The sample stage with every option of those who operate it. */
export const sampleWithOptions: Stage = readStage({
	...sampleStage,
	alarmWebhook: "https://alarms.example/key",
	budgetDollars: 500,
	tags: { team: "sms" },
	tracing: true,
	encryption: "customer",
});

export function sampleIn(network: object): Stage {
	return readStage({ ...sampleStage, network: network as Stage["network"] });
}
