import { errorTexts } from "#shared/domain/message/error-codes.ts";
import { rnCodes } from "#shared/domain/message/operators.ts";
import { statuses } from "#shared/domain/message/statuses.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import type { AnswerCheck } from "./check.ts";
import {
	equals,
	firstOf,
	hasFields,
	hasNo,
	isCount,
	isNowInAlmaty,
	isOneOf,
	isRefusal,
	isTime,
	statusIs,
} from "./differences.ts";
import { fieldOf, idFrom, listOf } from "./exchange.ts";
import { clientIdOf, inBatch, longText, scheduleOf, textSent } from "./steps.ts";

const dayMs = 24 * 60 * 60_000;

/** The fields that the document lists, without those of the request that the checks compare. */
const fieldNames =
	"message_id batch_id client_message_id sender recipient message_text priority expire_date time_bounds flash schedule message_status error_code error_message segment_count sent_count delivery_count is_informed init_time sent_time sent_confirm_time status_time schedule_state retry_count rn_code".split(
		" ",
	);

const segmentFieldNames = ["smcsc_id", "status", "status_time", "error_code", "error_message"];

/** Checks of a message that is read. */
export const messageChecks: readonly AnswerCheck[] = [
	{ point: "R6", step: "message, read", differs: (answer) => statusIs(answer, 200) },
	{
		point: "R29",
		step: "message, read",
		differs: ({ json }, kit) =>
			firstOf(
				hasFields(json, fieldNames),
				equals("client_message_id", fieldOf(json, "client_message_id"), clientIdOf(kit, "single")),
				equals("sender", fieldOf(json, "sender"), kit.sender),
				equals("recipient", fieldOf(json, "recipient"), kit.recipient),
				equals("message_text", fieldOf(json, "message_text"), textSent),
				equals("time_bounds", fieldOf(json, "time_bounds"), "full"),
			),
	},
	{ point: "R13", step: "message, read", differs: ({ json }) => hasNo(json, "segments") },
	{ point: "R18", step: "message, read", differs: ({ json }) => equals("priority", fieldOf(json, "priority"), 0) },
	{
		point: "R19",
		step: "message, read",
		differs: ({ json }) =>
			firstOf(
				isTime("expire_date", fieldOf(json, "expire_date")),
				isTime("init_time", fieldOf(json, "init_time")),
				lifetimeDiffers(json),
			),
	},
	{ point: "R21", step: "message, read", differs: ({ json }) => equals("flash", fieldOf(json, "flash"), false) },
	{
		point: "R38",
		step: "message, read",
		differs: ({ json }) => isOneOf("message_status", fieldOf(json, "message_status"), statuses),
	},
	{
		point: "R30",
		step: "message, read",
		differs: ({ json }) =>
			firstOf(
				equals("segment_count", fieldOf(json, "segment_count"), 1),
				isCount("sent_count", fieldOf(json, "sent_count")),
				isCount("delivery_count", fieldOf(json, "delivery_count")),
				fieldOf(json, "message_status") === "DELIVERED"
					? firstOf(
							equals("sent_count", fieldOf(json, "sent_count"), 1),
							equals("delivery_count", fieldOf(json, "delivery_count"), 1),
						)
					: null,
			),
	},
	{
		point: "R32",
		step: "message, read",
		differs: ({ json }) =>
			firstOf(
				isTime("status_time", fieldOf(json, "status_time")),
				fieldOf(json, "message_status") === "DELIVERED"
					? firstOf(
							isTime("sent_time", fieldOf(json, "sent_time")),
							isTime("sent_confirm_time", fieldOf(json, "sent_confirm_time")),
						)
					: null,
			),
	},
	{
		point: "R34",
		step: "message, read",
		differs: ({ json }) => equals("schedule_state", fieldOf(json, "schedule_state"), null),
	},
	{
		point: "R4",
		step: "message, read",
		differs: ({ json }) => isOneOf("rn_code", fieldOf(json, "rn_code"), Object.values(rnCodes)),
	},
	{
		point: "A2",
		step: "message, read",
		differs: ({ json }, kit) =>
			equals("message_id", fieldOf(json, "message_id"), Number(idFrom(kit, "message", "message_id"))),
	},
	{
		point: "A4",
		step: "message, read",
		differs: ({ json }) =>
			fieldOf(json, "message_status") === "DELIVERED" ? equals("error_code", fieldOf(json, "error_code"), null) : null,
	},
	{ point: "A5", step: "message, read", differs: ({ json }) => isCount("retry_count", fieldOf(json, "retry_count")) },
	{
		point: "A13",
		step: "message, read",
		differs: ({ json }, kit) => isNowInAlmaty("init_time", fieldOf(json, "init_time"), kit.startedAt),
	},
	{
		point: "A38",
		step: "message, read",
		differs: ({ json }) => isOneOf("is_informed", fieldOf(json, "is_informed"), [null, "Y"]),
	},
	{
		point: "R13",
		step: "message, segments",
		differs: (answer) => firstOf(statusIs(answer, 200), segmentsDiffer(answer.json)),
	},
	{
		point: "R35",
		step: "message, segments",
		differs: ({ json }) =>
			firstOf(
				...listOf(fieldOf(json, "segments")).map((segment) => hasFields(segment, segmentFieldNames, "a segment has")),
			),
	},
	{
		point: "R12",
		step: "message, by client id",
		differs: (answer, kit) =>
			firstOf(
				statusIs(answer, 200),
				equals("message_id", String(fieldOf(answer.json, "message_id")), idFrom(kit, "message", "message_id")),
			),
	},
	{
		point: "R9",
		step: "batch, read",
		differs: (answer) =>
			firstOf(
				statusIs(answer, 200),
				equals("the number of messages", listOf(answer.json).length, 3),
				...listOf(answer.json).map((one) => hasNo(one, "segments")),
			),
	},
	{
		point: "R28",
		step: "batch, read",
		differs: ({ json }, kit) =>
			equals(
				"message_status of the bad message",
				fieldOf(inBatch(kit, json, "bad"), "message_status"),
				"UNDELIVERABLE",
			),
	},
	{
		point: "A24",
		step: "batch, read",
		differs: ({ json }, kit) => {
			const bad = inBatch(kit, json, "bad");
			return firstOf(
				equals("error_code of the bad message", fieldOf(bad, "error_code"), "11"),
				equals("status_time of the bad message", fieldOf(bad, "status_time"), fieldOf(bad, "init_time")),
			);
		},
	},
	{
		point: "R39",
		step: "batch, read",
		differs: ({ json }, kit) =>
			equals("error_message of the bad message", fieldOf(inBatch(kit, json, "bad"), "error_message"), errorTexts[11]),
	},
	{
		point: "A3",
		step: "batch, read",
		differs: ({ json }, kit) =>
			firstOf(
				...listOf(json).map((one) =>
					equals("batch_id", fieldOf(one, "batch_id"), Number(idFrom(kit, "batch", "batch_id"))),
				),
			),
	},
	{
		point: "R18",
		step: "batch, read",
		differs: ({ json }, kit) =>
			equals("priority of the message with 9", fieldOf(inBatch(kit, json, "long"), "priority"), 0),
	},
	{
		point: "A30",
		step: "batch, read",
		differs: ({ json }, kit) =>
			equals(
				`segment_count of ${longText.length} Cyrillic letters`,
				fieldOf(inBatch(kit, json, "long"), "segment_count"),
				2,
			),
	},
	{
		point: "A1",
		step: "batch, read",
		differs: ({ json }, kit) =>
			equals("recipient written with + ( ) -", fieldOf(inBatch(kit, json, "written"), "recipient"), kit.recipient),
	},
	{
		point: "R34",
		step: "scheduled, read",
		differs: ({ json }, kit) =>
			firstOf(
				equals("schedule_state", fieldOf(json, "schedule_state"), "N"),
				equals("message_status", fieldOf(json, "message_status"), "NEW"),
				equals("schedule", fieldOf(json, "schedule"), scheduleOf(kit)),
			),
	},
	{ point: "R8", step: "scheduled, withdrawn", differs: (answer) => statusIs(answer, 204) },
	{
		point: "A23",
		step: "withdrawn, read",
		differs: ({ json }) =>
			firstOf(
				equals("message_status", fieldOf(json, "message_status"), "DELETED"),
				equals("schedule_state", fieldOf(json, "schedule_state"), null),
			),
	},
	{ point: "A22", step: "withdrawn again", differs: (answer) => statusIs(answer, 204) },
	{ point: "A22", step: "message, deleted", differs: (answer) => isRefusal(answer, 409) },
];

function lifetimeDiffers(json: unknown): string | null {
	const [from, until] = ["init_time", "expire_date"].map((name) => instantFromAlmatyText(String(fieldOf(json, name))));
	const lasts = (until ?? 0) - (from ?? 0);
	return Math.abs(lasts - dayMs) <= 60_000
		? null
		: `the message expires ${lasts / 3_600_000} hours after it was accepted`;
}

function segmentsDiffer(json: unknown): string | null {
	const segments = fieldOf(json, "segments");
	if (!Array.isArray(segments)) return "there is no array segments";
	const wanted = fieldOf(json, "sent_count");
	return equals("the number of segments", segments.length, wanted);
}
