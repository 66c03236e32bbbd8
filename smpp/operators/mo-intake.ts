import type { Clock } from "#shared/clock.ts";
import type { MoEncoding, MoPart } from "#shared/domain/incoming/mo-part.ts";
import { incomingIdOf } from "#shared/domain/message/message-id.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { normalRecipient } from "#shared/domain/numbers/recipient.ts";
import { batcher } from "#shared/flow/batcher.ts";
import type { Log } from "#shared/log.ts";
import type { IncomingQueue } from "#shared/usecases/incoming/incoming-queue.ts";
import { readDataCoding, type WireAlphabet } from "#smpp/wire/data-coding.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { readSmppTime } from "#smpp/wire/times.ts";
import { userDataOf } from "#smpp/wire/user-data.ts";
import type { DeliverSmIntake } from "./deliver-sm-intake.ts";

/** Parts that come together cost one entry of the incoming queue, which has room for so many of the longest. */
const batcherLimits = { itemsMax: 25, quietMs: 10, waitMs: 60 };

/** Enough for all the characters that are kept of a message, four octets each (R41). Even, so that no unit of UCS-2 is cut. */
const octetsMax = 6_000;

/** What a short_message holds. Longer ones are no parts, whatever they say: so a message of 255 parts still fits into its row. */
const partOctetsMax = 254;

export type MoIntakeDeps = {
	readonly queue: IncomingQueue;
	/** An id that no message has. */
	readonly newPartId: () => number;
	/** Key of the hash that makes an id of what is known of a message. */
	readonly idKey: string;
	readonly now: Clock;
	readonly log: Log;
};

/** Takes what an operator's subscribers send to the queue that joins it. */
export function moIntake(operator: Operator, deps: MoIntakeDeps): DeliverSmIntake {
	const queueing = batcher<MoPart>(batcherLimits, async (parts) => {
		await deps.queue.send([{ kind: "parts", parts }]);
	});
	return {
		async accept(pdu) {
			await queueing.add(moPartFrom(operator, pdu, deps));
			return commandStatuses.ESME_ROK;
		},
		drained: () => queueing.drained(),
	};
}

function moPartFrom(operator: Operator, pdu: Pdu<"deliver_sm">, deps: MoIntakeDeps): MoPart {
	const { log } = deps;
	const { source_addr, destination_addr, data_coding, schedule_delivery_time } = pdu.fields;
	const { octets, place, malformed } = userDataOf(pdu);
	const encoding = moEncoding(data_coding);
	const arrivedAt = deps.now();
	const sentAt = smscTime(schedule_delivery_time, arrivedAt);
	const known = [operator, source_addr, destination_addr, data_coding, place, octets.toString("base64"), sentAt];
	const partId = isToTheSecond(sentAt) ? incomingIdOf(deps.idKey, known) : deps.newPartId();
	if (malformed) log.warn("mo.header_malformed", { operator, part_id: partId });
	if (encoding === null) log.warn("mo.coding_unknown", { operator, part_id: partId, data_coding });
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

/** ASCII is the first half of Latin-1; 8-bit data is read as Latin-1. */
const moEncodings = {
	gsm7: "gsm7",
	ascii: "latin1",
	latin1: "latin1",
	binary: "latin1",
	cyrillic: "cyrillic",
	ucs2: "ucs2",
} as const satisfies Record<WireAlphabet, MoEncoding>;

/** How a subscriber's text with this data_coding is read; null where it does not say. */
export function moEncoding(dataCoding: number): MoEncoding | null {
	const coding = readDataCoding(dataCoding);
	return coding === null ? null : moEncodings[coding.alphabet];
}

const toleratedMs = 60_000;
const oldestMs = 10 * 24 * 60 * 60_000;

/**
 * Whether a time tells a message from another of the same text that its subscriber sent before. An SMSC that counts in minutes writes their
 * seconds as nought.
 */
function isToTheSecond(sentAt: number | null): boolean {
	return sentAt !== null && sentAt % 60_000 !== 0;
}

/**
 * When the SMSC received the message, to the second: some write it in this field, which deliver_sm does not use otherwise. Null
 * where the field has no time, or one that is far from our clock.
 */
function smscTime(written: string, arrivedAt: number): number | null {
	const time = readSmppTime(written, arrivedAt);
	if (time?.kind !== "absolute") return null;
	const at = Math.floor(time.at / 1_000) * 1_000;
	return at > arrivedAt + toleratedMs || at < arrivedAt - oldestMs ? null : at;
}
