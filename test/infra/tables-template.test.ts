import { describe, expect, it } from "vitest";
import { entries, metadataKeys } from "#infra/entries.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { resources, sampleStage } from "./gateway-template.ts";

const tables = resources("AWS::DynamoDB::Table").map(([, table]) => table);

describe("the tables of the template", () => {
	it("have the keys that the adapters write", () => {
		const keys = Object.fromEntries(
			tables.map(({ Metadata, Properties }) => {
				const schema = Properties["KeySchema"] as { AttributeName: string }[];
				const types = Properties["AttributeDefinitions"] as { AttributeName: string; AttributeType: string }[];
				const typeOf = (name: string) => types.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
				return [Metadata[metadataKeys.role], schema.map(({ AttributeName: name }) => `${name} ${typeOf(name)}`)];
			}),
		);

		expect(keys).toEqual({
			messages: ["message_id N"],
			batches: ["batch_id N"],
			submissions: ["smsc_ref S"],
			slots: ["slot_shard S", "id S"],
			reports: ["report_batch S"],
			accounts: ["user_name S"],
			credentials: ["user_name S"],
			"webhook-secrets": ["user_name S"],
			numbers: ["msisdn N"],
			limits: ["counter S"],
			leases: ["lease S"],
			incoming: ["part_of S", "part S"],
			"short-codes": ["short_code S"],
			counts: ["user_name S", "hour S"],
		});
	});

	it("are indexed by numbers, with keys only, unless the stage wants no search", () => {
		const indexes = tables.flatMap(({ Metadata, Properties }) =>
			(
				(Properties["GlobalSecondaryIndexes"] ?? []) as {
					IndexName: string;
					Projection: unknown;
					KeySchema: unknown[];
				}[]
			).map(({ IndexName, Projection }) => [Metadata[metadataKeys.role], IndexName, Projection]),
		);
		const keysOnly = { ProjectionType: "KEYS_ONLY" };

		expect(indexes).toEqual([
			["messages", "by-recipient", keysOnly],
			["incoming", "incoming-by-sender", keysOnly],
			["incoming", "incoming-by-recipient", keysOnly],
		]);
		const without = Object.values(synthesise({ ...sampleStage, searchIndex: false }, entries).Resources);
		expect(without.filter(({ Properties }) => Properties["GlobalSecondaryIndexes"] !== undefined)).toEqual([]);
	});

	it.each(tables.map((table) => [table.Metadata[metadataKeys.role], table] as const))(
		"%s is billed on demand, protected from deletion, has point-in-time recovery, and expires rows by ttl",
		(_, { Properties }) => {
			expect(Properties["DeletionProtectionEnabled"]).toBe(true);
			expect(Properties["BillingMode"]).toBe("PAY_PER_REQUEST");
			expect(Properties["PointInTimeRecoverySpecification"]).toEqual({ PointInTimeRecoveryEnabled: true });
			expect(Properties["TimeToLiveSpecification"]).toEqual({ AttributeName: "ttl", Enabled: true });
		},
	);
});
