import type { AnswerCheck } from "./check.ts";
import { equals, firstOf, hasCode, hasFields, isRefusal, matches, shownValue, statusIs } from "./differences.ts";
import { fieldOf, idFrom, type Kit, type KitAnswer, listOf } from "./exchange.ts";

const codeOf = (point: AnswerCheck["point"], step: string, code: string): AnswerCheck => ({
	point,
	step,
	differs: (answer) => hasCode(answer, code),
});

const refusedBy = (point: AnswerCheck["point"], step: string, ...statuses: readonly number[]): AnswerCheck => ({
	point,
	step,
	differs: (answer) => isRefusal(answer, ...statuses),
});

const isJson = ({ headers, json }: KitAnswer) =>
	firstOf(
		matches("content-type", headers["content-type"], /^application\/json; ?charset=utf-8$/i, "JSON in UTF-8"),
		json === undefined ? "the body is not JSON" : null,
	);

function isArrayOfNames({ json }: KitAnswer, { sender }: Kit) {
	const names = listOf(json);
	if (!Array.isArray(json) || names.some((one) => typeof one !== "string"))
		return `${shownValue(json)} is no list of names`;
	return names.includes(sender) ? null : `${sender} is not among the senders`;
}

const isCreated = (answer: KitAnswer, kit: Kit, resource: "messages" | "batches", step: string) => {
	const name = resource === "messages" ? "message_id" : "batch_id";
	const id = idFrom(kit, step, name);
	return firstOf(
		statusIs(answer, 201),
		id === undefined ? `there is no ${name}` : null,
		matches(
			"Location",
			answer.headers["location"],
			new RegExp(`^https?://.+/${resource}/${id}$`),
			`the URL of ${name}`,
		),
	);
};

/** Checks of answers that need no message: reads of what is not there, logins, and requests that are malformed. */
const freeChecks: readonly AnswerCheck[] = [
	{ point: "R11", step: "senders", differs: (answer) => statusIs(answer, 200) },
	{ point: "A46", step: "senders", differs: isArrayOfNames },
	{ point: "R2", step: "senders", differs: isJson },
	{ point: "A44", step: "senders, slash", differs: (answer) => statusIs(answer, 200) },
	{ point: "R3", step: "no login", differs: (answer) => statusIs(answer, 401) },
	{
		point: "A43",
		step: "no login",
		differs: (answer) =>
			firstOf(
				isRefusal(answer, 401),
				matches("WWW-Authenticate", answer.headers["www-authenticate"], /^Basic\b/i, "Basic"),
			),
	},
	{ point: "R3", step: "wrong password", differs: (answer) => statusIs(answer, 401) },
	{ point: "R6", step: "unknown message", differs: (answer) => statusIs(answer, 403, 404) },
	refusedBy("A21", "unknown message", 404),
	{ point: "R9", step: "unknown batch", differs: (answer) => statusIs(answer, 403, 404) },
	refusedBy("A21", "unknown batch", 404),
	{ point: "R12", step: "unknown client id", differs: (answer) => statusIs(answer, 404) },
	refusedBy("A43", "unknown client id", 404),
	refusedBy("A21", "another user", 404),
	refusedBy("A22", "delete unknown", 404),
	refusedBy("A43", "unknown path", 404),
	{
		point: "A43",
		step: "other method",
		differs: (answer) =>
			firstOf(isRefusal(answer, 405), matches("Allow", answer.headers["allow"], /\bPOST\b/, "a list with POST")),
	},
	refusedBy("R7", "malformed message", 400),
	{
		point: "A8",
		step: "malformed message",
		differs: ({ json }) => hasFields(json, ["error_code", "field", "request_id"]),
	},
	refusedBy("R10", "malformed batch", 400),
	refusedBy("A25", "empty batch", 400),
	refusedBy("R15", "bad recipient", 400),
	codeOf("A1", "bad recipient", "11"),
];

/** Checks of refusals and acceptances. */
const sendChecks: readonly AnswerCheck[] = [
	refusedBy("R17", "foreign sender", 400),
	codeOf("A8", "foreign sender", "10"),
	refusedBy("R14", "long client id", 400),
	refusedBy("R16", "empty text", 400),
	codeOf("A8", "empty text", "1"),
	refusedBy("R22", "schedule off step", 400),
	codeOf("A9", "schedule off step", "10012"),
	refusedBy("R22", "schedule too far", 400),
	codeOf("A9", "schedule too far", "97"),
	refusedBy("A11", "past expiry", 400),
	codeOf("A11", "past expiry", "98"),
	refusedBy("A17", "unknown bounds", 400),
	codeOf("A17", "unknown bounds", "25"),
	refusedBy("R27", "fail-fast batch", 400),
	{ point: "R27", step: "fail-fast, read", differs: (answer) => statusIs(answer, 404) },
	{ point: "R7", step: "message", differs: (answer, kit) => isCreated(answer, kit, "messages", "message") },
	{ point: "R2", step: "message", differs: isJson },
	{
		point: "A2",
		step: "message",
		differs: ({ json }) => matches("message_id", fieldOf(json, "message_id"), /^\d+$/, "a text of digits"),
	},
	refusedBy("R14", "message, repeated", 400),
	codeOf("A8", "message, repeated", "23"),
	{
		point: "A28",
		step: "message, repeated",
		differs: ({ json, headers }, kit) => {
			const id = idFrom(kit, "message", "message_id");
			return firstOf(
				equals("message_id", fieldOf(json, "message_id"), id),
				matches("Location", headers["location"], new RegExp(`/messages/${id}$`), "the URL of the message"),
			);
		},
	},
	{ point: "R10", step: "batch", differs: (answer, kit) => isCreated(answer, kit, "batches", "batch") },
	{
		point: "A3",
		step: "batch",
		differs: ({ json }) => matches("batch_id", fieldOf(json, "batch_id"), /^\d+$/, "a text of digits"),
	},
	{ point: "R22", step: "scheduled message", differs: (answer) => statusIs(answer, 201) },
];

export const answerChecks: readonly AnswerCheck[] = [...freeChecks, ...sendChecks];
