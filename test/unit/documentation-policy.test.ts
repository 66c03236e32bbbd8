import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const page = readFileSync("docs/deploy.md", "utf8");

type Statement = { readonly Sid: string; readonly Action: string | string[]; readonly Resource: string | string[] };
const policy = JSON.parse(/```json\n(\{\n\t"Version".*?)```/s.exec(page)?.[1] ?? "null") as {
	readonly Statement: readonly Statement[];
};
const toReadOnly = /^To read only, .*?(?=\n\n)/ms.exec(page)?.[0] ?? "";

it("docs/deploy.md names each action of its policy that only reads, and where only some resources allow it", () => {
	const reads = policy.Statement.filter(({ Sid }) => Sid !== "Doctor").flatMap(({ Action, Resource }) =>
		[Action]
			.flat()
			.map((action) => action.split(":")[1] ?? "")
			.filter((action) => /^(Get|BatchGet|Query|Scan)/.test(action))
			.flatMap((action) => [Resource].flat().map((arn) => ({ action, name: arn.split("smsgw-NAME-")[1] ?? "" }))),
	);
	const onAll = ["GetItem", "Scan", "BatchGetItem", "GetQueueUrl", "GetQueueAttributes"];

	expect(reads.length).toBeGreaterThan(10);
	for (const { action, name } of reads) {
		expect(toReadOnly).toContain(`\`${action}\``);
		if (!onAll.includes(action)) expect(toReadOnly).toContain(`\`${name}\``);
	}
});
