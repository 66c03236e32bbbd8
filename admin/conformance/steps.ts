import { isFinal, type MessageStatus } from "#shared/domain/message/statuses.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { fieldOf, idFrom, type Kit, type KitAnswer, type KitRequest, listOf } from "./exchange.ts";

/** One request of the kit, in the order in which they are made. */
export type Step = {
	readonly name: string;
	/** Whether a gateway could send a message because of it: such a step needs --send. */
	readonly sends: boolean;
	/** Null: an earlier answer lacks what this request needs. */
	readonly request: (kit: Kit) => KitRequest | null;
	/** The request is repeated until an answer holds, or time is up. */
	readonly until?: (answer: KitAnswer) => boolean;
};

/** No gateway has given out this id: ids grow from small ones, and stay below 2^53. */
const unknownId = "9007199254740991";
const quarterMs = 15 * 60_000;
const dayMs = 24 * 60 * 60_000;

export const textSent = "Проверка SMSGW";
/** Two segments: 70 characters of UCS-2 fit into one. */
export const longText = "Проверка длинного сообщения. ".repeat(3).trim();

export const clientIdOf = (kit: Kit, name: string) => `conformance-${kit.runId}-${name.replaceAll(" ", "-")}`;

/** A full quarter of an hour. */
export const scheduleOf = ({ startedAt }: Kit) => almatyText(Math.ceil(startedAt / quarterMs + 2) * quarterMs);

function messageOf(kit: Kit, name: string, fields: Readonly<Record<string, unknown>> = {}) {
	return {
		client_message_id: clientIdOf(kit, name),
		sender: kit.sender,
		recipient: kit.recipient,
		message_text: textSent,
		time_bounds: "full",
		...fields,
	};
}

const get = (name: string, path: string, login?: KitRequest["login"]): Step => ({
	name,
	sends: false,
	request: () => ({ method: "GET", path, ...(login && { login }) }),
});

const post = (name: string, path: string, sends: boolean, body: (kit: Kit) => unknown): Step => ({
	name,
	sends,
	request: (kit) => ({ method: "POST", path, body: JSON.stringify(body(kit)) }),
});

/** A message that must be refused, to the given number: a gateway that accepts it would send it. */
const refused = (name: string, fields: (kit: Kit) => Readonly<Record<string, unknown>>): Step =>
	post(name, "/messages", true, (kit) => messageOf(kit, name, fields(kit)));

type Id = readonly [step: string, name: "message_id" | "batch_id"];

/** A request for what an earlier step made. */
const about = (
	name: string,
	method: "GET" | "DELETE",
	[step, idName]: Id,
	path: (id: string) => string,
	until?: Step["until"],
): Step => ({
	name,
	sends: true,
	request(kit) {
		const id = idFrom(kit, step, idName);
		return id === undefined ? null : { method, path: path(id) };
	},
	...(until && { until }),
});

const byClientId = (name: string, of: string): Step => ({
	name,
	sends: true,
	request: (kit) => ({
		method: "GET",
		path: `/users/${encodeURIComponent(kit.user)}/client_messages/${clientIdOf(kit, of)}`,
	}),
});

const hasEnded = (message: unknown) => isFinal(fieldOf(message, "message_status") as MessageStatus);
const message = (id: string) => `/messages/${id}`;

const free: readonly Step[] = [
	get("senders", "/senders"),
	get("senders, slash", "/senders/"),
	get("no login", "/senders", "none"),
	get("wrong password", "/senders", "wrong"),
	get("unknown message", `/messages/${unknownId}`),
	get("unknown batch", `/batches/${unknownId}`),
	{ ...byClientId("unknown client id", "never"), sends: false },
	get("another user", "/users/conformance-other-user/client_messages/never"),
	{ name: "delete unknown", sends: false, request: () => ({ method: "DELETE", path: `/messages/${unknownId}` }) },
	get("unknown path", "/conformance"),
	{ name: "other method", sends: false, request: () => ({ method: "PUT", path: "/messages", body: "{}" }) },
	{ name: "malformed message", sends: false, request: () => ({ method: "POST", path: "/messages", body: "{" }) },
	post("malformed batch", "/batches", false, () => ({ messages: 5 })),
	post("empty batch", "/batches", false, () => ({ messages: [] })),
	post("bad recipient", "/messages", false, (kit) => messageOf(kit, "recipient", { recipient: "7" })),
];

const refusals: readonly Step[] = [
	refused("foreign sender", ({ runId }) => ({ sender: `Zz${runId.slice(0, 8)}` })),
	refused("long client id", ({ runId }) => ({ client_message_id: runId.padEnd(65, "x") })),
	refused("empty text", () => ({ message_text: "" })),
	refused("schedule off step", (kit) => ({ schedule: scheduleOf(kit).replace(/:\d\d:\d\d$/, ":07:00") })),
	refused("schedule too far", ({ startedAt }) => ({
		schedule: almatyText(Math.ceil(startedAt / quarterMs) * quarterMs + 11 * dayMs),
	})),
	refused("past expiry", ({ startedAt }) => ({ expire_date: almatyText(startedAt - dayMs) })),
	refused("unknown bounds", () => ({ time_bounds: "night" })),
	post("fail-fast batch", "/batches", true, (kit) => ({
		"fail-fast": true,
		messages: [messageOf(kit, "whole"), messageOf(kit, "whole-bad", { recipient: "7" })],
	})),
	byClientId("fail-fast, read", "whole"),
];

const sent: Id = ["message", "message_id"];
const planned: Id = ["scheduled message", "message_id"];
const batched: Id = ["batch", "batch_id"];

const sends: readonly Step[] = [
	post("message", "/messages", true, (kit) => messageOf(kit, "single", { not_in_the_document: 1 })),
	about("message, read", "GET", sent, message, ({ json }) => hasEnded(json)),
	about("message, segments", "GET", sent, (id) => `/messages/${id}?segments_info=true`),
	byClientId("message, by client id", "single"),
	post("message, repeated", "/messages", true, (kit) => messageOf(kit, "single", { not_in_the_document: 1 })),
	about("message, deleted", "DELETE", sent, message),
	post("batch", "/batches", true, (kit) => ({
		messages: [
			messageOf(kit, "long", { message_text: longText, priority: 9 }),
			messageOf(kit, "written", { recipient: `+7 (${kit.recipient.slice(1, 4)}) ${kit.recipient.slice(4)}` }),
			messageOf(kit, "bad", { recipient: "7" }),
		],
	})),
	about(
		"batch, read",
		"GET",
		batched,
		(id) => `/batches/${id}`,
		({ json }) => listOf(json).every(hasEnded),
	),
	post("scheduled message", "/messages", true, (kit) => messageOf(kit, "planned", { schedule: scheduleOf(kit) })),
	about("scheduled, read", "GET", planned, message),
	about("scheduled, withdrawn", "DELETE", planned, message),
	about("withdrawn, read", "GET", planned, message),
	about("withdrawn again", "DELETE", planned, message),
	about("smpp message, read", "GET", ["smpp message", "message_id"], message),
	about("smpp long message, read", "GET", ["smpp long message", "message_id"], message),
];

export const steps: readonly Step[] = [...free, ...refusals, ...sends];

/** The message of a batch that was read, by what this kit calls it. */
export function inBatch(kit: Kit, json: unknown, name: string): unknown {
	return listOf(json).find((one) => fieldOf(one, "client_message_id") === clientIdOf(kit, name));
}
