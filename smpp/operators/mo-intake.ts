import type { Clock } from "#shared/clock.ts";
import type { MoEncoding, MoPart } from "#shared/domain/incoming/mo-part.ts";
import { incomingIdOf } from "#shared/domain/message/message-id.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { normalRecipient } from "#shared/domain/numbers/recipient.ts";
import { batcher } from "#shared/flow/batcher.ts";
import { type SampledLog, sampledLog } from "#shared/flow/sampled-log.ts";
import type { Log } from "#shared/log.ts";
import type { IncomingQueue } from "#shared/usecases/incoming/incoming-queue.ts";
import { readDataCoding, type WireAlphabet } from "#smpp/wire/data-coding.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { readSmppTime } from "#smpp/wire/times.ts";
import { userDataOf } from "#smpp/wire/user-data.ts";
import type { DeliverSmIntake } from "./deliver-sm-intake.ts";

/** Parts in one entry of the incoming queue: as many of the longest as fit. */
const batcherLimits = { itemsMax: 25, quietMs: 10, waitMs: 60 };

/** Enough for all stored characters of a message, at four octets each (R41). Even, so that no UCS-2 unit is cut. */
const octetsMax = 6_000;

/** Maximum of short_message. A longer text is no part, so that a message of 255 parts fits into its row. */
const partOctetsMax = 254;

export type MoIntakeDeps = {
	readonly queue: IncomingQueue;
	/** An id that no message has. */
	readonly newPartId: () => number;
	/** Key of the hash from which message ids are made. */
	readonly idKey: string;
	readonly now: Clock;
	readonly log: Log;
};

/** Puts the messages of an operator's subscribers into the incoming queue, which joins their parts. */
export function moIntake(operator: Operator, deps: MoIntakeDeps): DeliverSmIntake {
	const queueing = batcher<MoPart>(batcherLimits, async (parts) => {
		await deps.queue.send([{ kind: "parts", parts }]);
	});
	const sampled = sampledLog(deps.log, () => performance.now());
	return {
		async accept(pdu) {
			await queueing.add(moPartFrom(operator, pdu, deps, sampled));
			return commandStatuses.ESME_ROK;
		},
		drained: () => queueing.drained(),
	};
}

function moPartFrom(operator: Operator, pdu: Pdu<"deliver_sm">, deps: MoIntakeDeps, log: SampledLog): MoPart {
	const { source_addr, destination_addr, data_coding, schedule_delivery_time } = pdu.fields;
	const { octets, place, malformed } = userDataOf(pdu);
	const encoding = moEncoding(data_coding);
	const arrivedAt = deps.now();
	const sentAt = smscTime(schedule_delivery_time, arrivedAt);
	const known = [operator, source_addr, destination_addr, data_coding, place, octets.toString("base64"), sentAt];
	const partId = isToTheSecond(sentAt) ? incomingIdOf(deps.idKey, known) : deps.newPartId();
	if (malformed) log("warn", "mo.header_malformed", { operator, part_id: partId }, operator);
	if (encoding === null) log("warn", "mo.coding_unknown", { operator, part_id: partId, data_coding }, operator);
	return {
		partId,
		operator,
		sender: normalRecipient(source_addr) ?? source_addr,
		recipient: destination_addr,
		encoding: encoding ?? "latin1",
		octets: octets.toString("base64", 0, octetsMax),
		place: octets.length > partOctetsMax ? null : place,
		arrivedAt,
		receivedAt: sentAt ?? arrivedAt,
	};
}

/** ASCII is the first half of Latin-1. 8-bit data is read as Latin-1. */
const moEncodings = {
	gsm7: "gsm7",
	ascii: "latin1",
	latin1: "latin1",
	binary: "latin1",
	cyrillic: "cyrillic",
	ucs2: "ucs2",
} as const satisfies Record<WireAlphabet, MoEncoding>;

/** How a subscriber's text with this data_coding is read; null if that is unknown. */
export function moEncoding(dataCoding: number): MoEncoding | null {
	const coding = readDataCoding(dataCoding);
	return coding === null ? null : moEncodings[coding.alphabet];
}

const toleratedMs = 60_000;
const oldestMs = 10 * 24 * 60 * 60_000;

/** Whether the time can distinguish two messages with the same text. SMSCs that count in minutes write 0 seconds. */
function isToTheSecond(sentAt: number | null): boolean {
	return sentAt !== null && sentAt % 60_000 !== 0;
}

/**
 * When the SMSC received the message, to the second: some write it in this field, which deliver_sm does not use
 * otherwise. Null if the field has no time, or one far from our clock.
 */
function smscTime(written: string, arrivedAt: number): number | null {
	const time = readSmppTime(written, arrivedAt);
	if (time?.kind !== "absolute") return null;
	const at = Math.floor(time.at / 1_000) * 1_000;
	return at > arrivedAt + toleratedMs || at < arrivedAt - oldestMs ? null : at;
}
