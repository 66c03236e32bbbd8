import { describe, expect, it } from "vitest";
import { metadataKeys } from "#infra/entries.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { referencesIn, resources } from "./gateway-template.ts";

const daySeconds = 86_400;
const queues = resources("AWS::SQS::Queue");
const roleOf = (id: string) => String(queues.find(([one]) => one === id)?.[1].Metadata[metadataKeys.role]);
const isDead = (id: string) => roleOf(id).endsWith("-dead");
const working = queues.filter(([id]) => !isDead(id));

describe("the queues of the template", () => {
	it("are a lane for each operator and priority, and one each for receipts, reports, due shards and MO messages", () => {
		const expected = [...lanes.map(({ name }) => `lane-${name}`), "receipts", "reports", "due-shards", "incoming"];

		expect(working.map(([id]) => roleOf(id)).sort()).toEqual(expected.sort());
	});

	it.each(working.map(([id, queue]) => [roleOf(id), queue] as const))(
		"%s has its own dead-letter queue, which keeps entries longer",
		(role, { Properties }) => {
			const { deadLetterTargetArn } = Properties["RedrivePolicy"] as Record<string, unknown>;
			const [deadId = ""] = referencesIn(deadLetterTargetArn);
			const dead = queues.find(([id]) => id === deadId)?.[1];

			expect(roleOf(deadId)).toBe(`${role}-dead`);
			expect(Properties["MessageRetentionPeriod"]).toBe(10 * daySeconds);
			expect(dead?.Properties["MessageRetentionPeriod"]).toBe(14 * daySeconds);
		},
	);

	it("let an entry come again as often as its kind of work may need", () => {
		const times = Object.fromEntries(
			working.map(([id, { Properties }]) => {
				const { maxReceiveCount } = Properties["RedrivePolicy"] as Record<string, unknown>;
				return [roleOf(id).replace(/^lane-.*/, "lane"), maxReceiveCount];
			}),
		);

		expect(times).toEqual({ lane: 1_000, receipts: 1_000, reports: 1_000, "due-shards": 10, incoming: 1_000 });
	});

	it.each(queues.map(([id, queue]) => [roleOf(id), id, queue] as const))(
		"%s is encrypted, and refuses unencrypted connections",
		(_, id, { Properties }) => {
			const policies = resources("AWS::SQS::QueuePolicy").map(([, policy]) => policy.Properties);
			const policy = policies.find(({ Queues }) => referencesIn(Queues).includes(id));

			expect(Properties["SqsManagedSseEnabled"]).toBe(true);
			expect(JSON.stringify(policy)).toContain('{"Bool":{"aws:SecureTransport":"false"}}');
		},
	);
});
