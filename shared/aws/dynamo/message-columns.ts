import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { searchIndexes } from "../../contracts/search-indexes.ts";
import type { ClientPart } from "../../domain/message/client-part.ts";
import { type FinalText, finalTexts, redacted } from "../../domain/message/final-text.ts";
import {
	type GivenFields,
	type Message,
	type MessageChange,
	type RefusableField,
	type Refusals,
	type Repeats,
	refusableFields,
	type Segment,
} from "../../domain/message/message.ts";
import { operators } from "../../domain/message/operators.ts";
import { priorities } from "../../domain/message/priorities.ts";
import { messageClasses, type SmppDetails } from "../../domain/message/smpp-details.ts";
import { type MessageStatus, statuses } from "../../domain/message/statuses.ts";
import { normalRecipient } from "../../domain/numbers/recipient.ts";
import type { ReportPreference } from "../../domain/reports/report-preference.ts";
import { searchKey } from "../../domain/search/search-entry.ts";
import { timeBoundsNames } from "../../domain/time/time-bounds.ts";
import {
	attributesOf,
	type Column,
	type Columns,
	flag,
	malformed,
	nullable,
	number,
	oneOf,
	rowOf,
	seconds,
	sparseFlag,
	sparseText,
	text,
	withDefault,
} from "./columns.ts";
import { historyColumn } from "./history-column.ts";
import { jsonColumn } from "./packed-column.ts";

const asText = (value: string): AttributeValue => ({ S: value });
const asNumber = (value: number): AttributeValue => ({ N: String(value) });
const status = (name: string): Column<MessageStatus> => oneOf(name, statuses, asText);

const segmentColumns: Columns<Segment> = {
	smscId: text("i"),
	status: status("s"),
	statusAt: number("t"),
	errorCode: nullable(text("e")),
	reason: sparseText("x"),
	byOther: {
		name: "o",
		write: (value) => (value ? { BOOL: true } : { NULL: true }),
		read: (attribute) => (attribute?.BOOL ? true : undefined),
	},
	state: sparseText("w"),
	copyId: sparseText("c"),
};

const segments: Column<readonly Segment[]> = {
	name: "sg",
	write: (value) => ({
		L: value.map(({ smscId, status, statusAt, errorCode, reason, byOther, state, copyId }) => ({
			M: {
				i: { S: smscId },
				s: { S: status },
				t: { N: String(statusAt) },
				...(errorCode !== null && { e: { S: errorCode } }),
				...(reason !== undefined && { x: { S: reason } }),
				...(byOther && { o: { BOOL: true } }),
				...(state !== undefined && { w: { S: state } }),
				...(copyId !== undefined && { c: { S: copyId } }),
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

const smppColumns: Columns<SmppDetails> = {
	session: nullable(text("n")),
	address: text("a"),
	reference: nullable(number("u")),
	receiptId: nullable(number("i")),
	messageClass: nullable(oneOf("mc", messageClasses, asNumber)),
};

const smpp: Column<SmppDetails> = {
	name: "sm",
	write: (value) => ({ M: attributesOf(smppColumns, value) }),
	read: (attribute) => (attribute?.M ? rowOf(smppColumns, attribute.M) : malformed("sm", attribute)),
};

const repeatsColumns: Columns<Repeats> = { segmentIndex: number("g"), times: number("n"), countId: sparseText("c") };

const repeated: Column<Repeats> = {
	name: "re",
	write: (value) => ({ M: attributesOf(repeatsColumns, value) }),
	read: (attribute) => (attribute?.M ? rowOf(repeatsColumns, attribute.M) : malformed("re", attribute)),
};

const refusalsColumns: Columns<Refusals> = { code: text("c"), times: number("n") };

const refused: Column<Refusals> = {
	name: "rf",
	write: (value) => ({ M: attributesOf(refusalsColumns, value) }),
	read: (attribute) => (attribute?.M ? rowOf(refusalsColumns, attribute.M) : malformed("rf", attribute)),
};

const givenColumns: Columns<GivenFields> = { timeBounds: sparseFlag("t"), expiresAt: nullable(number("e")) };

const given: Column<GivenFields> = {
	name: "gv",
	write: (value) => ({ M: attributesOf(givenColumns, value) }),
	read: (attribute) => (attribute?.M ? rowOf(givenColumns, attribute.M) : malformed("gv", attribute)),
};

const unreadFields: Column<readonly RefusableField[]> = {
	name: "uf",
	write: (names) => (names.length === 0 ? { NULL: true } : { S: names.join() }),
	read: (attribute) => refusableFields.filter((name) => attribute?.S?.split(",").includes(name)),
};

/** The client's request. It is written again only when a message ends whose text is not kept. */
const requestColumns = {
	userName: text("u"),
	clientMessageId: nullable(text("c")),
	batchId: nullable(number("b")),
	isFailFast: sparseFlag("w"),
	sender: text("sn"),
	recipient: text("r"),
	text: text("tx"),
	finalText: withDefault<FinalText>("keep", oneOf("ft", finalTexts, asText)),
	textDigest: nullable(text("td")),
	priority: oneOf("p", priorities, asNumber),
	timeBounds: oneOf("tb", timeBoundsNames, asText),
	flash: flag("fl"),
	schedule: nullable(number("sc")),
	expiresAt: number("ex"),
	operator: nullable(oneOf("op", operators, asText)),
	segmentCount: number("n"),
	acceptedAt: number("ia"),
	clientAddress: nullable(text("ad")),
	wantsInterimReports: sparseFlag("ow"),
	reportPreference: withDefault<ReportPreference>("always", oneOf("rp", ["always", "failures", "never"], asText)),
	part: nullable(part),
	given: nullable(given),
	refusalText: nullable(text("rt")),
	unreadFields,
	smpp: nullable(smpp),
} satisfies Partial<Columns<Message>>;

const stateColumns: Columns<Required<MessageChange>> = {
	status: status("st"),
	errorCode: nullable(text("ec")),
	sentAt: nullable(number("sa")),
	confirmedAt: nullable(number("ca")),
	statusAt: number("ta"),
	retryCount: number("rc"),
	holder: nullable(text("h")),
	waitsUntil: nullable(number("wu")),
	pausedAt: nullable(number("pa")),
	repeated: nullable(repeated),
	refused: nullable(refused),
	segments,
	bindIndex: nullable(number("bi")),
	history: historyColumn,
	scheduleState: nullable(oneOf("ss", ["N", "P"], asText)),
	reportBatchId: nullable(text("pk")),
	sentReportBatchId: nullable(text("ps")),
	enRouteReportBatchId: nullable(text("pe")),
};

/** The fields that need their own attributes: the key, conditions and the time to live use them. */
export const ownColumns = {
	messageId: number("message_id"),
	attempt: text("a"),
	keepUntil: seconds("ttl"),
	revision: number("v"),
} satisfies Partial<Columns<Message>>;

export const request = jsonColumn("m", requestColumns);
export const state = jsonColumn("s", stateColumns);

/** By them the search index finds a new message. They never change, so the index costs one write unit a message. */
export function searchAttributes({ recipient, userName, acceptedAt: at, messageId }: Message) {
	const { partition, sort } = searchIndexes["by-recipient"];
	if (normalRecipient(recipient) !== recipient) return {};
	return { [partition]: { S: recipient }, [sort]: { S: searchKey({ userName, at, messageId }) } };
}

/** A message as an item. Names are short because each write is paid by the octet. */
export function itemOf(message: Message): Record<string, AttributeValue> {
	const { messageId, attempt, keepUntil, revision } = ownColumns;
	return {
		[messageId.name]: messageId.write(message.messageId),
		[request.name]: request.write(message),
		[state.name]: state.write(message),
		[attempt.name]: attempt.write(message.attempt),
		[keepUntil.name]: keepUntil.write(message.keepUntil),
		[revision.name]: revision.write(message.revision),
	};
}

export function messageOf(item: Record<string, AttributeValue>): Message {
	/* A version without redaction may have ended the message. */
	return redacted({
		...rowOf(ownColumns as Columns<Pick<Message, keyof typeof ownColumns>>, item),
		...request.read(item[request.name]),
		...state.read(item[state.name]),
	});
}
