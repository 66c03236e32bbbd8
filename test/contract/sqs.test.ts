import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AwsError, AwsJson } from "#local/wire/aws-json.ts";
import { sizeOf } from "#test/size-of.ts";
import { openSqsEngines, type SqsEngines } from "./sqs-engines.ts";

/** The local stack's SQS answers as fauxqs does, a second opinion. What differs, and why, is in `step`. */

const region = "eu-central-1";
let engines: SqsEngines;
let local: AwsJson;
let other: AwsJson;

beforeAll(async () => {
	engines = await openSqsEngines(region);
	({ local, other } = engines);
});
afterAll(async () => await engines?.close());

type Step =
	| { readonly kind: "send"; readonly entries: readonly { readonly Id: string; readonly MessageBody: string }[] }
	| { readonly kind: "receive"; readonly max: number; readonly held: number | undefined }
	| { readonly kind: "delete" | "hold"; readonly which: readonly number[]; readonly seconds: number }
	| { readonly kind: "count" };

const body = fc.oneof(
	/* Without characters beyond the first plane: fauxqs refuses them, SQS does not. */
	{ weight: 20, arbitrary: fc.constantFrom("a", "b", "üя", "x".repeat(1_000), '{"k":"v"}', "\t\r\n ") },
	{ weight: 1, arbitrary: fc.constantFrom("\u0000", "a\u000bb", "\ufffe") },
);
const id = fc.constantFrom("0", "1", "a-b_c");
const which = fc.array(fc.nat(6), { minLength: 0, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
	fc.record({
		kind: fc.constant("send" as const),
		entries: fc.oneof(
			{ weight: 20, arbitrary: fc.array(fc.record({ Id: id, MessageBody: body }), { minLength: 1, maxLength: 3 }) },
			{ weight: 1, arbitrary: fc.constantFrom([], [{ Id: "a b", MessageBody: "x" }], [{ Id: "", MessageBody: "x" }]) },
			{
				weight: 1,
				arbitrary: fc.constant(Array.from({ length: 11 }, (_, index) => ({ Id: String(index), MessageBody: "x" }))),
			},
		),
	}),
	fc.record({
		kind: fc.constant("receive" as const),
		max: fc.oneof(
			{ weight: 20, arbitrary: fc.integer({ min: 1, max: 3 }) },
			{ weight: 1, arbitrary: fc.constantFrom(0, 11) },
		),
		held: fc.constantFrom(undefined, 600, 43_200),
	}),
	fc.record({ kind: fc.constant("delete" as const), which, seconds: fc.constant(0) }),
	fc.record({
		kind: fc.constant("hold" as const),
		which,
		seconds: fc.oneof(
			{ weight: 10, arbitrary: fc.constantFrom(0, 600) },
			{ weight: 1, arbitrary: fc.constantFrom(-1, 43_201) },
		),
	}),
	fc.constant({ kind: "count" as const }),
);

type Received = {
	readonly MessageId: string;
	readonly ReceiptHandle: string;
	readonly Body: string;
	readonly MD5OfBody: string;
	readonly Attributes: object;
};
type Batch = {
	readonly Successful?: readonly { readonly Id: string; readonly MD5OfMessageBody?: string }[];
	readonly Failed?: readonly { readonly Id: string; readonly Code: string }[];
};

/** Runs steps on a queue of its own. Handles are those of the newest receives. */
function historyOn(call: AwsJson, QueueUrl: string) {
	const handles: string[] = [];
	const held = new Map<string, string>();

	/** All visible entries, because SQS promises no order: a released entry comes first here, and last in fauxqs. */
	async function receive(max: number, VisibilityTimeout: number | undefined) {
		const received: Received[] = [];
		for (let isMore = true; isMore; ) {
			const { Messages = [] } = await call("ReceiveMessage", {
				QueueUrl,
				MaxNumberOfMessages: max,
				...(VisibilityTimeout !== undefined && { VisibilityTimeout }),
				MessageSystemAttributeNames: ["ApproximateReceiveCount"],
			});
			received.push(...(Messages as readonly Received[]));
			isMore = (Messages as readonly Received[]).length > 0;
		}
		const ordered = received.sort((one, two) => (sortText(one) < sortText(two) ? -1 : 1));
		for (const { MessageId, ReceiptHandle } of ordered) {
			/* What an older handle of an entry does is left open by SQS; the engines differ. */
			const before = handles.indexOf(held.get(MessageId) ?? "");
			if (before >= 0) handles.splice(before, 1);
			held.set(MessageId, ReceiptHandle);
			handles.push(ReceiptHandle);
		}
		return ordered.map(({ Body, MD5OfBody, Attributes }) => ({ Body, MD5OfBody, Attributes }));
	}

	async function batch(operation: string, { which: places, seconds }: Step & { kind: "delete" | "hold" }) {
		const chosen = [...new Set(places)].flatMap((place) => handles[place] ?? []);
		const Entries = chosen.map((ReceiptHandle, index) => ({
			Id: String(index),
			ReceiptHandle,
			...(operation === "ChangeMessageVisibilityBatch" && { VisibilityTimeout: seconds }),
		}));
		const outcome = outcomeOf((await call(operation, { QueueUrl, Entries })) as Batch);
		const isKept = operation === "ChangeMessageVisibilityBatch" && seconds !== 0;
		/* Of a handle that holds nothing any more, fauxqs gives another code than SQS's documentation. */
		if (!isKept) handles.splice(0, handles.length, ...handles.filter((handle) => !chosen.includes(handle)));
		return outcome;
	}

	const outcomeOf = ({ Successful = [], Failed = [] }: Batch) => ({
		done: Successful.map(({ Id, MD5OfMessageBody }) => [Id, MD5OfMessageBody]),
		failed: Failed.map(({ Id, Code }) => [Id, Code]),
	});

	return async (one: Step): Promise<unknown> => {
		try {
			if (one.kind === "send")
				return outcomeOf((await call("SendMessageBatch", { QueueUrl, Entries: one.entries })) as Batch);
			if (one.kind === "receive") return await receive(one.max, one.held);
			if (one.kind === "delete") return await batch("DeleteMessageBatch", one);
			if (one.kind === "hold") return await batch("ChangeMessageVisibilityBatch", one);
			return await call("GetQueueAttributes", {
				QueueUrl,
				AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "VisibilityTimeout"],
			});
		} catch (error) {
			return (error as AwsError).name;
		}
	};
}

const sortText = ({ Body, Attributes }: Received) => JSON.stringify([Body, Attributes]);

async function aQueue(call: AwsJson, QueueName: string, Attributes = {}): Promise<string> {
	const { QueueUrl } = await call("CreateQueue", { QueueName, Attributes });
	return String(QueueUrl);
}

describe("the local SQS answers as another engine", () => {
	it("in generated histories of a queue", { timeout: 300_000 }, async () => {
		const histories = fc.sample(fc.array(step, { minLength: 10, maxLength: 30 }), {
			numRuns: sizeOf({ merge: 60, nightly: 1_000 }),
			seed: 1,
		});

		for (const [index, steps] of histories.entries()) {
			const run = [
				historyOn(local, await aQueue(local, `history-${index}`)),
				historyOn(other, await aQueue(other, `history-${index}`)),
			] as const;
			for (const [place, one] of steps.entries()) {
				const [ours, theirs] = [await run[0](one), await run[1](one)];
				expect({ index, place, one, answer: ours }).toEqual({ index, place, one, answer: theirs });
			}
		}
	});

	it.each([
		["a queue that does not exist", "SendMessage", { QueueUrl: "http://x/000000000000/none", MessageBody: "x" }],
		["an attribute out of range", "CreateQueue", { QueueName: "q1", Attributes: { VisibilityTimeout: "43201" } }],
		["the URL of a queue that does not exist", "GetQueueUrl", { QueueName: "none" }],
	])("of %s", async (_, operation, input) => {
		const [ours, theirs] = await Promise.all(
			[local, other].map(async (call) => await call(operation, input).catch((error: AwsError) => error.name)),
		);

		expect(ours).toEqual(theirs);
		expect(typeof ours).toBe("string");
	});

	it("moves an entry to the dead letters after its receives, with its age", async () => {
		const outcomes = [];
		for (const call of [local, other]) {
			const dead = await aQueue(call, "moving-dead");
			const deadLetterTargetArn = `arn:aws:sqs:${region}:000000000000:moving-dead`;
			const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
			const QueueUrl = await aQueue(call, "moving", { RedrivePolicy });
			await call("SendMessage", { QueueUrl, MessageBody: "x" });
			const receives = [];
			for (let times = 0; times < 3; times += 1) {
				const { Messages = [] } = await call("ReceiveMessage", { QueueUrl, VisibilityTimeout: 0 });
				receives.push((Messages as unknown[]).length);
			}
			const { Messages } = await call("ReceiveMessage", { QueueUrl: dead });
			outcomes.push({ receives, dead: (Messages as readonly Received[]).map(({ Body }) => Body) });
		}

		expect(outcomes[0]).toEqual({ receives: [1, 1, 0], dead: ["x"] });
		expect(outcomes[1]).toEqual(outcomes[0]);
	});
});
