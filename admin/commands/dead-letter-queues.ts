import * as z from "zod";
import { redrivenReceiptsEntry } from "#shared/aws/sqs/sqs-receipts.ts";
import { type CommandSpec, command } from "../command.ts";
import { deadLetterDepth, redriven } from "./dead-letters.ts";

type DeadLetterSource = {
	readonly role: "receipts" | "incoming";
	readonly what: string;
	readonly renewedBody: (body: string) => string | null;
};

function deadLetterCommands({ role, what, renewedBody }: DeadLetterSource): readonly CommandSpec[] {
	const list = command({
		call: "list",
		isDefault: true,
		description: `count ${what} that are dead letters, and that wait`,
		example: `${role} dead list --stage prod`,
		input: z.object({}),
		run: async (_, target) => await deadLetterDepth(target, role),
	});
	const redriveDeadLetters = command({
		call: "redrive",
		description: `move dead ${what} back into their queue, with no failed attempts`,
		notes: "An entry is queued before it is removed from the dead letters. An entry of another form stays.",
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

/** Its function accepts an entry again unchanged. */
export const deadIncomingCommands = deadLetterCommands({
	role: "incoming",
	what: "messages from subscribers",
	renewedBody: (body) => body,
});
