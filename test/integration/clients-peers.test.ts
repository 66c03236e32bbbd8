import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { EventEmitter, on, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import smpp, { type PDU } from "smpp";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "#local/wire/listen.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { textTlv } from "#smpp/wire/tlvs.ts";
import { aClientsGateway, aSocketTo } from "./clients-gateway.ts";
import { kannelConf } from "./clients-kannel.ts";
import { recordedPeers } from "./clients-recorded.ts";
import { certificate, certificateKey } from "./smpp-certificate.ts";
import { pdusOn } from "./smpp-peers.ts";

const run = promisify(execFile);
const isThere = (program: string, ...args: readonly string[]) => spawnSync(program, args).status === 0;
const hasPerl = isThere("perl", "-MNet::SMPP", "-e", "1");
const hasKannel = isThere("which", "bearerbox", "smsbox");

type Gateway = Awaited<ReturnType<typeof aClientsGateway>>;

/** The one message that the gateway accepted. */
async function acceptedMessage({ rows }: Gateway) {
	return await vi.waitFor(() => {
		const [row] = rows.values();
		if (row === undefined) throw new Error("no message yet");
		return row;
	}, 10_000);
}

/** Delivers the message's receipt to the one bound receiver, in the form of A47. */
async function deliverReceipt(gateway: Gateway) {
	const { messageId, recipient, sender } = await acceptedMessage(gateway);
	const [receiver] = gateway.receivers;
	const text = `id:${messageId} sub:001 dlvrd:001 submit date:2611231100 done date:2611231101 stat:DELIVRD err:000 text:`;
	return await receiver?.deliver({
		command: "deliver_sm",
		fields: { source_addr: recipient, destination_addr: sender, esm_class: 4, short_message: Buffer.from(text) },
		tlvs: [textTlv("receipted_message_id", String(messageId))],
	});
}

describe("the smpp package as a client", () => {
	it.each([false, true])("binds, submits, gets its receipt and unbinds; over TLS %s (A47)", async (tls) => {
		const gateway = await aClientsGateway({ tls: { cert: certificate, key: certificateKey } });
		const port = tls ? gateway.tlsPort : gateway.port;
		const session = smpp.connect({ host: "127.0.0.1", port, tls, rejectUnauthorized: false }, () => undefined);
		onTestFinished(() => session.destroy());
		await once(session, tls ? "secureConnect" : "connect");
		const ask = async (command: string, fields: Record<string, unknown> = {}) =>
			await new Promise<PDU>((resolve) => session.send(new smpp.PDU(command, fields), resolve));

		const bound = await ask("bind_transceiver", { system_id: "demo", password: "secret", interface_version: 0x34 });
		const taken = await ask("submit_sm", {
			source_addr: "SMSGW",
			destination_addr: "77010000000",
			short_message: Buffer.from("hi"),
		});
		const [[receipt], outcome] = await Promise.all([
			once(session, "deliver_sm") as Promise<[PDU]>,
			deliverReceipt(gateway),
			once(session, "deliver_sm").then(([pdu]) => session.send(pdu.response())),
		]);

		expect([bound.command_status, bound["system_id"], taken.command_status]).toEqual([0, "SMSGW", 0]);
		expect((await acceptedMessage(gateway)).messageId).toBe(Number(taken["message_id"]));
		expect(receipt["receipted_message_id"]).toBe(taken["message_id"]);
		expect(outcome).toMatchObject({ kind: "answered", response: { command_status: 0 } });
		expect((await ask("unbind")).command_status).toBe(0);
	});

	it("cannot use the plain port over TLS, or the TLS port without TLS", async () => {
		const { tlsPort, port } = await aClientsGateway({ tls: { cert: certificate, key: certificateKey } });
		const plain = aSocketTo(tlsPort);
		plain.write(encodePdu({ command: "enquire_link", sequence_number: 1 }));
		await once(plain.resume(), "close");

		const session = smpp.connect({ host: "127.0.0.1", port, tls: true, rejectUnauthorized: false }, () => undefined);
		const [error] = await once(session, "error");
		expect(error).toBeInstanceOf(Error);
	});
});

describe.skipIf(!hasPerl)(`libnet-smpp-perl as a client${hasPerl ? "" : " (it is not installed here)"}`, () => {
	it.each(["transceiver", "transmitter"])("binds as %s, submits, and gets its receipt (A47)", async (bind) => {
		const gateway = await aClientsGateway();

		const running = run("perl", ["test/integration/clients-net-smpp.pl", String(gateway.port), bind], {
			timeout: 30_000,
		});
		/* Net::SMPP takes whatever comes next for the answer to its request. */
		await printed(running.child, "alive");
		const outcome = bind === "transceiver" ? await deliverReceipt(gateway) : undefined;
		const lines = (await running).stdout.trim().split("\n");

		const { messageId, text } = await acceptedMessage(gateway);
		expect(text).toBe("from Perl");
		expect(lines).toEqual([
			"bound 0 SMSGW",
			`taken 0 ${messageId}`,
			"alive 0",
			...(bind === "transceiver" ? [expect.stringMatching(`^receipt id:${messageId} .* stat:DELIVRD`)] : []),
			"gone 0",
		]);
		if (bind === "transceiver") expect(outcome).toMatchObject({ kind: "answered", response: { command_status: 0 } });
	});
});

async function printed({ stdout }: ChildProcess, word: string): Promise<void> {
	let text = "";
	for await (const [chunk] of on(stdout ?? new EventEmitter(), "data", { close: ["end"] })) {
		text += String(chunk);
		if (text.includes(word)) return;
	}
}

function started(program: string, args: readonly string[]): ChildProcess {
	const child = spawn(program, args, { stdio: "ignore" });
	onTestFinished(async () => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		child.kill("SIGKILL");
		await once(child, "exit");
	});
	return child;
}

describe.skipIf(!hasKannel)(`Kannel as a client${hasKannel ? "" : " (it is not installed here)"}`, () => {
	it("binds, submits a short and a long message, and gets the receipts (A47)", async () => {
		const gateway = await aClientsGateway();
		const folder = mkdtempSync(join(tmpdir(), "smsgw-kannel-"));
		onTestFinished(() => rmSync(folder, { recursive: true }));
		const receiptUrls: string[] = [];
		const sink = createServer((request, response) => {
			receiptUrls.push(request.url ?? "");
			response.end("ok");
		});
		sink.listen(0, "127.0.0.1");
		await once(sink, "listening");
		onTestFinished(() => void sink.close());
		const dlrUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/dlr`;
		const [admin, box, http] = [await freePort(), await freePort(), await freePort()];
		const conf = join(folder, "kannel.conf");
		writeFileSync(conf, kannelConf({ smpp: gateway.port, admin, box, http, folder }));

		started("bearerbox", [conf]);
		await vi.waitFor(() => expect(gateway.receivers.size).toBe(1), 15_000);
		started("smsbox", [conf]);
		const send = async (text: string) => {
			const query = new URLSearchParams({
				user: "k",
				pass: "k",
				from: "SMSGW",
				to: "77010000000",
				text,
				"dlr-mask": "31",
				"dlr-url": dlrUrl,
			});
			return (await fetch(`http://127.0.0.1:${http}/cgi-bin/sendsms?${query}`)).status;
		};
		await vi.waitFor(async () => expect(await send("from Kannel")).toBe(202), 15_000);

		expect(await acceptedMessage(gateway)).toMatchObject({
			text: "from Kannel",
			reportPreference: "always",
			part: null,
		});
		expect(await deliverReceipt(gateway)).toMatchObject({ kind: "answered", response: { command_status: 0 } });
		await vi.waitFor(() => expect(receiptUrls).not.toEqual([]), 10_000);

		expect(await send("y".repeat(200))).toBe(202);
		await vi.waitFor(() => expect(gateway.rows.size).toBe(3), 10_000);
		const parts = [...gateway.rows.values()].slice(1).map(({ part }) => part);
		expect(parts).toMatchObject([
			{ total: 2, number: 1, encoding: "gsm7" },
			{ total: 2, number: 2, encoding: "gsm7" },
		]);
		expect(parts[0]?.reference).toBe(parts[1]?.reference);
	}, 60_000);
});

describe("a recorded client", () => {
	const deliverSmResp = 0x80000005;

	/** What the gateway sends when the client's next octets are due. */
	function expectedOf(octets: Buffer) {
		if (octets.readUInt32BE(4) === deliverSmResp) return { command: "deliver_sm", command_status: 0 };
		const isRefused = octets.includes("OTHER");
		return {
			command: expect.stringMatching(/_resp$/),
			command_status: isRefused ? commandStatuses.ESME_RINVSRCADR : 0,
		};
	}

	it.each(Object.entries(recordedPeers))("%s gets the same answers as when it was recorded", async (_peer, hex) => {
		const gateway = await aClientsGateway();
		const socket = aSocketTo(gateway.port);
		const answers = pdusOn(socket);
		const sent = hex.map((one) => Buffer.from(one, "hex"));
		const receipts: Promise<unknown>[] = [];

		for (const [place, octets] of sent.entries()) {
			const isReceiptTaken = octets.readUInt32BE(4) === deliverSmResp;
			if (isReceiptTaken) receipts.push(receiptTo(gateway));
			else socket.write(octets);
			await vi.waitFor(() => expect(answers).toHaveLength(place + 1));
			if (isReceiptTaken) socket.write(octets);
		}

		expect(answers).toMatchObject(sent.map(expectedOf));
		for (const outcome of await Promise.all(receipts)) expect(outcome).toMatchObject({ kind: "answered" });
		const accepted = answers.filter((pdu) => pdu.command === "submit_sm_resp" && pdu.command_status === 0);
		expect(gateway.rows.size).toBe(accepted.length);
		expect([...gateway.rows.values()].every(({ text }) => text.length > 0)).toBe(true);
	});

	/** A receipt on the client's session, whatever it submitted. */
	async function receiptTo({ receivers }: Gateway) {
		const [receiver] = receivers;
		const short_message = Buffer.from("id:1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:");
		const fields = { source_addr: "77010000000", destination_addr: "SMSGW", esm_class: 4, short_message };
		return await receiver?.deliver({ command: "deliver_sm", fields, tlvs: [textTlv("receipted_message_id", "1")] });
	}
});
