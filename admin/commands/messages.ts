import * as z from "zod";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { laneName } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { messageView, segmentView } from "#shared/domain/message/message-view.ts";
import { waitOf } from "#shared/domain/schedule/waits-for.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { readMessage } from "#shared/usecases/message/read-message.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { asRecord } from "../output.ts";
import type { Target } from "../target.ts";

const idText = "a message id of at most 16 digits";

const messageId = z
	.string()
	.regex(/^[1-9]\d{0,15}$/, idText)
	.transform(Number)
	.refine((id) => Number.isSafeInteger(id), idText);

const show = command({
	call: "show <message-id>",
	description: "show a message as its client sees it, with account, operator, segments, and what it waits for",
	options: [["--text", "print the text, which is hidden otherwise"]],
	example: "messages show 3711263521746214 --stage prod",
	input: z.object({ messageId, text: z.boolean().default(false) }),
	async run({ messageId: id, text }, target) {
		const { message, informed } = await found(target, id);
		const { message_text, ...view } = messageView(message, informed);
		const { userName: account, operator, revision, reportBatchId } = message;
		return asRecord({
			account,
			...view,
			...(text && { message_text }),
			operator,
			...waitView(message),
			report_batch: reportBatchId,
			revision,
			segments: message.segments.map(segmentView),
		});
	},
});

/** What it waits for, until when at the latest, and its lane, unless it waits for its time. */
function waitView(message: Message) {
	const { operator, priority, timeBounds } = message;
	const wait = waitOf(message, Date.now());
	const isParked = wait.kind === "time_bounds" || wait.kind === "schedule" || wait.kind === "pause";
	return {
		waits_for: wait.kind === "time_bounds" ? `time_bounds ${timeBounds}` : wait.kind,
		waits_until: "until" in wait ? almatyText(wait.until) : null,
		lane: isParked ? null : operator && laneName(operator, priority),
	};
}

async function found(target: Target, id: number): Promise<{ readonly message: Message; readonly informed: boolean }> {
	const messages = dynamoMessages(target.dynamo, target.table("messages"), Date.now, target.log);
	const reportBatches = dynamoReportBatches(target.dynamo, target.table("reports"), target.log);
	const userName = (await messages.read([id])).get(id)?.userName;
	const outcome = userName === undefined ? null : await readMessage({ messages, reportBatches }, userName, id);
	if (outcome?.kind !== "found") throw new CommandError(`message ${id} does not exist, or is no longer kept`);
	return outcome;
}

export const messageCommands = [show];
