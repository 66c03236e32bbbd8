import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { sizeOf } from "#test/size-of.ts";
import { aBody, type Client, type ClientMessage, clientOf, eventually, reported, smscSubmits } from "./client.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";

/** How a message ends if only its operator, or the contract, decides. */
const operatorsEndings = [
	["9911", "UNDELIVERABLE", "11"],
	["9927", "UNDELIVERABLE", "27"],
	["9811", "REJECTED", "11"],
	["9810", "REJECTED", "10"],
] as const;

const refusals = [
	[{ recipient: "123" }, "11"],
	[{ recipient: null }, "11"],
	[{ message_text: "" }, "1"],
	[{ message_text: "x".repeat(1_501) }, "1"],
	[{ sender: "NOT-MINE" }, "10"],
	[{ time_bounds: "night" }, "25"],
	[{ expire_date: "2020-01-01 00:00:00" }, "98"],
] as const;

const kind = fc.oneof(
	{ weight: 12, arbitrary: fc.constant({ is: "good" as const }) },
	{ weight: 2, arbitrary: fc.constantFrom(...operatorsEndings).map((ending) => ({ is: "failing" as const, ending })) },
	{ weight: 1, arbitrary: fc.constantFrom(...refusals).map((refusal) => ({ is: "refused" as const, refusal })) },
	{ weight: 1, arbitrary: fc.nat().map((of) => ({ is: "duplicate" as const, of })) },
);

const item = fc.record({
	kind,
	prefix: fc.constantFrom("7701", "7705", "7707", "7708"),
	text: fc.oneof(
		fc.string({ minLength: 1, maxLength: 160 }),
		fc.string({ minLength: 1, maxLength: 700, size: "max", unit: fc.constantFrom("ж", "a", "€", "😀", " ") }),
	),
	priority: fc.constantFrom<unknown>(0, 1, 2, 3, "2", "x", undefined),
	flash: fc.constantFrom<unknown>(true, false, "true", undefined),
});

/** Half of them have no bad message, so about half of the fail-fast batches are accepted. */
const batch = fc.record({
	items: fc.array(item, { minLength: 1, maxLength: 60, size: "max" }),
	isSound: fc.boolean(),
	failFast: fc.boolean(),
	comesAgain: fc.boolean(),
});
type Generated = typeof batch extends fc.Arbitrary<infer Value> ? Value : never;

type Sent = {
	readonly body: Readonly<Record<string, unknown>>;
	readonly status: string;
	readonly code: string | null;
	/** Whether the gateway accepts it, so that its client_message_id is used afterwards. */
	readonly isTaken: boolean;
};

const clientIdOf = ({ body }: Sent) => String(body["client_message_id"]);

describe("generated batches", () => {
	const user = "generated";
	let localStack: SharedStack;
	let client: Client;
	let plain = 0;
	let failing = 100;
	const recipients = new Set<unknown>();
	const used: string[] = [];
	const endings = new Map<number, string>();

	beforeAll(async () => {
		localStack = await sharedStack();
		const webhook = { url: `${localStack.sinkUrl}/${user}` };
		const account = { user_name: user, senders: [{ name: "SMSGW" }], default_time_bounds: "full" as const, webhook };
		await sharedStack([{ account, password: user }]);
		client = clientOf(localStack, user);
	});

	/** Eleven digits used once; `ending` selects the simulated operator's behaviour. */
	const number = (prefix: string, ending?: string) => {
		if (ending === undefined) return `${prefix}${4_000_000 + plain++}`;
		return `${prefix}${failing++}${ending}`;
	};

	function sentFrom({ items, isSound }: Generated): readonly Sent[] {
		const own: string[] = [];
		return items.map(({ kind, prefix, text, priority, flash }) => {
			const fields = { message_text: text, priority, flash };
			if (kind.is === "failing") {
				const [ending, status, code] = kind.ending;
				const body = aBody({ ...fields, recipient: number(prefix, ending) });
				own.push(String(body["client_message_id"]));
				return { body, status, code, isTaken: true };
			}
			if (!isSound && kind.is === "refused") {
				const [wrong, code] = kind.refusal;
				const body = aBody({ ...fields, recipient: number(prefix), ...wrong });
				return { body, status: "UNDELIVERABLE", code, isTaken: false };
			}
			const taken = [...used, ...own];
			if (!isSound && kind.is === "duplicate" && taken.length > 0) {
				const client_message_id = taken[kind.of % taken.length];
				const body = aBody({ ...fields, recipient: number(prefix), client_message_id });
				return { body, status: "UNDELIVERABLE", code: "23", isTaken: false };
			}
			const body = aBody({ ...fields, recipient: number(prefix) });
			own.push(String(body["client_message_id"]));
			return { body, status: "DELIVERED", code: null, isTaken: true };
		});
	}

	async function expectEndings(messages: readonly Sent[], batchId: unknown): Promise<void> {
		const rows = await eventually(
			async () => (await client.request("GET", `/batches/${batchId}`)).body as unknown as readonly ClientMessage[],
			(all) => all.every(({ is_informed }) => is_informed === "Y"),
		);
		const seen = rows.map((row) => [row["client_message_id"], row.message_status, row["error_code"]]);
		for (const row of rows.filter(({ message_status }) => message_status === "DELIVERED")) {
			expect([row["sent_count"], row["delivery_count"]]).toEqual([row["segment_count"], row["segment_count"]]);
		}
		expect(seen).toEqual(messages.map(({ body, status, code }) => [body["client_message_id"], status, code]));
		for (const row of rows) endings.set(row.message_id, row.message_status);
	}

	async function expectNothing(messages: readonly Sent[]): Promise<void> {
		const fresh = messages.filter((message) => !used.includes(clientIdOf(message)));
		const found = await Promise.all(
			fresh.map(
				async ({ body }) => await client.request("GET", `/users/${user}/client_messages/${body["client_message_id"]}`),
			),
		);
		expect(found.filter(({ status }) => status !== 404)).toEqual([]);
		const numbersOfIt = new Set(messages.map(({ body }) => body["recipient"]));
		expect((await smscSubmits(localStack)).filter(({ recipient }) => numbersOfIt.has(recipient))).toEqual([]);
	}

	/** Posts a batch, twice if `comesAgain`; returns the check of its outcome. */
	async function postBatch(generated: Generated): Promise<() => Promise<void>> {
		const messages = sentFrom(generated);
		for (const { body } of messages) recipients.add(body["recipient"]);
		const isTaken = !generated.failFast || messages.every((message) => message.isTaken);
		const body = JSON.stringify({ messages: messages.map((message) => message.body), "fail-fast": generated.failFast });

		const answer = await client.request("POST", "/batches", body);
		const again = generated.comesAgain ? await client.request("POST", "/batches", body) : answer;

		expect([answer.status, again.status]).toEqual(isTaken ? [201, 201] : [400, 400]);
		expect(again.body["batch_id"]).toEqual(answer.body["batch_id"]);
		if (!isTaken) return async () => await expectNothing(messages);
		used.push(...messages.filter((message) => message.isTaken).map(clientIdOf));
		return async () => await expectEndings(messages, answer.body["batch_id"]);
	}

	it("end as each of their messages must, or leave nothing behind (R9, R10, R14, R27, R28, R30, R39, A24, A26, A28, A32, A33)", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(batch, { minLength: 8, maxLength: 8 }), async (batches) => {
				const expectations: (() => Promise<void>)[] = [];
				for (const generated of batches) expectations.push(await postBatch(generated));

				await Promise.all(expectations.map(async (expectOutcome) => await expectOutcome()));
			}),
			{ numRuns: sizeOf({ merge: 2, nightly: 5 }), endOnFailure: true },
		);
	});

	it("are reported once each with their end, and each segment is sent once (R31, A33, A35)", async () => {
		const reports = await reported(localStack, `/${user}`);
		const submits = (await smscSubmits(localStack)).filter(({ recipient }) => recipients.has(recipient));

		const statusById = new Map(reports.map(({ message_id, status }) => [message_id, status]));
		const counts = Map.groupBy(reports, ({ message_id }) => message_id);
		const segments = submits.map((submit) => `${submit.recipient} ${submit.short_message_hex.slice(0, 12)}`);

		expect(endings.size).toBeGreaterThan(0);
		expect([...endings].filter(([id, status]) => statusById.get(id) !== status)).toEqual([]);
		expect([...counts].filter(([, all]) => all.length > 1)).toEqual([]);
		expect(statusById.size).toBe(endings.size);
		expect(segments.length - new Set(segments).size).toBe(0);
	});
});
