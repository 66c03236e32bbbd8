import { bodyBytesMax } from "#lambdas/http/body-text.ts";
import { messagesMax } from "#shared/contracts/batch-body.ts";
import { clientMessageId, messageBody } from "#shared/contracts/message-body.ts";
import { textMax } from "#shared/domain/accept/message-request.ts";
import { scheduleRange } from "#shared/domain/accept/new-message.ts";
import { incomingTextMax } from "#shared/domain/incoming/incoming-message.ts";
import { type ErrorCode, errorTexts } from "#shared/domain/message/error-codes.ts";
import { operators, rnCodes } from "#shared/domain/message/operators.ts";
import { priorityNames } from "#shared/domain/message/priorities.ts";
import { lifetimeMaxMs } from "#shared/domain/message/retention.ts";
import { segmentText } from "#shared/domain/message/segments.ts";
import { isFinal, statuses } from "#shared/domain/message/statuses.ts";
import { answerLimitMs, retryDelaysSeconds } from "#shared/domain/reports/report-retries.ts";
import { timeBoundsNames, windows } from "#shared/domain/time/time-bounds.ts";
import { sampleStage } from "#test/infra/sample-stage.ts";
import { errorActions } from "./error-actions.ts";
import type { ReportField, RequestField, Words } from "./words.ts";

const dayMs = 24 * 60 * 60_000;

type Cell = string | number;

/** The table of these rows in Markdown. Code stands in backticks already. */
function markdown(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
	const line = (cells: readonly Cell[]) =>
		`| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
	return [line(headings), `|${headings.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

const code = (text: Cell) => `\`${text}\``;
const filled = (text: string, ...values: readonly Cell[]) =>
	text.replaceAll(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]));

/** The longest text of one segment, and how many more characters each of several holds. */
function segmentSizes(letter: string): readonly [number, number] {
	const segmentsOf = (length: number) => segmentText(letter.repeat(length)).segments.length;
	const lengthOf = (segments: number) => {
		let length = 1;
		while (segmentsOf(length + 1) <= segments) length += 1;
		return length;
	};
	return [lengthOf(1), lengthOf(2) / 2];
}

function errors({ headings, actions, errors: meanings }: Words): string {
	const names = [
		headings.code,
		headings.text,
		...(meanings ? [headings.meaning] : []),
		headings.who,
		headings.whatToDo,
	];
	const codes = Object.keys(errorTexts) as ErrorCode[];
	return markdown(
		names,
		codes.map((one) => [
			code(one),
			errorTexts[one],
			...(meanings ? [meanings[one]] : []),
			...actions[errorActions[one]],
		]),
	);
}

function timeBounds({ headings, weekdays, everyDay, anyHour }: Words): string {
	return markdown(
		[headings.name, headings.days, headings.hours],
		timeBoundsNames.map((name) => {
			const { opens, closes, weekends } = windows[name];
			const hours = opens === 0 && closes === 24 ? anyHour : `${opens}:00–${closes}:00`;
			return [code(name), weekends ? everyDay : weekdays, hours];
		}),
	);
}

const characters = (schema: typeof clientMessageId) => {
	let length = 1;
	while (schema.safeParse("x".repeat(length + 1)).success) length += 1;
	return length;
};

function limits({ headings, limits: names }: Words): string {
	const values = {
		text: [textMax],
		gsm7: segmentSizes("a"),
		ucs2: segmentSizes("ы"),
		clientMessageId: [characters(clientMessageId)],
		batch: [messagesMax],
		body: [bodyBytesMax / 1_024 / 1_024],
		schedule: [scheduleRange.fromMs / 60_000, scheduleRange.toMs / dayMs],
		expiry: [lifetimeMaxMs / dayMs],
		incoming: [incomingTextMax],
		retention: [sampleStage.retentionDays],
		reportAnswer: [answerLimitMs / 1_000],
		reportTries: [retryDelaysSeconds.length + 1],
	} as const satisfies Record<keyof typeof names, readonly number[]>;
	return markdown(
		[headings.limit, headings.value],
		Object.entries(values).map(([key, numbers]) => {
			const [name, value] = names[key as keyof typeof names];
			return [name, filled(value, ...numbers)];
		}),
	);
}

function retries({ headings, seconds, minutes, hoursUnit }: Words): string {
	const shown = (wait: number) =>
		wait < 60 ? `${wait} ${seconds}` : wait < 3_600 ? `${wait / 60} ${minutes}` : `${wait / 3_600} ${hoursUnit}`;
	return markdown(
		[headings.try, headings.wait],
		[[1, "–"], ...retryDelaysSeconds.map((wait, index) => [index + 2, shown(wait)] as const)],
	);
}

function requestFields({ headings, requestFields: meanings, yes, no }: Words): string {
	const names = Object.keys(meanings) as RequestField[];
	const whole = { client_message_id: "1", recipient: "77010000000", message_text: "a", sender: "A" };
	const isRequired = (name: RequestField) => !messageBody.safeParse({ ...whole, [name]: undefined }).success;
	return markdown(
		[headings.field, headings.required, headings.meaning],
		names.map((name) => [code(name), isRequired(name) ? yes : no, meanings[name]]),
	);
}

function reportFields({ headings, reportFields: meanings }: Words): string {
	const names = Object.keys(meanings) as ReportField[];
	return markdown(
		[headings.field, headings.meaning],
		names.map((name) => [code(name), meanings[name]]),
	);
}

function statusTable({ headings, statuses: meanings, yes, no }: Words): string {
	return markdown(
		[headings.status, headings.final, headings.meaning],
		statuses.map((status) => [code(status), isFinal(status) ? yes : no, meanings[status]]),
	);
}

const priorities = ({ headings, priorities: meanings }: Words) =>
	markdown(
		[headings.priority, headings.name, headings.meaning],
		priorityNames.map((name, priority) => [code(priority), name, meanings[name]]),
	);

const operatorTable = ({ headings, operators: names }: Words) =>
	markdown(
		[code("rn_code"), headings.operator],
		operators.map((operator) => [code(rnCodes[operator]), names[operator]]),
	);

/** The tables that pages may have between `<!-- table NAME -->` and `<!-- end -->`. */
export const tables: Readonly<Record<string, (words: Words) => string>> = {
	errors,
	"time-bounds": timeBounds,
	limits,
	retries,
	"request-fields": requestFields,
	"report-fields": reportFields,
	statuses: statusTable,
	priorities,
	operators: operatorTable,
};
