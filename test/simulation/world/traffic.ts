import { slotAt } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { timeBoundsNames } from "#shared/domain/time/time-bounds.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { absoluteTime } from "#smpp/wire/times.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { shortCode } from "./accounts.ts";
import type { BatchAction, BatchOperator } from "./batch-operator.ts";
import type { Esme } from "./esme.ts";
import type { ClientPromises, MessageBody, RestClient } from "./rest-client.ts";
import type { HistorySettings } from "./settings.ts";
import type { SimulatedSmsc } from "./smsc.ts";

export type Traffic = {
	/** Whether a client still has actions to do. */
	readonly isOver: boolean;
	/** Whether no client acts again before hours have passed. */
	readonly isPaused: boolean;
	/** Number of messages that clients requested. */
	readonly messages: number;
};

export type TrafficDeps = {
	readonly kernel: Kernel;
	readonly settings: HistorySettings;
	readonly clients: readonly RestClient[];
	readonly esme: Esme;
	readonly smscs: readonly SimulatedSmsc[];
	readonly clientPromises: ClientPromises;
	readonly batchOperator: BatchOperator;
	/** A subscriber begins to send. */
	readonly onMo: (sender: string) => void;
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Delay of a client's late repetition: while its message lives, or after. */
const laterMs = { least: 15 * minuteMs, most: 9 * hourMs } as const;
const longLifeMs = 6 * hourMs;
/** Long enough for several rounds through the slots. */
const pauseMaxMs = 40 * minuteMs;
/** Two threads of a client, or a button pressed twice. */
const atOnceMs = 60;
const prefixes = { kcell: "7701", beeline: "7705" } as const;
const gsm7InOne = 160;
const gsm7InPart = 153;

/** The actions of clients and subscribers, at times drawn from the seed. */
export function startTraffic(deps: TrafficDeps): Traffic {
	const { kernel, settings, clients, esme, smscs, clientPromises, batchOperator } = deps;
	const { draws } = kernel;
	const actor = "traffic";
	let recipients = 0;
	let messages = 0;
	let underWay = 0;
	let later = 0;

	function recipient(): string {
		recipients += 1;
		messages += 1;
		const { operator } = draws.pick(actor, "operator", settings.operators);
		return `${prefixes[operator as keyof typeof prefixes]}${String(recipients).padStart(7, "0")}`;
	}

	/** A text of one segment, sometimes of two to four. */
	function text(): string {
		const segments = draws.chance(actor, "is long", 0.2) ? draws.integer(actor, "segments", 2, 4) : 1;
		const length = segments === 1 ? 20 : Math.min(segments * gsm7InPart, gsm7InOne * segments) - 10;
		return `message ${recipients} `.padEnd(length, "x");
	}

	/** For a message that is sent at this instant. */
	function times(now: number): Pick<MessageBody, "expire_date" | "schedule" | "time_bounds"> {
		const { expiryMaxMs, isLong } = settings;
		const daysMax = isLong ? 9 * 24 * 60 * minuteMs : expiryMaxMs + 40 * minuteMs;
		const isScheduled = draws.chance(actor, "is scheduled", 0.12);
		const schedule = slotAt(now + 14 * minuteMs + draws.number(actor, "schedule") * (isLong ? daysMax : 30 * minuteMs));
		const lifeMs = 30_000 + draws.number(actor, "life") * expiryMaxMs;
		const bounds = draws.chance(actor, "has bounds", isLong ? 0.3 : 0.12);
		const expiresAt = (isScheduled ? schedule : now) + (bounds ? lifeMs + daysMax / 2 : lifeMs);
		return {
			...(isScheduled && { schedule: almatyText(schedule) }),
			...(bounds && { time_bounds: draws.pick(actor, "bounds", timeBoundsNames) }),
			expire_date: almatyText(expiresAt),
		};
	}

	function body(at: number): MessageBody {
		const to = recipient();
		return {
			client_message_id: `message-${recipients}`,
			recipient: to,
			message_text: text(),
			sender: draws.pick(actor, "sender", ["SMSGW", "77010000001"]),
			priority: draws.integer(actor, "priority", 0, 3),
			...times(at),
		};
	}

	/** The error of some of a batch's messages. */
	function flawed(one: MessageBody): MessageBody {
		return draws.chance(actor, "flaw is the sender", 0.5) ? { ...one, sender: "NOBODY" } : { ...one, recipient: "123" };
	}

	function muchLater(process: RestClient["process"], act: () => Promise<void>): void {
		const afterMs = laterMs.least + draws.number(actor, "much later") ** 2 * (laterMs.most - laterMs.least);
		later += 1;
		kernel.after(afterMs, undefined, () => {
			later -= 1;
			at(process, 0, act);
		});
	}

	function at(process: RestClient["process"], afterMs: number, act: () => Promise<void>): void {
		underWay += 1;
		kernel.after(afterMs, process, () => {
			void act().finally(() => {
				underWay -= 1;
			});
		});
	}

	const soon = () => draws.number(actor, "when") * settings.trafficMs;

	function single(client: RestClient): void {
		const afterMs = soon();
		const own = body(kernel.now + afterMs);
		const isRepeatedLater = own.schedule === undefined && draws.chance(actor, "posts much later", 0.04);
		const message = isRepeatedLater ? longLived(own, kernel.now + afterMs) : own;
		at(client.process, afterMs, async () => {
			const messageId = await client.post(message);
			if (messageId !== undefined) afterwards(client, message, messageId);
		});
		if (draws.chance(actor, "posts twice at once", 0.08)) {
			at(client.process, afterMs + atOnce(), async () => void (await client.post(message)));
		}
		if (isRepeatedLater) muchLater(client.process, async () => void (await client.post(message)));
	}

	const atOnce = () => draws.number(actor, "at once") * atOnceMs;
	const longLived = (message: MessageBody, now: number) => ({ ...message, expire_date: almatyText(now + longLifeMs) });

	/** A client's later action on its own message. */
	function afterwards(client: RestClient, message: MessageBody, messageId: number): void {
		const later = () => draws.number(actor, "later") * 40_000;
		if (draws.chance(actor, "gets", 0.3)) at(client.process, later(), async () => await client.get(messageId));
		if (draws.chance(actor, "gets by its own id", 0.15)) {
			at(client.process, later(), async () => await client.getByClientId(message.client_message_id));
		}
		if (draws.chance(actor, "posts again", 0.15)) {
			const same = draws.chance(actor, "posts the same", 0.7);
			const again = same ? message : { ...message, message_text: "changed" };
			at(client.process, later(), async () => void (await client.post(again)));
		}
		if (message.schedule !== undefined && draws.chance(actor, "withdraws", 0.4)) {
			at(client.process, later(), async () => await client.withdraw(messageId));
		}
	}

	/** A batch's messages. In a tolerant batch they may be invalid or repeat an id. */
	function batchBodies(sound: readonly MessageBody[], failFast: boolean): readonly MessageBody[] {
		if (failFast) return sound;
		const all = draws.chance(actor, "repeats an id within", 0.3) ? [...sound, ...sound.slice(0, 1)] : sound;
		return draws.chance(actor, "is sound", 0.5) ? all : all.map((one, index) => (index === 1 ? flawed(one) : one));
	}

	function batch(client: RestClient, size: number): void {
		const failFast = draws.chance(actor, "is fail-fast", 0.5);
		const afterMs = soon();
		const isRepeatedLater = draws.chance(actor, "posts the batch much later", 0.1);
		const sound = Array.from({ length: size }, () => {
			const own = body(kernel.now + afterMs);
			return isRepeatedLater && own.schedule === undefined ? longLived(own, kernel.now + afterMs) : own;
		});
		const whole = batchBodies(sound, failFast);
		at(client.process, afterMs, async () => {
			const batchId = await client.postBatch(whole, failFast);
			if (batchId === undefined) return;
			interfere(client, batchId);
			if (draws.chance(actor, "gets a batch", 0.9)) await client.getBatch(batchId);
		});
		const again = async () => {
			const batchId = await client.postBatch(whole, failFast);
			if (batchId !== undefined) await client.getBatch(batchId);
		};
		if (draws.chance(actor, "posts the batch again", 0.4)) at(client.process, soon(), again);
		if (draws.chance(actor, "posts the batch twice at once", 0.2)) at(client.process, afterMs + atOnce(), again);
		if (isRepeatedLater) muchLater(client.process, again);
		overlap(client, sound);
	}

	/** An operator pauses a batch for a while, and its client withdraws what has not gone. */
	function interfere(client: RestClient, batchId: number): void {
		if (draws.chance(actor, "pauses a batch", 0.4)) {
			const pausedMs = 5_000 + draws.number(actor, "pauses for") ** 2 * pauseMaxMs;
			operate("pause", batchId, draws.number(actor, "pauses after") * 5_000);
			operate("resume", batchId, 5_000 + pausedMs);
		}
		if (draws.chance(actor, "withdraws a batch", 0.3)) {
			const afterMs = draws.number(actor, "withdraws after") ** 2 * pauseMaxMs;
			at(client.process, afterMs, async () => await client.withdrawBatch(batchId));
		}
	}

	function operate(action: BatchAction, batchId: number, afterMs: number): void {
		later += 1;
		kernel.after(afterMs, undefined, () => {
			later -= 1;
			batchOperator.run(action, batchId);
		});
	}

	/**
	 * A client stops after one attempt of a batch, and posts one of its messages alone when that attempt must have
	 * ended.
	 */
	function abandonedBatch(client: RestClient): void {
		const afterMs = draws.number(actor, "abandons") * 1_500;
		const messages = Array.from({ length: 3 }, () => body(kernel.now + afterMs));
		at(client.process, afterMs, async () => await client.postBatchOnce(messages, true));
		const [first] = messages;
		const laterMs = 95_000 + draws.number(actor, "comes back") * 20_000;
		if (first) at(client.process, laterMs, async () => void (await client.post(first)));
	}

	/** Posts some of a batch's messages in other requests too. */
	function overlap(client: RestClient, [first, ...others]: readonly MessageBody[]): void {
		if (draws.chance(actor, "posts an overlapping batch", 0.3)) {
			const afterMs = soon();
			const overlapping = [...others.slice(-2), body(kernel.now + afterMs)];
			const failFast = draws.chance(actor, "overlaps fail-fast", 0.5);
			at(client.process, afterMs, async () => void (await client.postBatch(overlapping, failFast)));
		}
		if (first !== undefined && draws.chance(actor, "posts one of a batch", 0.3)) {
			at(client.process, soon(), async () => void (await client.post(first)));
		}
	}

	function submitFields() {
		const to = recipient();
		const isScheduled = draws.chance(actor, "is scheduled by SMPP", 0.08);
		const schedule = slotAt(kernel.now + settings.trafficMs + 12 * minuteMs);
		const expiresAt =
			(isScheduled ? schedule : kernel.now) + 60_000 + draws.number(actor, "life") * settings.expiryMaxMs;
		return {
			source_addr: "SMSGW",
			destination_addr: to,
			registered_delivery: draws.pick(actor, "wish", [1, 1, 1, 1, 0, 2]),
			priority_flag: draws.integer(actor, "priority", 0, 3),
			schedule_delivery_time: isScheduled ? absoluteTime(schedule) : "",
			validity_period: absoluteTime(expiresAt),
			short_message: Buffer.from(`message ${recipients}`, "latin1"),
		};
	}

	function submit(): void {
		at(esme.process, soon(), async () => {
			const fields = submitFields();
			const answer = await esme.request("submit_sm", fields);
			if (answer === "unknown" || answer.command_status !== commandStatuses.ESME_ROK) return;
			const messageId = Number((answer.fields as { message_id: string }).message_id);
			clientPromises.promised(messageId, "ESME_ROK");
			await inquire(messageId, fields.schedule_delivery_time !== "");
		});
	}

	async function inquire(messageId: number, isScheduled: boolean): Promise<void> {
		const message_id = String(messageId);
		if (draws.chance(actor, "queries", 0.2)) await esme.request("query_sm", { message_id });
		if (!isScheduled || !draws.chance(actor, "cancels", 0.5)) return;
		const answer = await esme.request("cancel_sm", { message_id });
		if (answer !== "unknown" && answer.command_status === commandStatuses.ESME_ROK) clientPromises.withdrawn(messageId);
	}

	function submitMulti(size: number): void {
		at(esme.process, soon(), async () => {
			const { destination_addr: _, ...fields } = submitFields();
			const dest_address = Array.from({ length: size }, () => ({
				dest_addr_ton: 1,
				dest_addr_npi: 1,
				destination_addr: recipient(),
			}));
			const answer = await esme.request("submit_multi", { ...fields, dest_address });
			if (answer === "unknown" || answer.command_status !== commandStatuses.ESME_ROK) return;
			clientPromises.promised(Number((answer.fields as { message_id: string }).message_id), "ESME_ROK to submit_multi");
		});
	}

	function mo(index: number): void {
		const smsc = draws.pick(actor, "SMSC", smscs);
		const sender = `7701900${String(index).padStart(4, "0")}`;
		const parts = Array.from({ length: draws.integer(actor, "parts", 1, 3) }, (_, part) =>
			Buffer.from(
				part === 0 && draws.chance(actor, "has a keyword", 0.5) ? `hook ${index}` : `part ${part} of ${index}`,
			),
		);
		deps.onMo(sender);
		kernel.after(soon(), undefined, () => smsc.sendMo({ reference: sender, sender, shortCode, parts }));
	}

	function begin(): void {
		const { messages: wanted } = settings;
		const [batches, mos] = [draws.integer(actor, "batches", 3, 5), draws.integer(actor, "MOs", 3, 6)];
		for (let index = 0; index < batches; index += 1) {
			batch(draws.pick(actor, "client", clients), draws.integer(actor, "size", 4, 12));
		}
		abandonedBatch(draws.pick(actor, "client", clients));
		for (let index = 0; index < 2; index += 1) submitMulti(draws.integer(actor, "destinations", 2, 5));
		for (let index = 0; index < mos; index += 1) mo(index);
		const left = Math.max(40, wanted - messages);
		for (let index = 0; index < left; index += 1) {
			if (draws.chance(actor, "by SMPP", 0.4)) submit();
			else single(draws.pick(actor, "client", clients));
		}
	}

	begin();
	return {
		get isOver() {
			return underWay + later === 0 && !batchOperator.isBusy;
		},
		get isPaused() {
			return underWay === 0 && !batchOperator.isBusy;
		},
		get messages() {
			return messages;
		},
	};
}
