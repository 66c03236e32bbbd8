import { describe, expect, it } from "vitest";
import { readStage } from "#infra/stage.ts";
import { sampleStage } from "./gateway-template.ts";
import { sampleBehindEdge } from "./sample-stage.ts";

const errorOf = (changes: object): string => {
	try {
		const given = Object.entries({ ...sampleStage, ...changes }).filter(([, value]) => value !== undefined);
		readStage(Object.fromEntries(given) as typeof sampleStage);
		return "nothing";
	} catch (error) {
		return (error as Error).message;
	}
};

const kcell = (changes: object) => ({
	operators: { ...sampleStage.operators, kcell: { ...sampleStage.operators.kcell, ...changes } },
});

describe("a stage", () => {
	it.each<[string, object]>([
		["operators.kcell.port: ", kcell({ port: 0 })],
		["operators.kcell.host: must be a host name or an IPv4 address, without scheme and port", kcell({ host: "h:1" })],
		["operators.kcell.host: must be a host name", kcell({ host: "smpp://smsc.kcell.example" })],
		[
			"operators.kcell.standby_hosts.1.host: must be a host name",
			kcell({
				standby_hosts: [
					{ host: "smsc2.kcell.example", port: 2_775 },
					{ host: "smsc3:2775", port: 2_775 },
				],
			}),
		],
		["operators.kcell.response_seconds: ", kcell({ response_seconds: 60 })],
		["operators.kcell.tls.ca: must be a certificate in PEM", kcell({ tls: { ca: "ca.pem" } })],
		['operators.kcell: Unrecognized key: "bindz"', kcell({ bindz: 2 })],
		["operators: must have all of beeline, kcell, altel, tele2", { operators: {} }],
		["name: must be 2 to 20 small letters", { name: "Prod" }],
		["name: must be 2 to 20 small letters", { name: "a" }],
		["name: must be 2 to 20 small letters and digits", { name: "prod-2" }],
		["account: must be the 12 digits of an AWS account, in quotes", { account: 111122223333 }],
		["account: must be the 12 digits of an AWS account", { account: "1111-2222-3333" }],
		["account: is missing", { account: undefined }],
		["certificateArn: must be a certificate of the account 999999999999", { account: "999999999999" }],
		["name: must be 2 to 20 small letters", { name: "a".repeat(21) }],
		["certificateArn: is required if publicUrl is https", { certificateArn: undefined }],
		["certificateArn: must be a certificate in eu-west-1", { region: "eu-west-1" }],
		["certificateArn: must be the ARN of an ACM certificate", { certificateArn: "arn:aws:acm:eu-central-1" }],
		["alarmAddresses: is required if publicUrl is https", { alarmAddresses: undefined }],
		["alarmAddresses.1: must be a mail address", { alarmAddresses: ["duty@example.kz", "duty"] }],
		["alarmAddresses: must have at least one", { alarmAddresses: [] }],
		["alarmWebhook: must be an https address", { alarmWebhook: "http://alarms.example" }],
		["budgetDollars: must be a whole number from 1", { budgetDollars: 0 }],
		["tags.aws:team: must be named by 1 to 128 letters", { tags: { "aws:team": "sms" } }],
		["tags.team: must be up to 256 letters, digits", { tags: { team: "a, b" } }],
		["encryption: ", { encryption: "none" }],
		["region: must be a region, such as eu-central-1", { region: "Frankfurt" }],
		["region: is missing", { region: undefined }],
		["publicUrl: must be a scheme and a host", { publicUrl: "https://sms.example.kz/" }],
		["publicUrl: must be a scheme and a host", { publicUrl: "https://sms.example.kz/api" }],
		["publicUrl: must be a scheme and a host", { publicUrl: "https://sms.example.kz:8443" }],
		["publicUrl: must be a scheme and a host", { publicUrl: "sms.example.kz" }],
		["privateWebhooks: must be false if publicUrl is https", { privateWebhooks: true }],
		["retentionDays: must be a whole number from 1 to 3653, not 0", { retentionDays: 0 }],
		["retentionDays: must be a whole number from 1 to 3653, not 7776000", { retentionDays: 7_776_000 }],
		["laneVisibilitySeconds: must be a whole number from 1 to 43200, not 43201", { laneVisibilitySeconds: 43_201 }],
		["receiptsVisibilitySeconds: must be a whole number from 1 to 900, not 901", { receiptsVisibilitySeconds: 901 }],
		["reportsVisibilitySeconds: must be a whole number from 1 to 900, not 0", { reportsVisibilitySeconds: 0 }],
		["dueShardsVisibilitySeconds: must be a whole number from 1 to 900, not 1.5", { dueShardsVisibilitySeconds: 1.5 }],
		["incomingVisibilitySeconds: must be a whole number from 1 to 900", { incomingVisibilitySeconds: 3_600 }],
		["incomingWaitSeconds: must be a whole number from 1 to 900, not 901", { incomingWaitSeconds: 901 }],
		['leaseSeconds: must be a whole number from 3 to 900, not "30"', { leaseSeconds: "30" }],
		["leaseSeconds: must be a whole number from 3 to 900, not 2", { leaseSeconds: 2 }],
		["the stage: has no setting retentionDay: its settings are name, account, region", { retentionDay: 90 }],
		["warmThroughput: has no setting message: its settings are messages, batches", warm("message", 20_000, 8_000)],
		["warmThroughput.messages.writes: must be a whole number from 4000", warm("messages", 12_000, 3_999)],
		["warmThroughput.messages.reads: must be a whole number from 12000", warm("messages", 11_999, 4_000)],
		["sizes: has no setting task: its settings are functionMemoryMb, ", { sizes: { task: 2 } }],
		["sizes.tasks: must be a whole number from 1 to 100, not 0", { sizes: { tasks: 0 } }],
		["sizes.functionMemoryMb: must be a whole number from 128 to 10240, not 64", { sizes: { functionMemoryMb: 64 } }],
		["sizes.logRetentionDays: must be one of 1, 3, 5, 7, 14, 30, 60, 90", { sizes: { logRetentionDays: 45 } }],
		["sizes.taskCpu: must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, not 300", { sizes: { taskCpu: 300 } }],
		["sizes.taskMemoryMb: must be 2048 to 8192 in steps of 1024 with taskCpu 1024, not 20000", task(1_024, 20_000)],
		["sizes.taskMemoryMb: must be one of 512, 1024, 2048 with taskCpu 256", task(256, 4_096)],
		["sizes.taskMemoryMb: must be 16384 to 61440 in steps of 4096 with taskCpu 8192", task(8_192, 17_408)],
		["sizes.dueShardsBatchSize: must be a whole number from 1 to 10, not 11", { sizes: { dueShardsBatchSize: 11 } }],
		[
			"sizes.reportsConcurrencyMax: must be a whole number from 2 to 1000, not 1",
			{ sizes: { reportsConcurrencyMax: 1 } },
		],
		["sizes.apiBurst: must be a whole number from 1", { sizes: { apiBurst: 0 } }],
		["sizes.sessionsPerTask: must be a whole number from 10", { sizes: { sessionsPerTask: 1 } }],
		["sizes.tasksMax: must be at least tasks, 2", { sizes: { tasksMax: 1 } }],
		["canary.number: must be a mobile number such as 77010000000, in quotes", canary({ number: "8 701 000 00 00" })],
		["canary.account: must be the name of an account", canary({ account: "" })],
		["canary: has no setting numbers: its settings are account, sender, number", canary({ numbers: [] })],
		["edge.certificateArn: must be the ARN of an ACM certificate in us-east-1", edge({ certificateArn: "arn" })],
		["edge.originHost: must be a host name", edge({ originHost: "https://origin.sms.example.kz" })],
		["edge.originHost: must differ from the host of publicUrl", edge({ originHost: "sms.example.kz" })],
		["edge.addressRequestsPerMinute: must be a whole number from 10", edge({ addressRequestsPerMinute: 9 })],
		["edge: has no setting rules: its settings are certificateArn, originHost", edge({ rules: [] })],
		["edge: must not be given if publicUrl is http", { ...edge({}), publicUrl: "http://sms.example.kz" }],
		["quotas: has no setting lambda: its settings are lambdaConcurrency", { quotas: { lambda: 1_000 } }],
	])("with a wrong setting is refused in one line that names it: %s", (field, changes) => {
		const errorText = errorOf(changes);

		expect(errorText).toContain("stage ");
		expect(errorText).toContain(field);
		expect(errorText).not.toContain("\n");
	});

	it.each<[string, object]>([
		["the sample", {}],
		["one with the smallest task", task(256, 512)],
		["one with the largest task", task(16_384, 122_880)],
		["one with a task of two cores", task(2_048, 5_120)],
		["one with another log retention", { sizes: { logRetentionDays: 400 } }],
		["one with a warm table", warm("messages", 40_000, 40_000)],
		["one with an SMSC's IP address", kcell({ host: "203.0.113.7" })],
	])("may be %s", (_, changes) => {
		expect(errorOf(changes)).toBe("nothing");
	});

	it("with several wrong settings is refused with each of them, once", () => {
		expect(errorOf({ retentionDays: 0.5, leaseSeconds: 1 })).toBe(
			"stage sample: retentionDays: must be a whole number from 1 to 3653, not 0.5; leaseSeconds: must be a whole number from 3 to 900, not 1",
		);
	});
});

function canary(changes: object) {
	return { canary: { ...sampleStage.canary, ...changes } };
}

function edge(changes: object) {
	return { edge: { ...sampleBehindEdge().edge, ...changes } };
}

function warm(table: string, reads: number, writes: number) {
	return { warmThroughput: { [table]: { reads, writes } } };
}

function task(taskCpu: number, taskMemoryMb: number) {
	return { sizes: { taskCpu, taskMemoryMb } };
}
