import * as z from "zod";
import { redrivenReceiptsEntry } from "#shared/aws/sqs/sqs-receipts.ts";
import { type CommandSpec, command } from "../command.ts";
import { deadLetterDepth, redriven } from "./dead-letters.ts";

type DeadLetterSource = {
	readonly role: "receipts" | "incoming";
	readonly what: string;
	readonly renewedBody: (body: string) => string | null;
};

/** The dead letters of a queue whose entries are worked off by a function. */
function deadLetterCommands({ role, what, renewedBody }: DeadLetterSource): readonly CommandSpec[] {
	const list = command({
		call: "list",
		isDefault: true,
		description: `how many ${what} rest, and wait`,
		example: `${role} dead list --stage prod`,
		input: z.object({}),
		run: async (_, target) => await deadLetterDepth(target, role),
	});
	const redriveDeadLetters = command({
		call: "redrive",
		description: `gives the queue its dead ${what} back, as if never tried`,
		notes: "Each is queued before it is taken from where it rests. What is no such entry rests on.",
		example: `${role} dead redrive --stage prod`,
		input: z.object({}),
		run: async (_, target) => await redriven(target, role, ({ body }) => renewedBody(body)),
	});
	return [list, redriveDeadLetters];
}

export const deadReceiptCommands = deadLetterCommands({
	role: "receipts",
	what: "receipts",
	renewedBody: redrivenReceiptsEntry,
});

/** Its function takes an entry the second time as the first. */
export const deadIncomingCommands = deadLetterCommands({
	role: "incoming",
	what: "messages from subscribers",
	renewedBody: (body) => body,
});
