import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayProcess, LocalStack } from "#local/local-stack-options.ts";
import { slotAt, slotMs } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { type Client, clientOf, eventually, type Posted, reported, smscSubmits } from "./client.ts";
import { calls, type EngineName, type EngineProxies, openEngineProxies } from "./engine-proxies.ts";
import type { EngineCall, FaultMoment } from "./engine-proxy.ts";
import { invokeCheckDue } from "./invoke-check-due.ts";
import { openTestStack, quickTakeover } from "./local-stack.ts";
import { type MovedClock, movedClock } from "./moved-clock.ts";

/**
 * Kills a process of the gateway (SIGKILL) between each two steps of a waiting message's flow. The message is never
 * lost, copies stay within the exposure, a withdrawn message is never sent, and each ends once and is reported.
 */

const insert = calls("BatchExecuteStatement", /INSERT INTO/);
const claim = calls("BatchExecuteStatement", /UPDATE .*\\"ss\\":\\"P\\"/);
const withdrawal = calls("BatchExecuteStatement", /UPDATE .*\\"DELETED\\"/);
const slotRow = calls("BatchWriteItem", /PutRequest.*release-/s);
const slotRowDeletion = calls("BatchWriteItem", /DeleteRequest.*release-/s);
const lane = calls("SendMessageBatch", /lane-/);
const laneDeletion = calls("DeleteMessageBatch", /lane-/);

describe("a process that is killed while a message waits", () => {
	let localStack: LocalStack;
	let clock: MovedClock;
	let client: Client;
	let engineProxies: EngineProxies;

	beforeAll(async () => {
		engineProxies = await openEngineProxies();
		clock = movedClock();
		localStack = await openTestStack({
			preload: clock.preload,
			stage: quickTakeover,
			endpoints: engineProxies.endpoints,
		});
		client = clientOf(localStack);
	});
	afterAll(async () => {
		await localStack?.stop();
		engineProxies?.close();
		clock?.close();
	});

	const killAt = async (
		process: GatewayProcess,
		service: EngineName,
		when: FaultMoment,
		matches: (call: EngineCall) => boolean,
	) => await engineProxies.of(process, service).at(when, matches, async () => await localStack.kill(process));

	let recipients = 0;
	/** A number used once, whose last four digits tell the simulated operator to deliver. */
	function aRecipient(): string {
		recipients += 1;
		return `7701${String(recipients).padStart(3, "0")}0001`;
	}

	const aScheduled = () => {
		const slot = slotAt(clock.now() + slotMs + 60_000);
		return { slot, fields: { client_message_id: randomUUID(), recipient: aRecipient(), schedule: almatyText(slot) } };
	};

	async function attempt(ask: () => Promise<Posted>): Promise<Posted | null> {
		const answer = await ask().catch(() => null);
		return answer === null || answer.status >= 500 ? null : answer;
	}

	/** Retries as a client does, until there is an answer. */
	const untilAnswered = async (ask: () => Promise<Posted>) =>
		await eventually(
			async () => await attempt(ask),
			(answer) => answer !== null,
		);

	const untilAccepted = async (fields: Record<string, unknown>) =>
		String((await untilAnswered(async () => await client.post(fields)))?.body["message_id"]);

	/** Fires the slot's schedule, again until the function succeeds, as the scheduler does. */
	async function fireSlot(slot: number): Promise<void> {
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
		(await smscSubmits(localStack)).filter((submit) => submit.recipient === recipient).length;

	async function expectDelivered(messageId: string, recipient: string): Promise<void> {
		const message = await client.untilReported(messageId);
		const sent = await sentTo(recipient);
		const reports = (await reported(localStack)).filter(({ message_id }) => String(message_id) === messageId);
		expect(message).toMatchObject({ message_status: "DELIVERED", schedule_state: "P" });
		expect(sent).toBeGreaterThanOrEqual(1);
		/* One message was in flight and one process was killed: the exposure is one. */
		expect(sent).toBeLessThanOrEqual(2);
		expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(["DELIVERED"]));
		console.log(`sent ${sent}×, reported ${reports.length}×`);
	}

	it("after the insert has accepted nothing, and the client's retry parks the message a minute later", async () => {
		const { slot, fields } = aScheduled();
		const killed = killAt("lambdas", "dynamodb", "after", insert);
		expect(await attempt(async () => await client.post(fields))).toBeNull();
		await killed;

		clock.moveTo(clock.now() + 61_000);
		const id = await untilAccepted(fields);
		await fireSlot(slot);

		await expectDelivered(id, fields.recipient);
	});

	it("after the slot row was stored still has the message released", async () => {
		const { slot, fields } = aScheduled();
		const killed = killAt("lambdas", "dynamodb", "after", slotRow);
		expect(await attempt(async () => await client.post(fields))).toBeNull();
		await killed;

		const id = await untilAccepted(fields);
		await fireSlot(slot);

		await expectDelivered(id, fields.recipient);
	});

	it.each([
		["before the lane entry is sent", "lambdas", "sqs", "before", lane],
		["after the lane entry was sent, before the slot row is deleted", "lambdas", "sqs", "after", lane],
		["after the slot row was deleted", "lambdas", "dynamodb", "after", slotRowDeletion],
		["before the claim N→P", "smpp", "dynamodb", "before", claim],
		["after the claim, before submit_sm", "smpp", "dynamodb", "after", claim],
	] as const)("when the slot comes, %s, loses nothing", async (_, process, service, when, matches) => {
		const { slot, fields } = aScheduled();
		const id = await untilAccepted(fields);
		const killed = killAt(process, service, when, matches);

		await fireSlot(slot);
		await killed;

		await expectDelivered(id, fields.recipient);
	});

	it.each([
		["before the slot row is stored", "dynamodb", "before", slotRow],
		["after the slot row was stored, before the lane entry is deleted", "dynamodb", "after", slotRow],
		["after the lane entry was deleted", "sqs", "after", laneDeletion],
	] as const)("while the message is parked again, %s, loses nothing", async (_, service, when, matches) => {
		const { slot, fields } = aScheduled();
		const id = await untilAccepted(fields);
		const killed = killAt("smpp", service, when, matches);
		/* The slot has not come, so the message returns to it. */
		await invokeCheckDue(localStack, { slot });
		await killed;

		const other = await untilAccepted({});
		await client.untilReported(other);
		const early = await sentTo(fields.recipient);
		await fireSlot(slot);

		expect(early).toBe(0);
		await expectDelivered(id, fields.recipient);
	});

	it("after a withdrawal, before its report, has it reported at its slot and never sent", async () => {
		const { slot, fields } = aScheduled();
		const id = await untilAccepted(fields);
		const killed = killAt("lambdas", "dynamodb", "after", withdrawal);
		expect(await attempt(async () => await client.request("DELETE", `/messages/${id}`))).toBeNull();
		await killed;

		await fireSlot(slot);
		const message = await client.untilReported(id);

		expect(message).toMatchObject({ message_status: "DELETED", schedule_state: null });
		expect(await sentTo(fields.recipient)).toBe(0);
	});
});
