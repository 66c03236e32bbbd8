import * as z from "zod";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportAttempts } from "#shared/aws/dynamo/dynamo-report-attempts.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { laneName } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { messageView, segmentView } from "#shared/domain/message/message-view.ts";
import type { Timeline } from "#shared/domain/message/timeline-event.ts";
import { timelineView } from "#shared/domain/message/timeline-view.ts";
import { slotMs } from "#shared/domain/schedule/slots.ts";
import { readMessage } from "#shared/usecases/message/read-message.ts";
import { readTimeline } from "#shared/usecases/message/read-timeline.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { asRecord } from "../output.ts";
import type { Target } from "../target.ts";
import { timelineLines } from "../views/timeline-text.ts";
import { find } from "./messages-find.ts";

const idText = "a message id of at most 16 digits";

const messageId = z
	.string()
	.regex(/^[1-9]\d{0,15}$/, idText)
	.transform(Number)
	.refine((id) => Number.isSafeInteger(id), idText);

const show = command({
	call: "show <message-id>",
	description:
		"show a message as its client sees it, with account, operator, segments, and what happened to it and when",
	options: [["--text", "print the text, which is hidden otherwise"]],
	example: "messages show 3711263521746214 --stage prod",
	input: z.object({ messageId, text: z.boolean().default(false) }),
	async run({ messageId: id, text }, target) {
		const { message, informed, timeline } = await found(target, id);
		const { message_text, ...view } = messageView(message, informed);
		const { userName: account, operator, revision, reportBatchId } = message;
		const { history, ...standing } = timelineView(timeline, "operator");
		const record = {
			account,
			...view,
			...(text && { message_text }),
			operator,
			...standing,
			lane: laneOf(message, timeline),
			report_batch: reportBatchId,
			revision,
			segments: message.segments.map(segmentView),
		};
		const lines = timelineLines(timeline, Date.now()).map((line) => `${line.time}  ${line.text}`);
		return { data: { ...record, history }, text: [asRecord(record).text, "", ...lines].join("\n") };
	},
});

/** Null for a message that waits for a later time slot. */
function laneOf({ operator, priority }: Message, { standing }: Timeline): string | null {
	const isParked = standing.kind === "time_bounds" || standing.kind === "schedule";
	return isParked && standing.until - Date.now() >= slotMs ? null : operator && laneName(operator, priority);
}

type Found = { readonly message: Message; readonly informed: boolean; readonly timeline: Timeline };

async function found(target: Target, id: number): Promise<Found> {
	const messages = dynamoMessages(target.dynamo, target.table("messages"), Date.now, target.log);
	const reportBatches = dynamoReportBatches(target.dynamo, target.table("reports"), target.log);
	const userName = (await messages.read([id])).get(id)?.userName;
	const outcome = userName === undefined ? null : await readMessage({ messages, reportBatches }, userName, id);
	if (outcome?.kind !== "found") throw new CommandError(`message ${id} does not exist, or is no longer kept`);
	const reportAttempts = dynamoReportAttempts(target.dynamo, target.table("reports"), target.log);
	return { ...outcome, timeline: await readTimeline({ reportAttempts, now: Date.now }, outcome.message) };
}

export const messageCommands = [find, show];
