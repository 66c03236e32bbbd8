import { describe, expect, it } from "vitest";
import { metadataKeys } from "#infra/entries.ts";
import { resources } from "./gateway-template.ts";

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
		});
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
