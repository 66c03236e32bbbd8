import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayProcess, LocalStack } from "#local/local-stack-options.ts";
import { slotAt, slotMs } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { type Client, clientOf, eventually, type Posted, reported, submitted } from "./client.ts";
import { type Call, type EngineProxy, openEngineProxy, type When } from "./engine-proxy.ts";
import { invokeCheckDue } from "./invoke-check-due.ts";
import { openLocalStack } from "./local-stack.ts";
import { type MovedClock, movedClock } from "./moved-clock.ts";

/**
 * Kills a process of the gateway (SIGKILL) between each pair of steps of a message that waits, and holds it to its invariant: it is lost
 * nowhere, sent again at most as often as it was exposed, never sent where it was withdrawn, and ends once, reported.
 */

type Service = "dynamodb" | "sqs";

const calls = (operation: string, text: RegExp) => (call: Call) => call.operation === operation && text.test(call.body);

const insert = calls("BatchExecuteStatement", /INSERT INTO/);
const claim = calls("BatchExecuteStatement", /UPDATE .*\\"ss\\":\\"P\\"/);
const withdrawal = calls("BatchExecuteStatement", /UPDATE .*\\"DELETED\\"/);
const slotRow = calls("BatchWriteItem", /PutRequest.*release-/s);
const slotRowDeletion = calls("BatchWriteItem", /DeleteRequest.*release-/s);
const lane = calls("SendMessageBatch", /lane-/);
const laneDeletion = calls("DeleteMessageBatch", /lane-/);

const services: readonly Service[] = ["dynamodb", "sqs"];
const processes: readonly GatewayProcess[] = ["lambdas", "smpp"];

describe("a process that is killed while a message waits", () => {
	let localStack: LocalStack;
	let clock: MovedClock;
	let client: Client;
	const engineProxies = new Map<string, EngineProxy>();

	beforeAll(async () => {
		for (const process of processes)
			for (const service of services) engineProxies.set(process + service, await openEngineProxy());
		clock = movedClock();
		localStack = await openLocalStack({
			preload: clock.preload,
			/* What a killed process held comes back sooner than in the cloud; nothing else differs. */
			stage: {
				laneVisibilitySeconds: 3,
				receiptsVisibilitySeconds: 3,
				reportsVisibilitySeconds: 6,
				dueShardsVisibilitySeconds: 3,
			},
			endpoints: (process, service, url) => engineProxies.get(process + service)?.before(url) ?? url,
		});
		client = clientOf(localStack);
	});
	afterAll(async () => {
		await localStack?.stop();
		for (const engineProxy of engineProxies.values()) engineProxy.close();
		clock?.close();
	});

	const killAt = async (process: GatewayProcess, service: Service, when: When, matches: (call: Call) => boolean) =>
		await engineProxies.get(process + service)?.at(when, matches, async () => await localStack.kill(process));

	let recipients = 0;
	/** Nobody else's, and none whose last four digits are an order to the simulated operator. */
	function aRecipient(): string {
		recipients += 1;
		return `7701${String(recipients).padStart(3, "0")}0001`;
	}

	const aScheduled = () => {
		const slot = slotAt(clock.now() + slotMs + 60_000);
		return { slot, fields: { client_message_id: randomUUID(), recipient: aRecipient(), schedule: almatyText(slot) } };
	};

	/** The gateway's answer, or null where it gave none. */
	async function attempt(ask: () => Promise<Posted>): Promise<Posted | null> {
		const answer = await ask().catch(() => null);
		return answer === null || answer.status >= 500 ? null : answer;
	}

	/** As a client does that got no answer: again, until there is one. */
	const untilAnswered = async (ask: () => Promise<Posted>) =>
		await eventually(
			async () => await attempt(ask),
			(answer) => answer !== null,
		);

	const taken = async (fields: Record<string, unknown>) =>
		String((await untilAnswered(async () => await client.post(fields)))?.body["message_id"]);

	/** The slot's alarm, which the scheduler tries again where nobody hears it. */
	async function ring(slot: number): Promise<void> {
		clock.moveTo(Math.max(slot, clock.now()));
		await eventually(
			async () =>
				await invokeCheckDue(localStack, { slot }).then(
					() => true,
					() => false,
				),
			(answered) => answered,
		);
	}

	const sentTo = async (recipient: string) =>
		(await submitted(localStack)).filter((submit) => submit.recipient === recipient).length;

	async function expectDelivered(messageId: string, recipient: string): Promise<void> {
		const message = await client.untilReported(messageId);
		const sent = await sentTo(recipient);
		const reports = (await reported(localStack)).filter(({ message_id }) => String(message_id) === messageId);
		expect(message).toMatchObject({ message_status: "DELIVERED", schedule_state: "P" });
		expect(sent).toBeGreaterThanOrEqual(1);
		/* One message was under way: its exposure is one, and it was killed once. */
		expect(sent).toBeLessThanOrEqual(2);
		expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(["DELIVERED"]));
		console.log(`sent ${sent}×, reported ${reports.length}×`);
	}

	it("after the insert has promised nothing; its client's retry, a minute later, parks it", async () => {
		const { slot, fields } = aScheduled();
		const killed = killAt("lambdas", "dynamodb", "after", insert);
		expect(await attempt(async () => await client.post(fields))).toBeNull();
		await killed;

		clock.moveTo(clock.now() + 61_000);
		const id = await taken(fields);
		await ring(slot);

		await expectDelivered(id, fields.recipient);
	});

	it("after the slot row was written has its message released all the same", async () => {
		const { slot, fields } = aScheduled();
		const killed = killAt("lambdas", "dynamodb", "after", slotRow);
		expect(await attempt(async () => await client.post(fields))).toBeNull();
		await killed;

		const id = await taken(fields);
		await ring(slot);

		await expectDelivered(id, fields.recipient);
	});

	it.each([
		["before its lane has it", "lambdas", "sqs", "before", lane],
		["after its lane has it, before its slot row is deleted", "lambdas", "sqs", "after", lane],
		["after its slot row was deleted", "lambdas", "dynamodb", "after", slotRowDeletion],
		["before it is claimed, N→P", "smpp", "dynamodb", "before", claim],
		["after it was claimed, before it is submitted", "smpp", "dynamodb", "after", claim],
	] as const)("when it comes, %s, loses nothing", async (_, process, service, when, matches) => {
		const { slot, fields } = aScheduled();
		const id = await taken(fields);
		const killed = killAt(process, service, when, matches);

		await ring(slot);
		await killed;

		await expectDelivered(id, fields.recipient);
	});

	it.each([
		["before the row is written", "dynamodb", "before", slotRow],
		["after the row was written, before its lane entry is deleted", "dynamodb", "after", slotRow],
		["after its lane entry was deleted", "sqs", "after", laneDeletion],
	] as const)("while it is parked again, %s, loses nothing", async (_, service, when, matches) => {
		const { slot, fields } = aScheduled();
		const id = await taken(fields);
		const killed = killAt("smpp", service, when, matches);
		/* Too early: it goes back to its slot. */
		await invokeCheckDue(localStack, { slot });
		await killed;

		const other = await taken({});
		await client.untilReported(other);
		const early = await sentTo(fields.recipient);
		await ring(slot);

		expect(early).toBe(0);
		await expectDelivered(id, fields.recipient);
	});

	it("after it was withdrawn, before its report, has it reported at its slot, and never sent", async () => {
		const { slot, fields } = aScheduled();
		const id = await taken(fields);
		const killed = killAt("lambdas", "dynamodb", "after", withdrawal);
		expect(await attempt(async () => await client.request("DELETE", `/messages/${id}`))).toBeNull();
		await killed;

		await ring(slot);
		const message = await client.untilReported(id);

		expect(message).toMatchObject({ message_status: "DELETED", schedule_state: null });
		expect(await sentTo(fields.recipient)).toBe(0);
	});
});
