import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { cdkContext } from "#infra/cdk-context.ts";
import { metadataKeys, root } from "#infra/entries.ts";
import { readStage, type Stage } from "#infra/stage.ts";
import { StateStack } from "#infra/state-stack.ts";
import { type TableRole, tableRoles, tableRolesIn } from "#infra/table-roles.ts";
import { copiedTables, filledTables } from "#shared/contracts/filled-tables.ts";
import { resources, sampleStage } from "./gateway-template.ts";

type Resource = {
	readonly Type: string;
	readonly Properties: Readonly<Record<string, unknown>>;
	readonly Metadata?: Readonly<Record<string, unknown>>;
	readonly DeletionPolicy?: string;
};

function stateOf(stage: Stage, lost?: readonly TableRole[]): Readonly<Record<string, Resource>> {
	const app = new App({ context: cdkContext });
	new StateStack(app, "state", { stage, ...(lost && { lost }) });
	return app.synth().getStackByName("state").template.Resources;
}

const roleOf = ({ Metadata }: Resource) => Metadata?.[metadataKeys.role];
const ofType = (all: Readonly<Record<string, Resource>>, type: string) =>
	Object.values(all).filter(({ Type }) => Type === type);

describe("a state stack without its lost tables", () => {
	it("keeps everything else as it is, so that two deployments create the tables again", () => {
		const whole = stateOf(sampleStage);
		const without = stateOf(sampleStage, ["messages", "slots"]);
		const removed = Object.keys(whole).filter((id) => !(id in without));

		expect(removed.map((id) => whole[id] && roleOf(whole[id]))).toEqual(["messages", "slots"]);
		expect(removed.map((id) => whole[id]?.DeletionPolicy)).toEqual(["Retain", "Retain"]);
		for (const [id, resource] of Object.entries(without)) expect(resource).toEqual(whole[id]);
	});

	it("is asked for by the roles of tables", () => {
		expect(tableRolesIn("messages, short-codes")).toEqual(["messages", "short-codes"]);
		expect(() => tableRolesIn("messages,mesages")).toThrow(/^there is no table "mesages": the tables are messages, /);
	});
});

describe("the tables that a restore fills", () => {
	it("are all but the slots, with the keys of the template", () => {
		const keys = Object.fromEntries(
			resources("AWS::DynamoDB::Table").map(([, { Metadata, Properties }]) => {
				const [partition] = Properties["KeySchema"] as { readonly AttributeName: string }[];
				return [String(Metadata[metadataKeys.role]), partition?.AttributeName];
			}),
		);

		expect({ ...filledTables, slots: "slot_shard" }).toEqual(keys);
	});

	it("are those that the procedure restores", () => {
		const [, listed = ""] = /for role in (.*); do/.exec(readFileSync(join(root, "docs/restore.md"), "utf8")) ?? [];

		expect(listed.split(" ").sort()).toEqual(Object.keys(filledTables).sort());
	});
});

describe("a stage with a copy in another region", () => {
	const copied = stateOf(readStage({ ...sampleStage, copyRegion: "eu-north-1" }));

	it("has each table that a restore needs there, as well protected as the first", () => {
		const tables = ofType(copied, "AWS::DynamoDB::GlobalTable");

		expect(tables.map(roleOf).sort()).toEqual([...copiedTables].sort());
		for (const { Properties, DeletionPolicy } of tables) {
			expect(DeletionPolicy).toBe("Retain");
			expect(Properties["BillingMode"]).toBe("PAY_PER_REQUEST");
			expect(Properties["TimeToLiveSpecification"]).toEqual({ AttributeName: "ttl", Enabled: true });
			expect(Properties["Replicas"]).toEqual(
				["eu-north-1", "eu-central-1"].map((Region) =>
					expect.objectContaining({
						Region,
						DeletionProtectionEnabled: true,
						PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
					}),
				),
			);
		}
	});

	it("has the other tables in its own region only, and none is missing", () => {
		const single = ofType(copied, "AWS::DynamoDB::Table").map(roleOf);

		expect(single.sort()).toEqual(["leases", "limits", "slots"]);
		expect(single.length + copiedTables.length).toBe(tableRoles.length);
	});

	it("cannot be made from another stage by a deployment, which could delete its tables", () => {
		const idsOf = (all: Readonly<Record<string, Resource>>, type: string) =>
			Object.entries(all).flatMap(([id, { Type }]) => (Type === type ? id : []));
		const singles = idsOf(stateOf(sampleStage), "AWS::DynamoDB::Table");

		expect(idsOf(copied, "AWS::DynamoDB::GlobalTable").filter((id) => singles.includes(id))).toEqual([]);
	});

	it("is not the default: data stay in the stage's region", () => {
		expect(ofType(stateOf(sampleStage), "AWS::DynamoDB::GlobalTable")).toEqual([]);
	});

	it.each([
		["eu-central-1", "copyRegion: must be another region than eu-central-1"],
		["cn-north-1", "copyRegion: must be in the same partition of AWS as eu-central-1"],
		["us-gov-west-1", "copyRegion: must be in the same partition of AWS as eu-central-1"],
		["Frankfurt", "copyRegion: must be a region, such as eu-central-1"],
	])("is refused for %s", (copyRegion, problem) => {
		expect(() => readStage({ ...sampleStage, copyRegion })).toThrow(problem);
	});
});
