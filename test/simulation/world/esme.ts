import { readReceipt } from "#shared/domain/receipts/receipt.ts";
import type { FieldsOf, RequestPdu, ResponsePdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { connect } from "../kernel/network.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { type SmppLine, smppLine } from "./smpp-line.ts";

/** A client's response to a deliver_sm, each with a probability; otherwise it accepts. */
export type EsmeBehaviour = {
	readonly refusesForNow: number;
	readonly dropsLine: number;
	/** Accepts it, and responds after seconds. */
	readonly slow: number;
};

export const healthyEsme: EsmeBehaviour = { refusesForNow: 0, dropsLine: 0, slow: 0 };
export const faultyEsme: EsmeBehaviour = { refusesForNow: 0.05, dropsLine: 0.02, slow: 0.05 };

export type Esme = {
	readonly process: SimulatedProcess;
	/** Call it in the client's process. "unknown": no response came, or there was no bind. */
	request<Name extends "submit_sm" | "submit_multi" | "query_sm" | "cancel_sm">(
		command: Name,
		fields: Partial<FieldsOf[Name]>,
	): Promise<ResponsePdu | "unknown">;
	/** A new task listens, to which the client may bind. */
	wake(): void;
	/** Does not bind again when its connection is lost. */
	rest(): void;
};

export type EsmeOptions = {
	readonly kernel: Kernel;
	readonly login: { readonly userName: string; readonly password: string };
	/** The address of a task that listens; undefined if there is none. */
	readonly task: () => string | undefined;
	readonly behaviour: () => EsmeBehaviour;
	readonly onReceipt: (id: string, recipient: string, state: string) => void;
	readonly onMo: (sender: string) => void;
};

const port = 2775;
const receiptTypes: readonly number[] = [0x04, 0x20];
const bindAgainMs = [500, 5_000] as const;
const answerMs = 30_000;

/** An SMPP client that binds again whenever its connection is lost. */
export function simulatedEsme({ kernel, login, task, behaviour, onReceipt, onMo }: EsmeOptions): Esme {
	const { draws } = kernel;
	const process = kernel.start({ name: `esme/${login.userName}`, role: "esme", address: "198.51.100.7" });
	const actor = process.name;
	let line: SmppLine | undefined;
	let isBound = false;
	let isConnecting = false;
	let isResting = false;

	function dial(): void {
		const host = task();
		if (isConnecting || line !== undefined || isResting || host === undefined) return;
		isConnecting = true;
		const socket = connect({ host, port });
		socket.on("error", () => {
			isConnecting = false;
			dialLater();
		});
		socket.once("connect", () => {
			isConnecting = false;
			socket.removeAllListeners("error");
			line = smppLine(socket, { onRequest: serve, onEnd: fallen });
			void bind(line);
		});
	}

	function dialLater(): void {
		const [least, most] = bindAgainMs;
		kernel.after(least + draws.number(actor, "binds again") * (most - least), process, dial);
	}

	function fallen(): void {
		line = undefined;
		isBound = false;
		dialLater();
	}

	async function within(
		own: SmppLine,
		answered: Promise<ResponsePdu | "disconnected">,
	): Promise<ResponsePdu | "unknown"> {
		const silent = new Promise<"timed_out">(
			(resolve) => void kernel.after(answerMs, process, () => resolve("timed_out")),
		);
		const answer = await Promise.race([answered, silent]);
		if (answer === "timed_out") own.cut();
		return typeof answer === "object" ? answer : "unknown";
	}

	async function bind(own: SmppLine): Promise<void> {
		const fields = { system_id: login.userName, password: login.password, interface_version: 0x34 };
		const answer = await within(own, own.request("bind_transceiver", fields));
		isBound = answer !== "unknown" && answer.command_status === commandStatuses.ESME_ROK && own.isOpen;
		kernel.trace.line(() => `${actor} ${isBound ? "is bound" : "is not bound"}`);
		if (!isBound) own.end();
	}

	function serve(pdu: RequestPdu): void {
		const own = line;
		if (own === undefined) return;
		if (pdu.command !== "deliver_sm") own.answer(pdu, commandStatuses.ESME_ROK);
		else take(own, pdu);
		if (pdu.command === "unbind") own.end();
	}

	function take(own: SmppLine, pdu: Extract<RequestPdu, { command: "deliver_sm" }>): void {
		const how = behaviour();
		if (draws.chance(actor, "refuses for now", how.refusesForNow)) {
			own.answer(pdu, commandStatuses.ESME_RX_T_APPN);
			return;
		}
		if (draws.chance(actor, "drops the line", how.dropsLine)) {
			own.cut();
			return;
		}
		const ms = draws.chance(actor, "is slow", how.slow) ? 1_000 + draws.number(actor, "takes") * 8_000 : 2;
		kernel.after(ms, process, () => own.answer(pdu, commandStatuses.ESME_ROK));
		if (receiptTypes.includes(pdu.fields.esm_class & 0x3c)) takeReceipt(pdu.fields);
		else onMo(pdu.fields.source_addr);
	}

	function takeReceipt({ short_message: message, source_addr }: FieldsOf["deliver_sm"]): void {
		const read = readReceipt({ text: message.toString("latin1"), smscId: null, state: null, networkError: null });
		if (read !== null) onReceipt(read.smscId ?? "", source_addr, read.state);
		kernel.trace.line(() => `${actor} takes ${message.toString("latin1")}`);
	}

	return {
		process,
		async request(command, fields) {
			const own = line;
			if (own === undefined || !isBound) return "unknown";
			const answer = await within(own, own.request(command, fields));
			kernel.trace.note(`${command} answered`, kernel.now, answer === "unknown" ? 1 : answer.command_status);
			kernel.trace.line(() => `${command} → ${JSON.stringify(answer)}`);
			return answer;
		},
		wake: () => void kernel.at(kernel.now, process, dial),
		rest() {
			isResting = true;
		},
	};
}
