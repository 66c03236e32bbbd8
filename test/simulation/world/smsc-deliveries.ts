import type { MessageFields, Pdu, Tlv } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { octetTlv, textTlv } from "#smpp/wire/tlvs.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import type { ReceivedSubmit } from "./received-submit.ts";
import type { SmppLine } from "./smpp-line.ts";
import type { SmscBehaviour } from "./smsc-behaviour.ts";

/** A subscriber's message: the octets of each part, and its name in the history. */
export type MoParts = {
	readonly reference: string;
	readonly sender: string;
	readonly shortCode: string;
	readonly parts: readonly Buffer[];
	/** The number of its last parts that never come. Default: 0. */
	readonly missing?: number;
};

type Delivery = {
	readonly fields: Partial<MessageFields>;
	readonly tlvs: readonly Tlv[];
	readonly confirmed: () => void;
};

export type DeliverySchedule = {
	/** Schedules the receipts of an accepted submit. */
	receipts(submit: ReceivedSubmit, how: SmscBehaviour, pdu: Pdu<"submit_sm">): void;
	mo(parts: MoParts): void;
	has(withinMs: number): boolean;
	/** A connection is bound: waiting deliveries are sent. */
	pump(): void;
};

export type DeliveryOptions = {
	readonly kernel: Kernel;
	readonly process: SimulatedProcess;
	readonly lines: () => readonly SmppLine[];
	readonly onMoDelivered: (reference: string) => void;
};

const lateReceiptMs = [2 * 60_000, 20 * 60_000] as const;
const retryMs = [3_000, 15_000] as const;
const answerMs = 30_000;
const messageStates = { ENROUTE: 1, DELIVRD: 2, UNDELIV: 5 } as const;
const receiptClass = 0x04;
const headerClass = 0x40;

type Stat = keyof typeof messageStates;

/** The format of SMPP 3.4, appendix B. */
function receiptText(id: string, stat: Stat): string {
	const [delivered, error] = [stat === "DELIVRD" ? "001" : "000", stat === "UNDELIV" ? "001" : "000"];
	return `id:${id} sub:001 dlvrd:${delivered} submit date:2601010000 done date:2601010000 stat:${stat} err:${error} text:`;
}

/**
 * An SMSC's deliveries: receipts and subscribers' messages, on any of its connections, each repeated until confirmed.
 */
export function deliverySchedule({ kernel, process, lines, onMoDelivered }: DeliveryOptions): DeliverySchedule {
	const { draws } = kernel;
	const actor = process.name;
	const ready: Delivery[] = [];
	const planned = new Set<number>();
	let underWay = 0;
	let references = 0;

	const within = (step: string, [least, most]: readonly [number, number]) =>
		least + draws.number(actor, step) * (most - least);

	function plan(afterMs: number, delivery: Delivery): void {
		const at = kernel.now + afterMs + planned.size * 1e-6;
		planned.add(at);
		kernel.at(at, process, () => {
			planned.delete(at);
			ready.push(delivery);
			pump();
		});
	}

	function pump(): void {
		for (let delivery = ready.shift(); delivery !== undefined; delivery = ready.shift()) {
			const open = lines();
			if (open.length === 0) {
				ready.unshift(delivery);
				return;
			}
			void deliver(delivery, draws.pick(actor, "line", open));
		}
	}

	async function deliver(delivery: Delivery, line: SmppLine): Promise<void> {
		underWay += 1;
		const answered = line.request("deliver_sm", delivery.fields, delivery.tlvs);
		const silent = new Promise<"timed_out">(
			(resolve) => void kernel.after(answerMs, process, () => resolve("timed_out")),
		);
		const answer = await Promise.race([answered, silent]);
		underWay -= 1;
		const isConfirmed = typeof answer === "object" && answer.command_status === commandStatuses.ESME_ROK;
		if (isConfirmed) delivery.confirmed();
		else plan(within("retry", retryMs), delivery);
	}

	function receipt(submit: ReceivedSubmit, how: SmscBehaviour, pdu: Pdu<"submit_sm">, stat: Stat): Delivery {
		const { source_addr, destination_addr } = pdu.fields;
		const id = how.receiptIds === "hex" ? Number(submit.smscId).toString(16).toUpperCase() : submit.smscId;
		const withTlvs = draws.chance(actor, "receipt has TLVs", 0.5);
		return {
			fields: {
				source_addr: destination_addr,
				destination_addr: source_addr,
				esm_class: receiptClass,
				short_message: Buffer.from(receiptText(id, stat), "latin1"),
			},
			tlvs: withTlvs ? [textTlv("receipted_message_id", id), octetTlv("message_state", messageStates[stat])] : [],
			confirmed() {
				if (stat !== "ENROUTE") submit.receiptConfirmedAt ??= kernel.now;
			},
		};
	}

	function receiptDelay(how: SmscBehaviour): number {
		if (draws.chance(actor, "receipt before the response", how.receiptBeforeResponse)) return 0;
		const isLateCheck = draws.chance(actor, "receipt late", how.receiptLate);
		return how.answerMs[1] + within("receipt", isLateCheck ? lateReceiptMs : how.receiptMs);
	}

	return {
		receipts(submit, how, pdu) {
			if (how.oneReceiptPerMessage && submit.segment < submit.segments) return;
			if (draws.chance(actor, "receipt never", how.receiptNever)) return;
			const end = submit.isDelivered ? "DELIVRD" : "UNDELIV";
			const ms = receiptDelay(how);
			if (draws.chance(actor, "en route", how.enRoute)) plan(ms / 2, receipt(submit, how, pdu, "ENROUTE"));
			plan(ms, receipt(submit, how, pdu, end));
			if (draws.chance(actor, "receipt repeated", how.receiptRepeated)) {
				plan(ms + within("repetition", [0, 60_000]), receipt(submit, how, pdu, end));
			}
		},
		mo({ reference, sender, shortCode, parts, missing = 0 }) {
			references += 1;
			let left = parts.length;
			for (const [index, octets] of parts.slice(0, parts.length - missing).entries()) {
				const header = parts.length > 1 ? [5, 0, 3, references % 256, parts.length, index + 1] : [];
				plan(within("part", [0, 4_000]), {
					fields: {
						source_addr: sender,
						destination_addr: shortCode,
						esm_class: header.length > 0 ? headerClass : 0,
						short_message: Buffer.concat([Uint8Array.from(header), octets]),
					},
					tlvs: [],
					confirmed() {
						left -= 1;
						if (left === 0) onMoDelivered(reference);
					},
				});
			}
		},
		has: (withinMs) => ready.length + underWay > 0 || [...planned].some((at) => at <= kernel.now + withinMs),
		pump,
	};
}
