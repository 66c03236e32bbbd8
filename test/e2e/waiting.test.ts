import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { slotAt, slotMs, slotName } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { nextClosing, nextOpening } from "#shared/domain/time/time-bounds.ts";
import { type Client, clientOf, eventually, reported, smscSubmits } from "./client.ts";
import { aFailingWebhook } from "./failing-webhook.ts";
import { invokeCheckDue } from "./invoke-check-due.ts";
import { openTestStack } from "./local-stack.ts";
import { type MovedClock, movedClock } from "./moved-clock.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

describe("a scheduled message", () => {
	let localStack: LocalStack;
	let clock: MovedClock;
	let client: Client;
	const smsc = anSmsc();
	const failingOnce = aFailingWebhook();

	beforeAll(async () => {
		clock = movedClock();
		localStack = await openTestStack({
			preload: clock.preload,
			operators: { tele2: { ...anSmscLogin, port: await portOf(smsc.server) } },
			accounts: [await failingOnce.account("failing-once")],
		});
		client = clientOf(localStack);
	});
	afterAll(async () => {
		await localStack?.stop();
		clock?.close();
		smsc.close();
		failingOnce.close();
	});

	/** A quarter of an hour far enough ahead for a slot row. */
	const aSlot = () => slotAt(clock.now() + slotMs + 60_000);
	const schedule = (slot: number) => ({ schedule: almatyText(slot) });
	const withdraw = async (id: string, by = client) => await by.request("DELETE", `/messages/${id}`);
	const submitsTo = async (recipient: string) =>
		(await smscSubmits(localStack)).filter((submit) => submit.recipient === recipient).length;

	it("waits in its slot, whose schedule exists, and is sent when the slot comes (R22, R34)", async () => {
		const slot = aSlot();
		const id = await client.send({ ...schedule(slot), recipient: "77010001001" });
		const planned = await client.get(id);
		const name = `slot-${slotName(slot).replace(":", "-")}`;
		const alarm = await fetch(`${localStack.endpoints.scheduler}/schedules/${name}?groupName=smsgw-local-slots`);
		/* The check comes too early, so the message is parked again. */
		await invokeCheckDue(localStack, { slot });
		const other = await client.send();
		await client.untilReported(other);
		const early = await submitsTo("77010001001");

		clock.moveTo(slot);
		await invokeCheckDue(localStack, { slot });
		const message = await client.untilReported(id);

		expect(planned).toMatchObject({ message_status: "NEW", schedule: almatyText(slot), schedule_state: "N" });
		expect(await alarm.json()).toMatchObject({
			ScheduleExpression: `at(${almatyText(slot).replace(" ", "T")})`,
			ActionAfterCompletion: "DELETE",
			Target: {
				Arn: `${localStack.plan.functions["smsgw-local-check-due"]?.arn}:live`,
				Input: JSON.stringify({ slot }),
			},
		});
		expect(early).toBe(0);
		expect(message).toMatchObject({ message_status: "DELIVERED", schedule_state: "P" });
		expect(await submitsTo("77010001001")).toBe(1);
	});

	it("is released by the sweep if the slot's schedule did not fire", async () => {
		const slot = aSlot();
		const id = await client.send(schedule(slot));

		clock.moveTo(slot + 7 * 60_000);
		await invokeCheckDue(localStack, { sweep: true });

		expect(await client.untilReported(id)).toMatchObject({ message_status: "DELIVERED" });
	});

	it("is withdrawn for good, and reported (R8, A22, A23)", async () => {
		const slot = aSlot();
		const client_message_id = randomUUID();
		const fields = { ...schedule(slot), recipient: "77010001002", client_message_id };
		const [id, beside] = [await client.send(fields), await client.send(schedule(slot))];

		const first = await withdraw(id);
		const message = await client.untilReported(id);
		const repeated = await withdraw(id);
		const used = await client.post(fields);
		clock.moveTo(slot);
		await invokeCheckDue(localStack, { slot });
		await client.untilReported(beside);

		expect([first.status, first.body, repeated.status]).toEqual([204, {}, 204]);
		expect(message).toMatchObject({ message_status: "DELETED", schedule_state: null, error_code: null });
		const reports = (await reported(localStack, "/demo")).filter(({ message_id }) => String(message_id) === id);
		expect(reports.map(({ status }) => status)).toEqual(["DELETED"]);
		expect(reports[0]).not.toHaveProperty("sent_time");
		expect(used).toMatchObject({ status: 400, body: { error_code: "23", message_id: id } });
		expect(await submitsTo("77010001002")).toBe(0);
	});

	it("cannot be withdrawn by another user, nor if it is unknown, unscheduled or already sent (R8, A21, A22)", async () => {
		const slot = aSlot();
		const [planned, plain] = [await client.send(schedule(slot)), await client.send()];

		const foreign = await withdraw(planned, clientOf(localStack, "demo2"));
		const unknown = await withdraw("9007199254740991");
		const nonsense = await withdraw("none");
		const unscheduled = await withdraw(plain);
		const untouched = await client.get(planned);
		clock.moveTo(slot);
		await invokeCheckDue(localStack, { slot });
		await client.untilReported(planned);
		const gone = await withdraw(planned);

		const answers = [foreign, unknown, nonsense, unscheduled, gone];
		expect(answers.map(({ status }) => status)).toEqual([403, 404, 404, 409, 409]);
		for (const { body } of answers) expect(body["error_message"]).toEqual(expect.stringMatching(/./));
		expect(untouched).toMatchObject({ message_status: "NEW", schedule_state: "N" });
	});

	it("has a history of its waits, its failed attempts, its receipt and its report (A52)", async () => {
		const own = clientOf(localStack, "failing-once");
		/* Its window is closed, and opens so late that the message waits in a slot. */
		const isNear = nextOpening("def", clock.now()) <= clock.now() + slotMs + 60_000;
		if (isNear) clock.moveTo(nextClosing("def", nextOpening("def", clock.now())) + 60_000);
		const opens = nextOpening("def", clock.now());
		const id = await own.send({ recipient: "77077001003", time_bounds: "def" });
		const waiting = await own.get(id, "?history=true");
		let submits = 0;
		smsc.behaviour = async (_, take) => {
			submits += 1;
			return submits <= 2 ? { command_status: 8 } : await take();
		};

		clock.moveTo(opens);
		await invokeCheckDue(localStack, { slot: opens });
		await own.untilReported(id);
		const { history, waits_for } = await own.get(id, "?history=yes");
		smsc.behaviour = undefined;

		expect(waiting).toMatchObject({ waits_for: "time_bounds", waits_until: almatyText(opens) });
		const events = history as readonly { readonly event: string }[];
		expect(events.slice(0, 5)).toMatchObject([
			{ event: "accepted", channel: "rest", address: "127.0.0.1" },
			{ event: "waits", reason: "time_bounds", until: almatyText(opens) },
			{ event: "released", time: almatyText(opens) },
			{ event: "refused_for_now", error_code: "8", count: 2 },
			{ event: "submitted", attempt: 3 },
		]);
		/* A receipt may come in the millisecond of its confirmation, or before. */
		const ending = events.slice(5).toSorted((one, other) => (one.event < other.event ? -1 : 1));
		expect(ending).toMatchObject([
			{ event: "confirmed", smcsc_ids: [expect.any(String)] },
			{ event: "ended", status: "DELIVERED" },
			{ event: "receipt", stat: "DELIVRD", segments: [1], status: "DELIVERED" },
			{ event: "report_failed", status: "DELIVERED", attempt: 1, answer: "status 500" },
			{ event: "reported", status: "DELIVERED", attempt: 2, answer: "status 204" },
		]);
		expect(waits_for).toBe("nothing");
		expect(JSON.stringify(history)).not.toContain("bind");
		expect(await client.get(await client.send())).not.toHaveProperty("history");
	});

	it("whose lane entry became a dead letter ends and is reported (A19)", async () => {
		const id = await client.send(schedule(aSlot()));
		const sqs = awsJson("sqs", localStack.endpoints.sqs, "eu-central-1");
		const queue = localStack.plan.queues["lane-kcell-bulk-dead"];
		const MessageBody = JSON.stringify({ user_name: "demo", message_ids: [Number(id)] });

		await sqs("SendMessage", { QueueUrl: queue?.url, MessageBody });
		const message = await client.untilReported(id);
		const left = await eventually(
			async () => {
				const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
				const { Attributes } = await sqs("GetQueueAttributes", { QueueUrl: queue?.url, AttributeNames });
				return Object.values(Attributes as object).map(Number);
			},
			(counts) => counts.every((count) => count === 0),
		);

		expect(message).toMatchObject({ message_status: "FAILED", error_code: "254", error_message: expect.any(String) });
		expect(left).toEqual([0, 0]);
	});
});
