import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { localRegion } from "#local/local-stage.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { clientOf, eventually, sendInBatches, untilDelivered } from "./client.ts";
import { type EngineProxy, openEngineProxy } from "./engine-proxy.ts";
import { openTestStack } from "./local-stack.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

/** The SMPP service loses one of its engines for ten seconds while it sends. */

const outageMs = 10_000;
const messages = 400;
/** So slow that more messages wait than may be exposed. */
const contract = { tps: 60, window: 5 } as const;
/** What may be submitted and not recorded: a window and a quarter of a second's rate. */
const exposure = contract.window + contract.tps / 4;

describe("the SMPP service", () => {
	const smsc = anSmsc();
	const engineProxies = new Map<string, EngineProxy>();
	let localStack: LocalStack;

	beforeAll(async () => {
		for (const service of ["dynamodb", "sqs"]) engineProxies.set(service, await openEngineProxy());
		const port = await portOf(smsc.server);
		localStack = await openTestStack({
			/* As on AWS: a lease is trusted for 20 seconds. */
			stage: { leaseSeconds: 30 },
			operators: { altel: { ...anSmscLogin, port, ...contract } },
			endpoints: (process, service, url) =>
				(process === "smpp" ? engineProxies.get(service)?.before(url) : undefined) ?? url,
		});
	});
	afterAll(async () => {
		await localStack?.stop();
		for (const engineProxy of engineProxies.values()) engineProxy.close();
		smsc.close();
	});

	let last = 0;
	function recipients(): readonly string[] {
		last += messages;
		return Array.from({ length: messages }, (_, index) => `7708${String(last + index).padStart(7, "0")}`);
	}

	const untilSent = async (least: number) =>
		await eventually(
			async () => smsc.submits.length,
			(count) => count >= least,
		);

	/** Starts when a fifth of the messages are sent. Returns the submits before it, at its half and at its end. */
	async function outage(engineProxy: EngineProxy | undefined, sentBefore: number) {
		if (engineProxy === undefined) throw new Error("no such engine");
		await untilSent(sentBefore + messages / 5);
		const before = smsc.submits.length;
		const from = performance.now();
		const untilPassed = async (ms: number) =>
			await eventually(
				async () => performance.now() - from,
				(passed) => passed > ms,
			);
		engineProxy.refusing = () => true;
		await untilPassed(outageMs / 2);
		const atHalf = smsc.submits.length;
		await untilPassed(outageMs);
		const atEnd = smsc.submits.length;
		const refused = engineProxy.refused;
		engineProxy.refusing = () => false;
		return { before, atHalf, atEnd, refused };
	}

	it.each(["dynamodb", "sqs"])(
		"whose %s refuses calls for ten seconds loses and repeats nothing, and resumes",
		async (name) => {
			const sentBefore = smsc.submits.length;
			const posting = sendInBatches(clientOf(localStack), recipients());

			const { before, atHalf, atEnd, refused } = await outage(engineProxies.get(name), sentBefore);
			await untilDelivered(localStack, await posting);

			console.log(`${name} refused ${refused} calls; meanwhile ${atEnd - before} were sent`);
			expect(refused).toBeGreaterThan(0);
			/* It submits no more than its exposure while it can record nothing. */
			if (name === "dynamodb") {
				expect(atEnd).toBe(atHalf);
				expect(atEnd - before).toBeLessThanOrEqual(exposure);
			}
			expect(smsc.submits.length - sentBefore).toBe(messages);
		},
	);

	it("that receives every lane entry three times sends each message once", async () => {
		const sentBefore = smsc.submits.length;
		const sqs = awsJson("sqs", localStack.endpoints.sqs, localRegion);
		const lane = Object.values(localStack.plan.queues).find((queue) => queue.name.endsWith("lane-altel-bulk"));
		const QueueUrl = `${localStack.endpoints.sqs}/000000000000/${lane?.name}`;

		const ids = await sendInBatches(clientOf(localStack), recipients());
		for (let copy = 0; copy < 2; copy += 1) {
			for (let from = 0; from < messages; from += 25) {
				const MessageBody = JSON.stringify({ user_name: "demo", message_ids: ids.slice(from, from + 25) });
				await sqs("SendMessage", { QueueUrl, MessageBody });
			}
		}
		const atCopies = smsc.submits.length;
		await untilDelivered(localStack, ids);

		/* The copies came while messages were left to send. */
		expect(atCopies - sentBefore).toBeLessThan(messages);
		expect(smsc.submits.length - sentBefore).toBe(messages);
	});
});
