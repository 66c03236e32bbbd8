import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "#infra/entries.ts";

const folders = ["lambdas", "smpp", "shared/wiring"];
/** Restoring gives messages a holder, and changes no status. */
const uncounted = ["shared/wiring/restore-on-aws.ts"];

it("each process that may change a message counts its changes, or changes none", () => {
	const sources = folders
		.flatMap((folder) =>
			readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
		)
		.filter((file) => file.endsWith(".ts") && !uncounted.includes(file))
		.map((file) => [file, readFileSync(join(root, file), "utf8")] as const);
	/* A process that names report batches changes messages. */
	const changing = sources.filter(([, text]) => text.includes("dynamoMessages(") && text.includes("newReportBatchId"));

	expect(changing.filter(([, text]) => !text.includes("countedMessages(")).map(([file]) => file)).toEqual([]);
	expect(changing.length).toBeGreaterThan(5);
});
