import { fork } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { operatorsReady } from "#local/operators/operators-ready.ts";
import { type SimulatedOperators, startSimulatedOperators } from "#local/operators/start-simulated-operators.ts";
import type { SubmitRecord } from "#local/operators/submit-log.ts";
import { type Bind, defaultBindLimits, keepBind } from "#smpp/operators/keep-bind.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { tlvNumber, tlvText } from "#smpp/wire/tlvs.ts";
import { aConnection, pdusOn } from "./smpp-peers.ts";

async function theOperators(): Promise<SimulatedOperators> {
	const operators = await startSimulatedOperators({ beeline: 0, kcell: 0 }, 0);
	onTestFinished(() => operators.close());
	return operators;
}

type Deliver = Pdu<"deliver_sm">;

async function aBindTo(port = 0, onDeliver: (pdu: Deliver) => Promise<number> = async () => 0): Promise<Bind> {
	const bind = keepBind(
		{ host: "127.0.0.1", port, system_id: "smsgw", password: "local" },
		{ onUp: () => undefined, onDown: () => undefined, onDeliver, log: () => undefined },
		{ ...defaultBindLimits, backOff: { firstMs: 5, maxMs: 20 } },
	);
	onTestFinished(() => bind.stop());
	await vi.waitFor(() => expect(bind.bound).toBe(true), 5_000);
	return bind;
}

const submitTo = (destination_addr: string, registered_delivery = 1) => ({
	source_addr_ton: 5,
	source_addr: "SMSGW",
	dest_addr_ton: 1,
	dest_addr_npi: 1,
	destination_addr,
	registered_delivery,
	data_coding: 8,
	esm_class: 0x40,
	validity_period: "261124000000020+",
	short_message: Buffer.from("050003a90201041f", "hex"),
});

async function control<Body>({ controlPort }: SimulatedOperators, path: string, method = "GET"): Promise<Body> {
	const response = await fetch(`http://127.0.0.1:${controlPort}${path}`, { method });
	return (response.status === 200 ? await response.json() : response.status) as Body;
}

function receiptFields({ fields }: Deliver): Record<string, string> {
	const text = fields.short_message.toString("latin1");
	return Object.fromEntries(
		[...text.matchAll(/(id|stat|err|dlvrd):(\S*)/g)].map(([, key = "", value = ""]) => [key, value]),
	);
}

describe("the simulated operators", () => {
	it("send a receipt for each message that asks for one, to its sender, after the response", async () => {
		const operators = await theOperators();
		const receipts: Deliver[] = [];
		const bind = await aBindTo(operators.ports["beeline"], async (pdu) => {
			receipts.push(pdu);
			return 0;
		});

		const outcome = await bind.submit(submitTo("77011234567"));
		await bind.submit(submitTo("77011234568", 0));
		const failed = await bind.submit(submitTo("77010009911"));
		await vi.waitFor(() => expect(receipts).toHaveLength(2));

		const [first, second] = receipts as [Deliver, Deliver];
		if (outcome.kind !== "accepted" || failed.kind !== "accepted") throw new Error("not accepted");
		expect(first.fields).toMatchObject({ source_addr: "77011234567", destination_addr: "SMSGW", esm_class: 4 });
		expect(receiptFields(first)).toEqual({ id: outcome.smscId, dlvrd: "001", stat: "DELIVRD", err: "000" });
		expect(tlvText(first, "receipted_message_id")).toBe(outcome.smscId);
		expect(tlvNumber(first, "message_state")).toBe(2);
		expect(receiptFields(second)).toEqual({ id: failed.smscId, dlvrd: "000", stat: "UNDELIV", err: "011" });
		expect(tlvNumber(second, "message_state")).toBe(5);
	});

	it("refuse or throttle as the number says", async () => {
		const operators = await theOperators();
		const bind = await aBindTo(operators.ports["kcell"]);

		expect(await bind.submit(submitTo("77010009811"))).toEqual({ kind: "refused", commandStatus: 11 });
		expect(await bind.submit(submitTo("77010009888"))).toEqual({ kind: "throttled", commandStatus: 88 });
	});

	it("send the receipt before the response to a number ending in 9600, and no receipt for 9700", async () => {
		const operators = await theOperators();
		await control(operators, "/delay?ms=600000", "POST");
		const events: string[] = [];
		const bind = await aBindTo(operators.ports["beeline"], async (pdu) => {
			events.push(`receipt ${pdu.fields.source_addr}`);
			return 0;
		});

		for (const recipient of ["77010009700", "77010009600", "77011234567"]) {
			await bind.submit(submitTo(recipient));
			events.push(`answer ${recipient}`);
		}
		await control(operators, "/delay?ms=0", "POST");
		await vi.waitFor(() => expect(events).toContain("receipt 77011234567"));

		expect(events).toEqual([
			"answer 77010009700",
			"receipt 77010009600",
			"answer 77010009600",
			"answer 77011234567",
			"receipt 77011234567",
		]);
	});

	it("send a receipt again on any session until it is confirmed", async () => {
		const operators = await theOperators();
		await control(operators, "/delay?ms=0", "POST");
		const port = operators.ports["beeline"] ?? 0;
		const unconfirming = await aConnection(port);
		const got = pdusOn(unconfirming);
		const login = { system_id: "smsgw", password: "local" };
		unconfirming.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
		unconfirming.write(encodePdu({ command: "submit_sm", sequence_number: 2, fields: submitTo("77011234567") }));
		await vi.waitFor(() => expect(got.map(({ command }) => command)).toContain("deliver_sm"));

		unconfirming.destroy();
		const statuses = [0x64, 0];
		const receipts: string[] = [];
		await aBindTo(port, async (pdu) => {
			receipts.push(pdu.fields.source_addr);
			return statuses.shift() ?? 0;
		});

		await vi.waitFor(() => expect(receipts).toEqual(["77011234567", "77011234567"]), 5_000);
	});

	it.each([
		[{ system_id: "smsgw", password: "wrong" }, 0x0e],
		[{ system_id: "other", password: "local" }, 0x0d],
	])("refuse the login %o", async (fields, command_status) => {
		const operators = await theOperators();
		const line = await aConnection(operators.ports["beeline"] ?? 0);
		const got = pdusOn(line);

		line.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields }));

		await vi.waitFor(() => expect(got).toMatchObject([{ command: "bind_transceiver_resp", command_status }]));
	});

	it("survive garbage on a connection and accept binds afterwards", async () => {
		const operators = await theOperators();
		const line = await aConnection(operators.ports["beeline"] ?? 0);
		line.on("error", () => undefined);

		line.write("GET / HTTP/1.1\r\n\r\n");
		await once(line, "close");

		expect((await aBindTo(operators.ports["beeline"])).bound).toBe(true);
	});

	it("list their submits and binds over HTTP", async () => {
		const operators = await theOperators();
		const bind = await aBindTo(operators.ports["kcell"]);
		const outcome = await bind.submit(submitTo("77021234567"));

		expect(await control(operators, "/binds")).toEqual({ beeline: 0, kcell: 1 });
		expect(await control<SubmitRecord[]>(operators, "/submits")).toEqual([
			{
				operator: "kcell",
				at: expect.any(Number),
				recipient: "77021234567",
				sender: "SMSGW",
				esm_class: 0x40,
				data_coding: 8,
				short_message_hex: "050003a90201041f",
				message_id: outcome.kind === "accepted" && outcome.smscId,
				command_status: 0,
				registered_delivery: 1,
				validity_period: "261124000000020+",
				session: expect.any(Number),
			},
		]);
		expect(await control(operators, "/delay?ms=none", "POST")).toBe(400);
		expect(await control(operators, "/nothing")).toBe(404);
	});

	it("run as a process that reports its ports and ends with its parent", async () => {
		const env = { OPERATOR_PORTS: '{"altel":0}', CONTROL_PORT: "0" };
		const child = fork("local/operators/main.ts", { env });
		onTestFinished(() => void child.kill("SIGKILL"));
		const [message] = await once(child, "message");

		const { ports } = operatorsReady.parse(message);
		expect(Object.keys(ports)).toEqual(["altel"]);
		await (await aBindTo(ports["altel"])).stop();
		child.disconnect();

		expect(await once(child, "exit")).toEqual([0, null]);
	});
});
