import type { Operator } from "#shared/domain/message/operators.ts";
import type { Pdu, RequestPdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { userDataOf } from "#smpp/wire/user-data.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { SimulatedServer, type SimulatedSocket } from "../kernel/network.ts";
import type { ReceivedSubmit } from "./received-submit.ts";
import { type SmppLine, smppLine } from "./smpp-line.ts";
import type { SmscBehaviour } from "./smsc-behaviour.ts";
import { deliverySchedule, type MoParts } from "./smsc-deliveries.ts";

export type SimulatedSmsc = {
	readonly operator: Operator;
	readonly received: readonly ReceivedSubmit[];
	/** Accepted submits without a response when their connection was lost. */
	readonly inFlightAtDrops: number;
	/** Whether it has a delivery due now or within this time. */
	hasDeliveries(withinMs: number): boolean;
	/** A subscriber sends a message. */
	sendMo(parts: MoParts): void;
	/** Closes one of its connections. */
	dropLine(): void;
	/** Is down for this time: closes all connections and accepts none. */
	goAway(ms: number): void;
	/** Number of binds. */
	readonly binds: number;
};

export type SmscOptions = {
	readonly kernel: Kernel;
	readonly operator: Operator;
	/** Its behaviour; calm after faults end. */
	readonly behaviour: () => SmscBehaviour;
	readonly onSubmit: (submit: ReceivedSubmit) => void;
	readonly onMoDelivered: (reference: string) => void;
	/** A bind was established; the addresses of all bound tasks are given. */
	readonly onBound: (operator: Operator, from: readonly string[]) => void;
};

/** The gateway's time limit for a response is 30 s. */
const lateAnswerMs = [31_000, 45_000] as const;
const refusals = [commandStatuses.ESME_RINVDSTADR, commandStatuses.ESME_RINVSRCADR] as const;
const throttlings = [commandStatuses.ESME_RTHROTTLED, commandStatuses.ESME_RMSGQFUL] as const;
const port = 2775;

/** An operator's SMSC, at the level of bytes. It keeps all submits that it received. */
export function simulatedSmsc({
	kernel,
	operator,
	behaviour,
	onSubmit,
	onMoDelivered,
	onBound,
}: SmscOptions): SimulatedSmsc {
	const { draws } = kernel;
	const process = kernel.start({ name: `smsc-${operator}`, role: "smsc" });
	const actor = process.name;
	const received: ReceivedSubmit[] = [];
	const lines = new Map<SmppLine, { readonly from: string; readonly open: Set<ReceivedSubmit> }>();
	const mutes = new Map<string, boolean>();
	let ids = 1_000_000_000 + draws.integer(actor, "first id", 0, 100_000_000);
	let awayUntil = 0;
	let inFlightAtDrops = 0;
	const deliveries = deliverySchedule({ kernel, process, lines: () => [...lines.keys()], onMoDelivered });

	function accept(socket: SimulatedSocket): void {
		if (kernel.now < awayUntil) {
			socket.destroy();
			return;
		}
		const line = smppLine(socket, {
			onRequest: (pdu) => serve(line, pdu, socket.remoteAddress),
			onEnd: () => unbound(line),
		});
	}

	function serve(line: SmppLine, pdu: RequestPdu, from: string): void {
		switch (pdu.command) {
			case "bind_transceiver":
				line.answer(pdu, commandStatuses.ESME_ROK, { system_id: operator });
				lines.set(line, { from, open: new Set() });
				onBound(
					operator,
					[...lines.values()].map((one) => one.from),
				);
				deliveries.pump();
				return;
			case "submit_sm":
				take(line, pdu, from);
				return;
			case "unbind":
				/* An unbind frees its place at once. */
				unbound(line);
				line.answer(pdu, commandStatuses.ESME_ROK);
				line.end();
				return;
			default:
				line.answer(pdu, commandStatuses.ESME_ROK);
		}
	}

	function unbound(line: SmppLine): void {
		for (const submit of lines.get(line)?.open ?? []) submit.fellAt = kernel.now;
		inFlightAtDrops += lines.get(line)?.open.size ?? 0;
		lines.delete(line);
	}

	function statusFor(how: SmscBehaviour, segment: number): number {
		if (draws.chance(actor, "throttles", how.throttles)) return draws.pick(actor, "throttling", throttlings);
		/* A message whose first segment was accepted is not refused later. */
		if (segment === 1 && draws.chance(actor, "refuses", how.refuses)) return draws.pick(actor, "refusal", refusals);
		return commandStatuses.ESME_ROK;
	}

	function take(line: SmppLine, pdu: Pdu<"submit_sm">, from: string): void {
		const how = behaviour();
		const { place } = userDataOf(pdu);
		const commandStatus = statusFor(how, place?.sequence ?? 1);
		ids += 1;
		const submit: ReceivedSubmit = {
			at: kernel.now,
			operator,
			recipient: pdu.fields.destination_addr,
			segment: place?.sequence ?? 1,
			segments: place?.total ?? 1,
			commandStatus,
			smscId: commandStatus === 0 ? String(ids) : "",
			from,
			answeredAt: undefined,
			fellAt: undefined,
			isDelivered: !draws.chance(actor, "undeliverable", how.undeliverable),
			receiptConfirmedAt: undefined,
		};
		received.push(submit);
		kernel.trace.note("submit", kernel.now, Number(submit.recipient) % 1e9, commandStatus);
		kernel.trace.line(
			() =>
				`submit_sm ${submit.recipient} ${submit.segment}/${submit.segments} id ${submit.smscId} status ${commandStatus}`,
		);
		onSubmit(submit);
		respond(line, pdu, submit, how);
		if (commandStatus === 0) deliveries.receipts(submit, how, pdu);
	}

	/** A recipient is treated the same way every time. */
	function isMuteTo(recipient: string, probability: number): boolean {
		const known = mutes.get(recipient) ?? draws.chance(`${actor} to ${recipient}`, "is mute", probability);
		mutes.set(recipient, known);
		return known;
	}

	function respond(line: SmppLine, pdu: Pdu<"submit_sm">, submit: ReceivedSubmit, how: SmscBehaviour): void {
		lines.get(line)?.open.add(submit);
		const isTaken = submit.commandStatus === 0;
		if (isTaken && isMuteTo(submit.recipient, how.isMuteTo)) return;
		if (isTaken && draws.chance(actor, "drops the line", how.dropsLine)) line.cut();
		else if (!isTaken || !draws.chance(actor, "answers never", how.answersNever)) respondAfter(line, pdu, submit, how);
	}

	function respondAfter(line: SmppLine, pdu: Pdu<"submit_sm">, submit: ReceivedSubmit, how: SmscBehaviour): void {
		const isLateCheck = draws.chance(actor, "answers late", how.answersLate);
		const [least, most] = isLateCheck ? lateAnswerMs : how.answerMs;
		const ms = least + draws.number(actor, "answer") * (most - least);
		kernel.after(ms, process, () => {
			if (!line.isOpen) return;
			submit.answeredAt = kernel.now;
			lines.get(line)?.open.delete(submit);
			line.answer(pdu, submit.commandStatus, { message_id: submit.smscId });
		});
	}

	kernel.at(kernel.now, process, () => void new SimulatedServer({}, accept).listen(port));
	return {
		operator,
		received,
		get inFlightAtDrops() {
			return inFlightAtDrops;
		},
		hasDeliveries: deliveries.has,
		sendMo: deliveries.mo,
		dropLine() {
			const [line] = lines.keys();
			kernel.at(kernel.now, process, () => line?.cut());
		},
		goAway(ms) {
			awayUntil = kernel.now + ms;
			kernel.trace.line(() => `the SMSC of ${operator} is down for ${Math.round(ms)} ms`);
			for (const line of lines.keys()) kernel.at(kernel.now, process, () => line.cut());
		},
		get binds() {
			return lines.size;
		},
	};
}
