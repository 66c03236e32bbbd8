import type { AnswerCheck } from "./check.ts";
import { equals, firstOf, hasFields, hasNo, isCount, isTime, matches, shownValue } from "./differences.ts";
import { fieldOf, idFrom, type Kit } from "./exchange.ts";
import { reportsIn } from "./receive-reports.ts";
import { clientIdOf } from "./steps.ts";

/** The messages of a run whose reports are awaited. */
export const reportedNames = ["single", "bad", "long", "written", "planned"] as const;

const reportOf = (kit: Kit, json: unknown, name: (typeof reportedNames)[number]) =>
	reportsIn(json).find((one) => fieldOf(one, "client_message_id") === clientIdOf(kit, name));

const always = [
	"client_message_id",
	"message_id",
	"status",
	"error_code",
	"error_message",
	"segment_count",
	"init_time",
	"status_time",
];
const onceSent = ["sent_time", "sent_confirm_time", "rn_code", "retry_count"];

/** Checks of the reports that came during the run. Their answer has the headers of the first POST, and all reports. */
export const reportChecks: readonly AnswerCheck[] = [
	{
		point: "R36",
		step: "reports",
		differs: ({ json, headers }, kit) =>
			firstOf(
				matches("content-type", headers["content-type"], /^application\/json\b/i, "JSON"),
				...reportedNames.map((name) =>
					reportOf(kit, json, name) ? null : `there is no report of the message ${name}`,
				),
			),
	},
	{
		point: "R37",
		step: "reports",
		differs: ({ json }, kit) => {
			const [sent, bad] = [reportOf(kit, json, "single"), reportOf(kit, json, "bad")];
			return firstOf(
				hasFields(sent, [...always, ...onceSent]),
				hasFields(bad, always),
				...onceSent.map((name) => hasNo(bad, name)),
			);
		},
	},
	{
		point: "R28",
		step: "reports",
		differs: ({ json }, kit) => {
			const bad = reportOf(kit, json, "bad");
			return firstOf(
				equals("status of the bad message", fieldOf(bad, "status"), "UNDELIVERABLE"),
				equals("error_code of the bad message", fieldOf(bad, "error_code"), "11"),
			);
		},
	},
	{
		point: "R32",
		step: "reports",
		differs: ({ json }, kit) => {
			const sent = reportOf(kit, json, "single");
			return firstOf(
				...["init_time", "sent_time", "sent_confirm_time", "status_time"].map((name) =>
					isTime(name, fieldOf(sent, name)),
				),
			);
		},
	},
	{
		point: "R42",
		step: "reports",
		differs: ({ json }) =>
			fieldOf(json, "was_repeated") === true ? null : "the report that was answered with 500 did not come again",
	},
	{
		point: "A2",
		step: "reports",
		differs: ({ json }, kit) =>
			equals(
				"message_id",
				fieldOf(reportOf(kit, json, "single"), "message_id"),
				Number(idFrom(kit, "message", "message_id")),
			),
	},
	{
		point: "A5",
		step: "reports",
		differs: ({ json }, kit) => isCount("retry_count", fieldOf(reportOf(kit, json, "single"), "retry_count")),
	},
	{
		point: "A42",
		step: "reports",
		differs: ({ headers }) =>
			firstOf(
				...["webhook-id", "webhook-timestamp"].map((name) =>
					headers[name] === undefined ? `the header ${name} is ${shownValue(headers[name])}` : null,
				),
			),
	},
];
