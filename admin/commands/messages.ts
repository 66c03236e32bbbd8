import * as z from "zod";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { laneName } from "#shared/domain/lanes.ts";
import type { Message } from "#shared/domain/message.ts";
import { messageView, segmentView } from "#shared/domain/message-view.ts";
import { readMessage } from "#shared/usecases/read-message.ts";
import { command } from "../command.ts";
import { Failure } from "../complaints.ts";
import { asRecord } from "../output.ts";
import type { Place } from "../place.ts";

const messageId = z
	.string()
	.regex(/^[1-9]\d{0,15}$/, "must be the number of a message")
	.transform(Number)
	.refine((id) => Number.isSafeInteger(id), "must be the number of a message");

const show = command({
	call: "show <message-id>",
	description: "a message as its client sees it, with its account, operator, lane and segments",
	options: [["--text", "show its text, which is not shown otherwise"]],
	example: "messages show 3711263521746214 --stage prod",
	input: z.object({ messageId, text: z.boolean().default(false) }),
	async run({ messageId: id, text }, place) {
		const { message, informed } = await found(place, id);
		const { message_text, ...view } = messageView(message, informed);
		const { userName: account, operator, priority, revision, pack } = message;
		return asRecord({
			account,
			...view,
			...(text && { message_text }),
			operator,
			lane: operator && laneName(operator, priority),
			pack,
			revision,
			segments: message.segments.map(segmentView),
		});
	},
});

async function found(place: Place, id: number): Promise<{ readonly message: Message; readonly informed: boolean }> {
	const messages = dynamoMessages(place.dynamo, place.table("messages"), Date.now, place.log);
	const packs = dynamoPacks(place.dynamo, place.table("reports"), place.log);
	/* Whose it is, its row says. */
	const userName = (await messages.read([id])).get(id)?.userName;
	const outcome = userName === undefined ? null : await readMessage({ messages, packs }, userName, id);
	if (outcome?.kind !== "found") throw new Failure(`there is no message ${id}, or none any more`);
	return outcome;
}

export const messageCommands = [show];
