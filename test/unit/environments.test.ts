import { afterEach, describe, expect, it, vi } from "vitest";
import * as environments from "#shared/contracts/environments.ts";
import { type EnvOf, readEnv } from "#shared/contracts/read-env.ts";
import { lanes } from "#shared/domain/message/lanes.ts";

const queue = "https://sqs.example/1/queue";
const laneUrls = Object.fromEntries(lanes.map(({ name }) => [name, `${queue}-${name}`]));
const slotAlarms = {
	SLOT_SCHEDULES_GROUP: "slots",
	SLOT_SCHEDULES_ROLE_ARN: "arn:aws:iam::1:role/slots",
	CHECK_DUE_FUNCTION_ARN: "arn:aws:lambda:eu-central-1:1:function:check-due",
};
const postMessage: EnvOf<typeof environments.postMessageEnv> = {
	...slotAlarms,
	METRICS_NAMESPACE: "smsgw-test",
	ACCOUNTS_TABLE: "accounts",
	CREDENTIALS_TABLE: "credentials",
	LIMITS_TABLE: "limits",
	ACCOUNT_REQUESTS_PER_SECOND: "0",
	NUMBERS_TABLE: "numbers",
	BATCHES_TABLE: "batches",
	MESSAGES_TABLE: "messages",
	COUNTS_TABLE: "counts",
	COUNTS_RETENTION_DAYS: "400",
	SLOTS_TABLE: "slots",
	LANE_QUEUE_URLS: `${queue}-{lane}`,
	REPORTS_QUEUE_URL: queue,
	MESSAGE_ID_KEY: "0123456789abcdef",
	PUBLIC_URL: "https://api.example/app/smsgw/rest/v2",
	RETENTION_DAYS: "90",
	FINAL_TEXTS: "keep",
	SEARCH_INDEX: "yes",
};
const smpp = {
	...slotAlarms,
	METRICS_NAMESPACE: "smsgw-test",
	ACCOUNTS_TABLE: "accounts",
	CREDENTIALS_TABLE: "credentials",
	LIMITS_TABLE: "limits",
	ACCOUNT_REQUESTS_PER_SECOND: "0",
	NUMBERS_TABLE: "numbers",
	MESSAGE_ID_KEY: "0123456789abcdef",
	SMPP_PORT: "2775",
	HEALTH_PORT: "8082",
	MESSAGES_TABLE: "messages",
	COUNTS_TABLE: "counts",
	COUNTS_RETENTION_DAYS: "400",
	REPORTS_TABLE: "reports",
	SUBMISSIONS_TABLE: "submissions",
	INCOMING_TABLE: "incoming",
	SLOTS_TABLE: "slots",
	LEASES_TABLE: "leases",
	LEASE_SECONDS: "30",
	LANE_QUEUE_URLS: `${queue}-{lane}`,
	RECEIPTS_QUEUE_URL: queue,
	INCOMING_QUEUE_URL: queue,
	REPORTS_QUEUE_URL: queue,
	RETENTION_DAYS: "90",
	FINAL_TEXTS: "keep",
	SEARCH_INDEX: "yes",
	LANE_VISIBILITY_SECONDS: "60",
	SMSCS: JSON.stringify({ kcell: { host: "smsc", port: 2775, system_id: "smsgw" } }),
	SMSC_PASSWORDS: JSON.stringify({ kcell: "hunter2" }),
} as const;

function environment(variables: Readonly<Record<string, string>>): void {
	for (const name of [...Object.keys(postMessage), ...Object.keys(smpp)]) vi.stubEnv(name, variables[name]);
}

afterEach(() => {
	vi.unstubAllEnvs();
});

const errorTextOf = (read: () => unknown): string => {
	try {
		read();
		return "";
	} catch (error) {
		return error instanceof Error ? `${error.message} ${error.stack} ${JSON.stringify(error)}` : "";
	}
};

describe("an environment", () => {
	it("is read once and converted to its types", () => {
		environment(postMessage);

		expect(readEnv(environments.postMessageEnv)).toMatchObject({ LANE_QUEUE_URLS: laneUrls, RETENTION_DAYS: 90 });
	});

	it("of the SMPP service has its operators, each with the terms of its contract", () => {
		environment(smpp);

		const { SMSCS, SMSC_PASSWORDS } = readEnv(environments.smppEnv);

		expect(SMSCS).toEqual({
			kcell: { host: "smsc", port: 2_775, system_id: "smsgw", binds: 1, tps: 100, window: 50 },
		});
		expect(SMSC_PASSWORDS).toEqual({ kcell: "hunter2" });
	});

	it("names every missing variable", () => {
		const { MESSAGES_TABLE: _, MESSAGE_ID_KEY: __, ...rest } = postMessage;
		environment(rest);

		const errorText = errorTextOf(() => readEnv(environments.postMessageEnv));

		expect(errorText).toContain("MESSAGES_TABLE");
		expect(errorText).toContain("MESSAGE_ID_KEY");
		expect(errorText).not.toContain("SLOTS_TABLE");
	});

	it.each([
		["MESSAGE_ID_KEY", "hunter2"],
		["REPORTS_QUEUE_URL", "hunter2"],
		["RETENTION_DAYS", "hunter2"],
		["RETENTION_DAYS", "0"],
		["LANE_QUEUE_URLS", "hunter2-{lane}"],
		["LANE_QUEUE_URLS", "https://sqs.example/1/hunter2"],
		["PUBLIC_URL", "hunter2"],
	])("names a malformed %s, and never prints its value", (name, value) => {
		environment({ ...postMessage, [name]: value });

		const errorText = errorTextOf(() => readEnv(environments.postMessageEnv));

		expect(errorText).toContain(name);
		expect(errorText).not.toContain("hunter2");
	});

	it.each([
		["SMSC_PASSWORDS", '{"kcell":"hunter2'],
		["SMSC_PASSWORDS", '"hunter2"'],
		["SMSC_PASSWORDS", `{"kcell":"${"hunter2".repeat(10)}"}`],
		["SMSC_PASSWORDS", '{"kcell":["hunter2"]}'],
		["SMSCS", '{"kcell":{"host":"hunter2"}}'],
	])("of the SMPP service names a malformed %s, and never prints a password: %s", (name, value) => {
		environment({ ...smpp, [name]: value });

		const errorText = errorTextOf(() => readEnv(environments.smppEnv));

		expect(errorText).toContain(name);
		expect(errorText).not.toContain("hunter2");
	});
});
