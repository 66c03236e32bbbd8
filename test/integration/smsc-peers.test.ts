import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import smpp, { type PDU, type Session } from "smpp";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "#local/wire/listen.ts";
import { smsc, submitStyle } from "#shared/contracts/smscs.ts";
import { segmentsOf } from "#shared/domain/message/client-part.ts";
import { statusUpdateOf } from "#shared/domain/receipts/receipt.ts";
import type { SmscLogin } from "#smpp/operators/bind-once.ts";
import { deliverSmIntake } from "#smpp/operators/deliver-sm-intake.ts";
import { defaultBindLimits, keepBind } from "#smpp/operators/keep-bind.ts";
import { receiptsIntake } from "#smpp/operators/receipts-intake.ts";
import { submitOf } from "#smpp/operators/submit-fields.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { memoryLog, memoryReceipts } from "#test/fakes/memory-stores.ts";

/** Our binds to SMSCs of other authors, with the settings of docs/smsc-settings.md. */

const settings = {
	bind: { sessions: "separate", system_type: "VMA", ton: 1, npi: 1, address_range: "^7701" },
	submit: {
		protocol_id: 64,
		destination: { ton: 2, npi: 8 },
		flash: { gsm7: 240 },
		tlvs: [{ tag: "0x1401", hex: "0a0b" }],
	},
} as const;

/** A bind that is kept with these settings, and the receipts that come on it. */
async function aBindTo(port: number, own: object) {
	const {
		binds: _,
		tps: _tps,
		window: _window,
		submit,
		...login
	} = smsc.parse({
		host: "127.0.0.1",
		system_id: "smsgw",
		port,
		...own,
	});
	const receipts = memoryReceipts();
	const intake = receiptsIntake("kcell", receipts, Date.now, memoryLog());
	const unwanted = { accept: async () => Promise.reject(new Error("no receipt")), drained: async () => undefined };
	const onDeliver = deliverSmIntake(intake, unwanted).accept;
	const hooks = { onUp: () => undefined, onDown: () => undefined, onDeliver, log: () => undefined };
	const bind = keepBind({ ...login, password: "secret" } as SmscLogin, hooks, defaultBindLimits);
	onTestFinished(() => bind.stop());
	await vi.waitFor(() => expect(bind.bound).toBe(true), 10_000);
	const message = aMessage({ flash: true, text: "hello" });
	const style = submit ?? submitStyle.parse({});
	const { fields, tlvs } = submitOf({ message, text: segmentsOf(message), index: 0, style, now: Date.now() });
	return { bind, receipts, submit: async () => await bind.submit(fields, tlvs) };
}

const firstReceipt = ({ sent }: ReturnType<typeof memoryReceipts>) => sent[0]?.receiptBatch.receipts[0];

describe("a bind to an SMSC by npm's smpp", () => {
	async function anSmsc(onPdu: (pdu: PDU, session: Session) => void) {
		const server = smpp.createServer((session) => {
			session.on("error", () => undefined);
			session.on("pdu", (pdu: PDU) => onPdu(pdu, session));
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		onTestFinished(() => void server.close());
		return (server.address() as AddressInfo).port;
	}

	it("has the settings in its bind requests and submits, and takes receipts on its receiver", async () => {
		const asked: PDU[] = [];
		let receiver: Session | undefined;
		const port = await anSmsc((pdu, session) => {
			asked.push(pdu);
			if (pdu.command === "bind_receiver") receiver = session;
			if (!pdu.isResponse()) session.send(pdu.response({ message_id: "00B8EC69", system_id: "peer" }));
			if (pdu.command !== "submit_sm") return;
			const short_message = Buffer.from(
				"id:0012119145 sub:001 dlvrd:000 done date:2611231101 stat:EXPIRD err:022 text:",
			);
			const { destination_addr: source_addr, source_addr: destination_addr } = pdu;
			receiver?.send(new smpp.PDU("deliver_sm", { source_addr, destination_addr, esm_class: 4, short_message }));
		});

		const { bind, submit, receipts } = await aBindTo(port, settings);
		const outcome = await submit();
		await vi.waitFor(() => expect(firstReceipt(receipts)).toBeDefined(), 10_000);
		await bind.stop();

		expect(outcome).toEqual({ kind: "accepted", smscId: "00B8EC69" });
		const bound = { system_type: "VMA", addr_ton: 1, addr_npi: 1, address_range: "^7701", interface_version: 0x34 };
		const of = (command: string) => asked.find((pdu) => pdu.command === command);
		expect(of("bind_transmitter")).toMatchObject(bound);
		expect(of("bind_receiver")).toMatchObject(bound);
		expect(of("submit_sm")).toMatchObject({ protocol_id: 64, data_coding: 240, dest_addr_ton: 2, dest_addr_npi: 8 });
		expect(firstReceipt(receipts)).toMatchObject({ smscId: "0012119145", state: "EXPIRD", recipient: "77010000000" });
		expect(asked.filter(({ command }) => command === "unbind")).toHaveLength(2);
	});

	it("goes to the standby host while the first refuses its bind", async () => {
		const refusing = await anSmsc((pdu, session) =>
			session.send(pdu.response({ command_status: smpp.errors.ESME_RBINDFAIL })),
		);
		const taking = await anSmsc((pdu, session) => session.send(pdu.response({ message_id: "standby" })));
		const standby_hosts = [{ host: "127.0.0.1", port: taking }];

		const { submit } = await aBindTo(refusing, { standby_hosts });

		expect(await submit()).toEqual({ kind: "accepted", smscId: "standby" });
	});

	it("binds again after ESME_RINVBNDSTS, and takes a status by its table", async () => {
		const statuses = [smpp.errors.ESME_RINVBNDSTS, 1_027, smpp.errors.ESME_ROK];
		const asked: string[] = [];
		const port = await anSmsc((pdu, session) => {
			asked.push(pdu.command);
			const command_status = pdu.command === "submit_sm" ? (statuses.shift() ?? 0) : 0;
			session.send(pdu.response({ command_status, message_id: "again" }));
			if (pdu.command === "unbind") session.close();
		});
		const binds = () => asked.filter((command) => command === "bind_transceiver").length;
		const { bind, submit } = await aBindTo(port, { statuses: { "1027": "temporary" } });

		expect(await submit()).toEqual({ kind: "reconnect", commandStatus: 4 });
		bind.renew("command_status 4");
		await vi.waitFor(() => expect([binds(), bind.bound]).toEqual([2, true]), 10_000);

		expect(await submit()).toEqual({ kind: "temporary", commandStatus: 1_027 });
		expect(await submit()).toEqual({ kind: "accepted", smscId: "again" });
	});
});

const hasPerl = spawnSync("perl", ["-MNet::SMPP", "-e", "1"]).status === 0;

describe.skipIf(!hasPerl)(
	`a bind to an SMSC by libnet-smpp-perl${hasPerl ? "" : " (it is not installed here)"}`,
	() => {
		it.each([
			["separate", ["bind_receiver", "bind_transmitter"]],
			["transceiver", ["bind_transceiver"]],
		] as const)("as %s has the settings, and takes a receipt by data_sm", async (sessions, binds) => {
			const port = await freePort();
			const peer = spawn("perl", ["test/integration/smsc-net-smpp.pl", String(port)]);
			onTestFinished(() => void peer.kill("SIGKILL"));
			const lines: string[] = [];
			createInterface(peer.stdout).on("line", (line) => lines.push(line));
			await vi.waitFor(() => expect(lines).toEqual(["listening"]), 10_000);

			const { bind, submit, receipts } = await aBindTo(port, { ...settings, bind: { ...settings.bind, sessions } });
			await vi.waitFor(() => expect(lines).toHaveLength(1 + binds.length), 10_000);
			const outcome = await submit();
			await vi.waitFor(() => expect(firstReceipt(receipts)).toBeDefined(), 10_000);
			await bind.stop();
			await vi.waitFor(() => expect(lines.filter((line) => line === "unbind")).toHaveLength(binds.length), 10_000);

			expect(outcome).toEqual({ kind: "accepted", smscId: "perl-1" });
			expect(statusUpdateOf(firstReceipt(receipts) as never).status).toBe("DELIVERED");
			expect(lines.slice(1, 1 + binds.length).toSorted()).toEqual(
				binds.map((name) => `${name} smsgw VMA 52 1 1 ^7701`),
			);
			expect(lines).toContain("submit_sm 64 240 2 8 0a0b");
			expect(lines).toContain("data_sm_resp 0");
		});
	},
);

/** Debian's kannel-extras has the SMSC that Kannel tests its own driver with. */
const kannelSmsc = "/usr/lib/kannel/test/drive_smpp";
const hasKannel = existsSync(kannelSmsc);

describe.skipIf(!hasKannel)(
	`a bind to Kannel's SMSC${hasKannel ? "" : " (kannel-extras is not installed here)"}`,
	() => {
		it("as transmitter and receiver submits, takes a receipt, answers enquire_link, and unbinds", async () => {
			const port = await freePort();
			const peer = spawn(kannelSmsc, ["-p", String(port), "-m", "1", "-v", "0"]);
			onTestFinished(() => void peer.kill("SIGKILL"));
			const lines: string[] = [];
			createInterface(peer.stderr).on("line", (line) => lines.push(line));

			const { bind, submit, receipts } = await aBindTo(port, { bind: { sessions: "separate", system_type: "VMA" } });
			await vi.waitFor(() => expect(firstReceipt(receipts)).toBeDefined(), 10_000);
			const outcome = await submit();
			await bind.stop();

			expect(outcome).toMatchObject({ kind: "accepted", smscId: expect.any(String) });
			expect(firstReceipt(receipts)).toMatchObject({ smscId: "receipted_message_id" });
			const log = lines.join("\n");
			for (const handled of ["deliver_sm_resp", "enquire_link_resp", "submit_sm", "unbind"])
				expect(log).toContain(`Handling SMPP PDU of type ${handled}`);
			expect(log).toContain("short_message = <hello>");
		});
	},
);
