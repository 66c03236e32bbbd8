import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { ClientPart } from "../domain/client-part.ts";
import type { Message, Segment } from "../domain/message.ts";
import { operators } from "../domain/operators.ts";
import type { ReportWish } from "../domain/packs.ts";
import { priorities } from "../domain/priorities.ts";
import { type MessageStatus, statuses } from "../domain/statuses.ts";
import { timeBoundsNames } from "../domain/time-bounds.ts";
import {
	attributesOf,
	type Column,
	type Columns,
	flag,
	malformed,
	nullable,
	number,
	oneOf,
	rareFlag,
	rareText,
	rowOf,
	seconds,
	text,
	usually,
} from "./columns.ts";

const asText = (value: string): AttributeValue => ({ S: value });
const asNumber = (value: number): AttributeValue => ({ N: String(value) });
const status = (name: string): Column<MessageStatus> => oneOf(name, statuses, asText);

const segmentColumns: Columns<Segment> = {
	smscId: text("i"),
	status: status("s"),
	statusAt: number("t"),
	errorCode: nullable(text("e")),
	reason: rareText("x"),
};

const segments: Column<readonly Segment[]> = {
	name: "sg",
	write: (value) => ({
		L: value.map(({ smscId, status, statusAt, errorCode, reason }) => ({
			M: {
				i: { S: smscId },
				s: { S: status },
				t: { N: String(statusAt) },
				...(errorCode !== null && { e: { S: errorCode } }),
				...(reason !== undefined && { x: { S: reason } }),
			},
		})),
	}),
	read: (attribute) =>
		attribute?.L?.map(({ M }) => (M ? rowOf(segmentColumns, M) : malformed("sg", attribute))) ??
		malformed("sg", attribute),
};

const partColumns: Columns<ClientPart> = {
	reference: number("r"),
	total: number("t"),
	number: number("n"),
	encoding: oneOf("e", ["gsm7", "ucs2"], asText),
	octets: text("o"),
};

const part: Column<ClientPart> = {
	name: "pt",
	write: (value) => ({ M: attributesOf(partColumns, value) }),
	read: (attribute) => (attribute?.M ? rowOf(partColumns, attribute.M) : malformed("pt", attribute)),
};

/** How a message lies in its table. Names are short, for every octet of an item is paid for at each write. */
export const messageColumns: Columns<Message> = {
	messageId: number("message_id"),
	userName: text("u"),
	clientMessageId: nullable(text("c")),
	attempt: text("a"),
	batchId: nullable(number("b")),
	sender: text("sn"),
	recipient: text("r"),
	text: text("tx"),
	priority: oneOf("p", priorities, asNumber),
	timeBounds: oneOf("tb", timeBoundsNames, asText),
	flash: flag("fl"),
	schedule: nullable(number("sc")),
	scheduleState: nullable(oneOf("ss", ["N", "P"], asText)),
	expiresAt: number("ex"),
	keepUntil: seconds("ttl"),
	operator: nullable(oneOf("op", operators, asText)),
	segmentCount: number("n"),
	status: status("st"),
	errorCode: nullable(text("ec")),
	acceptedAt: number("ia"),
	sentAt: nullable(number("sa")),
	confirmedAt: nullable(number("ca")),
	statusAt: number("ta"),
	retryCount: number("rc"),
	segments,
	pack: nullable(text("pk")),
	toldOnWay: rareFlag("ow"),
	reported: usually<ReportWish>("always", oneOf("rp", ["always", "failures", "never"], asText)),
	part: nullable(part),
	revision: number("v"),
};
