import * as z from "zod";
import { receiptsUntried } from "#shared/aws/sqs-receipts.ts";
import { type CommandSpec, command } from "../command.ts";
import { redriven, resting } from "./dead-letters.ts";

type Resting = {
	readonly role: "receipts" | "incoming";
	readonly what: string;
	readonly untried: (body: string) => string | null;
};

/** The dead letters of a queue whose entries are worked off by a function. */
function deadCommands({ role, what, untried }: Resting): readonly CommandSpec[] {
	const list = command({
		call: "list",
		isDefault: true,
		description: `how many ${what} rest, and wait`,
		example: `${role} dead list --stage prod`,
		input: z.object({}),
		run: async (_, place) => await resting(place, role),
	});
	const redrive = command({
		call: "redrive",
		description: `gives the queue its dead ${what} back, as if never tried`,
		more: "Each is queued before it is taken from where it rests. What is no such entry rests on.",
		example: `${role} dead redrive --stage prod`,
		input: z.object({}),
		run: async (_, place) => await redriven(place, role, ({ body }) => untried(body)),
	});
	return [list, redrive];
}

export const deadReceiptCommands = deadCommands({ role: "receipts", what: "receipts", untried: receiptsUntried });

/** Its function takes an entry the second time as the first. */
export const deadIncomingCommands = deadCommands({
	role: "incoming",
	what: "messages from subscribers",
	untried: (body) => body,
});
