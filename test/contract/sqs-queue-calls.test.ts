import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AwsError, AwsJson } from "#local/wire/aws-json.ts";
import { sizeOf } from "#test/size-of.ts";
import { openSqsEngines, type SqsEngines } from "./sqs-engines.ts";

/** Generated calls on queues, and single sends: the local stack's SQS answers as fauxqs does. `outcomeOf` says what is not compared. */

let engines: SqsEngines;
let local: AwsJson;
let other: AwsJson;

beforeAll(async () => {
	engines = await openSqsEngines("eu-central-1");
	({ local, other } = engines);
});
afterAll(async () => await engines?.close());

type Call = { readonly operation: string; readonly input: Readonly<Record<string, unknown>> };

const often = <Value>(usual: fc.Arbitrary<Value>, rare: fc.Arbitrary<Value>) =>
	fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: rare });
const texts = (...values: readonly string[]) => fc.constantFrom(...values);

const attributes = fc.record(
	{
		VisibilityTimeout: often(texts("0", "30", "43200"), texts("-1", "43201", "x")),
		MessageRetentionPeriod: often(texts("60", "345600", "1209600"), texts("59", "1209601", "1.5")),
		DelaySeconds: often(texts("0", "900"), texts("901", "-1")),
		ReceiveMessageWaitTimeSeconds: often(texts("0", "20"), texts("21", "y")),
	},
	{ requiredKeys: [] },
);
/* fauxqs takes an empty attribute, any name of a queue, any delay, and a group with a space, which SQS's documentation excludes. */
const queueName = often(texts("one", "two-2", "three_3"), texts("four"));
const queueUrl = often(texts("one", "two-2", "three_3"), texts("absent")).map(
	(name) => `http://x/000000000000/${name}`,
);
const asked = fc.subarray(
	["VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "ReceiveMessageWaitTimeSeconds"],
	{
		minLength: 1,
	},
);

/* Without characters beyond the first plane, which fauxqs refuses, and empty bodies, for which it has another error. */
const body = often(texts("a", "üя", "x".repeat(1_000), "\t\r\n "), texts("\u0000", "\ufffe"));
const delay = fc.constantFrom(undefined, 0, 900);
const group = often(fc.constantFrom(undefined, "g"), fc.constantFrom("!".repeat(128)));

const calls: Readonly<Record<string, fc.Arbitrary<Readonly<Record<string, unknown>>>>> = {
	CreateQueue: fc.record({ QueueName: queueName, Attributes: attributes }),
	GetQueueUrl: fc.record({ QueueName: queueName }),
	SetQueueAttributes: fc.record({ QueueUrl: queueUrl, Attributes: attributes }),
	GetQueueAttributes: fc.record({ QueueUrl: queueUrl, AttributeNames: asked }),
	SendMessage: fc.record({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds: delay, MessageGroupId: group }),
	ListQueues: fc.constant({}),
};

const anyCall = fc.oneof(
	...Object.entries(calls).map(([operation, input]) => input.map((given): Call => ({ operation, input: given }))),
);

const last = (url: unknown) => String(url).slice(String(url).lastIndexOf("/") + 1);

/** What both engines must agree on. Ids are random, hosts of URLs differ, and so do the texts of errors. */
async function outcomeOf(call: AwsJson, { operation, input }: Call): Promise<unknown> {
	try {
		const { QueueUrl, QueueUrls, MessageId, ...output } = await call(operation, input);
		return {
			...output,
			...(QueueUrl !== undefined && { queue: last(QueueUrl) }),
			...(QueueUrls !== undefined && { queues: (QueueUrls as readonly unknown[]).map(last).sort() }),
			...(MessageId !== undefined && { hasId: true }),
		};
	} catch (error) {
		return (error as AwsError).name;
	}
}

describe("the local SQS answers as another engine", () => {
	it("in generated calls on queues", { timeout: 300_000 }, async () => {
		const all = fc.sample(anyCall, { numRuns: sizeOf({ merge: 1_600, nightly: 12_000 }), seed: 1 });
		const counts = new Map<string, number>();
		const differences = new Map<string, unknown>();

		for (const call of all) {
			const [ours, theirs] = [await outcomeOf(local, call), await outcomeOf(other, call)];
			counts.set(call.operation, (counts.get(call.operation) ?? 0) + 1);
			try {
				expect(ours).toEqual(theirs);
			} catch {
				differences.set(`${call.operation} ${JSON.stringify(ours).slice(0, 60)}`, { call, ours, theirs });
			}
		}

		expect([...differences.values()]).toEqual([]);
		expect(Math.min(...counts.values())).toBeGreaterThan(200);
	});
});
