import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { defaultBindSettings } from "#shared/contracts/smscs.ts";
import type { BindHooks, SmscLogin } from "#smpp/operators/bind-once.ts";
import { type Bind, defaultBindLimits, keepBind } from "#smpp/operators/keep-bind.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import type { CommandName, Pdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { bytesTlv } from "#smpp/wire/tlvs.ts";
import { messageOctets } from "#smpp/wire/user-data.ts";
import { sampleFields } from "#test/unit/smpp-samples.ts";
import { certificate, certificateKey } from "./smpp-certificate.ts";
import { answerAll, aServer, pdusOn } from "./smpp-peers.ts";

const limits = { ...defaultBindLimits, backOff: { firstMs: 5, maxMs: 20 }, drainMs: 1_000 };

type Kept = { bind: Bind; ups: () => number; downs: string[]; logged: (event: string) => Record<string, unknown>[] };

function aKeptBind(
	smsc: Partial<SmscLogin>,
	hooks: Partial<BindHooks> = {},
	limitOverrides: Partial<typeof limits> = {},
): Kept {
	let ups = 0;
	const downs: string[] = [];
	const events: { event: string; details: Record<string, unknown> }[] = [];
	const bind = keepBind(
		{ host: "127.0.0.1", port: 0, system_id: "smsgw", password: "local", ...smsc },
		{
			onUp: () => ups++,
			onDown: (reason) => downs.push(reason),
			onDeliver: async () => 0,
			log: (event, details) => events.push({ event, details }),
			...hooks,
		},
		{ ...limits, ...limitOverrides },
	);
	onTestFinished(() => bind.stop());
	const logged = (event: string) => events.filter((one) => one.event === event).map(({ details }) => details);
	return { bind, ups: () => ups, downs, logged };
}

const isUp = ({ bind }: Kept) => vi.waitFor(() => expect(bind.bound).toBe(true), 5_000);
const submit = sampleFields.submit_sm;
const respond = (socket: Socket, { command, sequence_number }: Pdu, command_status = 0) =>
	socket.write(encodePdu<CommandName>({ command: `${command}_resp` as CommandName, sequence_number, command_status }));

/** An SMSC that gives a receipt after each bind. It accepts so many submits of each connection, and calls the bind's state wrong then. */
async function anSmscThatForgets(acceptedMax: number) {
	const { port } = await aServer((socket) => {
		const left = Array.from({ length: acceptedMax }, () => commandStatuses.ESME_ROK);
		const deliver = encodePdu({ command: "deliver_sm", sequence_number: 1, fields: sampleFields.deliver_sm });
		const statusOfSubmit = () => left.pop() ?? commandStatuses.ESME_RINVBNDSTS;
		pdusOn(socket, (pdu) => {
			if (pdu.command !== "deliver_sm_resp") respond(socket, pdu, pdu.command === "submit_sm" ? statusOfSubmit() : 0);
			if (pdu.command === "bind_transceiver") socket.write(deliver);
		});
	});
	return port;
}

describe("a kept bind", () => {
	it("binds as transceiver with version 3.4", async () => {
		const got: Pdu[] = [];
		const { port } = await aServer((socket) => {
			answerAll(socket);
			pdusOn(socket, (pdu) => got.push(pdu));
		});

		await isUp(aKeptBind({ port }));

		expect(got).toMatchObject([
			{ command: "bind_transceiver", fields: { system_id: "smsgw", password: "local", interface_version: 0x34 } },
		]);
	});

	it("binds again on a new connection after its SMSC was down", async () => {
		const first = await aServer((socket) => void answerAll(socket));
		const kept = aKeptBind({ port: first.port });
		await isUp(kept);

		first.fall();
		await vi.waitFor(() => expect(kept.downs).toHaveLength(1));
		expect(await kept.bind.submit(submit)).toEqual({ kind: "unsent" });
		await aServer((socket) => void answerAll(socket), first.port);
		await isUp(kept);

		expect(kept.ups()).toBe(2);
		expect(await kept.bind.submit(submit)).toEqual({ kind: "accepted", smscId: "" });
	});

	/** An SMSC that ends each connection after this request. */
	async function anSmscThatCloses(last: "bind_transceiver" | "submit_sm") {
		const binds: string[] = [];
		const { port } = await aServer((socket) => {
			answerAll(socket);
			pdusOn(socket, ({ command }) => {
				if (command === "bind_transceiver") binds.push(command);
				if (command === last) setImmediate(() => socket.end());
			});
		});
		return { port, binds };
	}

	it.each([
		["carries messages", true, 8],
		["carries none", false, 2],
	])("that %s before each end reconnects with a pause that starts over: %s", async (_, carries, bindsMin) => {
		const { port, binds } = await anSmscThatCloses(carries ? "submit_sm" : "bind_transceiver");
		const onUp = () => carries && setTimeout(() => void kept.bind.submit(submit), 1);
		const kept: Kept = aKeptBind({ port }, { onUp }, { backOff: { firstMs: 20, maxMs: 60_000 } });

		await vi.waitFor(() => expect(binds.length).toBeGreaterThanOrEqual(bindsMin), 5_000);
		const pauses = kept.logged("bind.down").map(({ afterMs }) => Number(afterMs));

		if (carries) expect(Math.max(...pauses)).toBeLessThanOrEqual(20);
		else
			await vi.waitFor(() => expect(Number(kept.logged("bind.down").at(-1)?.["afterMs"])).toBeGreaterThan(40), 5_000);
	});

	it.each([
		["accepts nothing, only gives receipts,", 0, false],
		["accepted a message", 1, true],
	])("that is renewed and %s starts its pause over: %i, %s", async (_, acceptedMax, startsOver) => {
		const port = await anSmscThatForgets(acceptedMax);
		const submitTwice = async () => {
			await kept.bind.submit(submit);
			const { kind } = await kept.bind.submit(submit);
			if (kind === "reconnect") kept.bind.renew("command_status 4");
		};
		const onUp = () => setTimeout(() => void submitTwice(), 1);
		const kept: Kept = aKeptBind({ port }, { onUp }, { backOff: { firstMs: 10, maxMs: 60_000 } });

		await vi.waitFor(() => expect(kept.logged("bind.down").length).toBeGreaterThanOrEqual(5), 5_000);
		const pauses = kept.logged("bind.down").map(({ afterMs }) => Number(afterMs));

		if (startsOver) expect(Math.max(...pauses)).toBeLessThanOrEqual(10);
		else expect(pauses[4]).toBeGreaterThanOrEqual(80);
	});

	it("uses an answer after the time limit, if its connection stands (A51)", async () => {
		const asked = Promise.withResolvers<() => void>();
		const { port } = await aServer((socket) => {
			answerAll(socket, ["submit_sm"]);
			pdusOn(socket, (pdu) => {
				const { command, sequence_number } = pdu;
				const fields = { message_id: "late" };
				const answer = () => socket.write(encodePdu({ command: "submit_sm_resp", sequence_number, fields }));
				if (command === "submit_sm") asked.resolve(answer);
			});
		});
		const kept = aKeptBind({ port }, {}, { answerMs: 30 });
		await isUp(kept);

		const outcome = await kept.bind.submit(submit);
		(await asked.promise)();

		expect(outcome).toMatchObject({ kind: "unknown" });
		expect(await (outcome.kind === "unknown" && outcome.late)).toEqual({ kind: "accepted", smscId: "late" });
		const never = await kept.bind.submit(submit);
		await kept.bind.stop();
		expect(await (never.kind === "unknown" && never.late)).toBeNull();
	});

	it("waits for its answers on the old connection when it is renewed", async () => {
		const lines: Socket[] = [];
		const asked = Promise.withResolvers<Pdu>();
		const { port } = await aServer((socket) => {
			lines.push(socket);
			answerAll(socket, ["submit_sm"]);
			pdusOn(socket, (pdu) => pdu.command === "submit_sm" && asked.resolve(pdu));
		});
		const kept = aKeptBind({ port });
		await isUp(kept);

		const outcome = kept.bind.submit(submit);
		const pdu = await asked.promise;
		kept.bind.renew("command_status 4");
		expect(kept.bind.bound).toBe(false);
		respond(lines[0] as Socket, pdu);

		expect(await outcome).toEqual({ kind: "accepted", smscId: "" });
		await isUp(kept);
		expect(lines).toHaveLength(2);
	});

	it("takes a data_sm as a deliver_sm", async () => {
		const delivered: Pdu<"deliver_sm">[] = [];
		const answers: Pdu[] = [];
		const { port } = await aServer((socket) => {
			answerAll(socket);
			pdusOn(socket, (pdu) => {
				if (pdu.command === "data_sm_resp") answers.push(pdu);
				if (pdu.command !== "bind_transceiver") return;
				const tlvs = [bytesTlv("message_payload", Buffer.from("id:1 stat:DELIVRD"))];
				const fields = { source_addr: "77010000000", esm_class: 4 };
				socket.write(encodePdu({ command: "data_sm", sequence_number: 9, fields, tlvs }));
			});
		});
		const onDeliver = async (pdu: Pdu<"deliver_sm">) => {
			delivered.push(pdu);
			return 0;
		};
		await isUp(aKeptBind({ port }, { onDeliver }));

		await vi.waitFor(() => expect(answers).toMatchObject([{ command_status: 0, sequence_number: 9 }]));
		expect(delivered).toMatchObject([{ command: "deliver_sm", fields: { source_addr: "77010000000", esm_class: 4 } }]);
		expect(messageOctets(delivered[0] as Pdu<"deliver_sm">).toString()).toBe("id:1 stat:DELIVRD");
	});

	it("has the fields of its settings", async () => {
		const got: Pdu[] = [];
		const { port } = await aServer((socket) => {
			answerAll(socket);
			pdusOn(socket, (pdu) => got.push(pdu));
		});
		const own = { system_type: "VMA", ton: 1, npi: 1, address_range: "^7701", version: "3.3" } as const;
		await isUp(aKeptBind({ port, bind: { sessions: "transceiver", ...own } }));

		const fields = { system_type: "VMA", addr_ton: 1, addr_npi: 1, address_range: "^7701", interface_version: 0x33 };
		expect(got).toMatchObject([{ command: "bind_transceiver", fields }]);
	});

	it("of two sessions submits on the transmitter and is delivered to on the receiver", async () => {
		const sessions = new Map<string, { socket: Socket; got: string[] }>();
		const { port } = await aServer((socket) => {
			const got: string[] = [];
			answerAll(socket);
			pdusOn(socket, ({ command }) => {
				got.push(command);
				if (command.startsWith("bind_")) sessions.set(command, { socket, got });
			});
		});
		const delivered: string[] = [];
		const onDeliver = async ({ fields }: Pdu<"deliver_sm">) => delivered.push(fields.source_addr) - 1;
		const kept = aKeptBind({ port, bind: { ...defaultBindSettings, sessions: "separate" } }, { onDeliver });
		await isUp(kept);
		await vi.waitFor(() => expect(sessions.size).toBe(2));

		await kept.bind.submit(submit);
		const receipt = encodePdu({ command: "deliver_sm", sequence_number: 1, fields: sampleFields.deliver_sm });
		sessions.get("bind_receiver")?.socket.write(receipt);
		await vi.waitFor(() => expect(delivered).toEqual(["SMSGW"]));
		await kept.bind.stop();

		expect(sessions.get("bind_transmitter")?.got).toEqual(["bind_transmitter", "submit_sm", "unbind"]);
		expect(sessions.get("bind_receiver")?.got).toEqual(["bind_receiver", "deliver_sm_resp", "unbind"]);
		expect(kept.downs).toEqual(["unbound"]);
	});

	it("tries the standby hosts in turn when a host fails, and begins with the first one after a bind that stood", async () => {
		const order: string[] = [];
		const named = async (name: string, isUp: () => boolean) =>
			await aServer((socket) => {
				order.push(name);
				if (isUp()) answerAll(socket);
				else socket.destroy();
			});
		let firstIsUp = false;
		const first = await named("first", () => firstIsUp);
		const second = await named("second", () => false);
		const third = await named("third", () => true);
		const standby_hosts = [second, third].map((one) => ({ host: "127.0.0.1", port: one.port }));

		const kept = aKeptBind({ port: first.port, standby_hosts });
		await isUp(kept);
		await kept.bind.submit(submit);
		firstIsUp = true;
		third.fall();
		await vi.waitFor(() => expect(order).toHaveLength(4));
		await isUp(kept);

		expect(order).toEqual(["first", "second", "third", "first"]);
	});

	it("keeps trying if an SMSC refuses it, does not answer, or speaks another protocol", async () => {
		let lines = 0;
		const { port } = await aServer((socket) => {
			lines++;
			if (lines === 1) pdusOn(socket, (pdu) => respond(socket, pdu, commandStatuses.ESME_RINVPASWD));
			else if (lines === 2) socket.resume();
			else if (lines === 3) socket.end("220 mail.example ESMTP\r\n");
			else answerAll(socket);
		});

		const kept = aKeptBind({ port }, {}, { bindMs: 50 });
		await isUp(kept);

		expect(kept.logged("bind.down").map(({ reason }) => reason)).toEqual([
			"bind refused with command_status 14",
			"no bind in time",
			expect.stringMatching(/^command_length|closed/),
		]);
		expect(kept.downs).toEqual([]);
	});

	it("reports an unknown outcome for a submit if the connection closes before the response", async () => {
		const { port } = await aServer((socket) => {
			answerAll(socket, ["submit_sm"]);
			pdusOn(socket, ({ command }) => {
				if (command === "submit_sm") socket.destroy();
			});
		});
		const kept = aKeptBind({ port });
		await isUp(kept);

		expect(await kept.bind.submit(submit)).toEqual({ kind: "unknown" });
	});

	it("reports an unknown outcome for a submit that is not answered in time", async () => {
		const { port } = await aServer((socket) => void answerAll(socket, ["submit_sm"]));
		const kept = aKeptBind({ port }, {}, { answerMs: 30 });
		await isUp(kept);

		expect(await kept.bind.submit(submit)).toMatchObject({ kind: "unknown" });
		expect(kept.bind.bound).toBe(true);
	});

	it("does not submit fields that no submit_sm can carry, and may be asked again", async () => {
		const { port } = await aServer((socket) => void answerAll(socket));
		const kept = aKeptBind({ port });
		await isUp(kept);

		expect(await kept.bind.submit({ ...submit, short_message: Buffer.alloc(255) })).toEqual({
			kind: "temporary",
			commandStatus: commandStatuses.ESME_RSUBMITFAIL,
		});
	});

	it("answers a deliver_sm after it is handled, and with a temporary error if handling fails", async () => {
		const handled = Promise.withResolvers<number>();
		const answers: number[] = [];
		let line: Socket | undefined;
		const { port } = await aServer((socket) => {
			line = socket;
			answerAll(socket);
			pdusOn(socket, ({ command, command_status }) => {
				if (command === "deliver_sm_resp") answers.push(command_status);
			});
		});
		const results = [() => handled.promise, () => Promise.reject(new Error("queue down"))];
		const kept = aKeptBind({ port }, { onDeliver: () => results.shift()?.() ?? Promise.resolve(0) });
		await isUp(kept);
		const deliver = (sequence_number: number) =>
			line?.write(encodePdu({ command: "deliver_sm", sequence_number, fields: sampleFields.deliver_sm }));

		deliver(1);
		deliver(2);
		await vi.waitFor(() => expect(answers).toEqual([commandStatuses.ESME_RX_T_APPN]));
		handled.resolve(0);

		await vi.waitFor(() => expect(answers).toEqual([commandStatuses.ESME_RX_T_APPN, 0]));
	});

	it("accepts a deliver_sm in the same packet as the bind response", async () => {
		const delivered: string[] = [];
		const { port } = await aServer((socket) => {
			pdusOn(socket, ({ command, sequence_number }) => {
				if (command !== "bind_transceiver") return;
				const bound = encodePdu({ command: "bind_transceiver_resp", sequence_number });
				const receipt = encodePdu({ command: "deliver_sm", sequence_number: 1, fields: sampleFields.deliver_sm });
				socket.write(Buffer.concat([bound, receipt]));
			});
		});

		aKeptBind(
			{ port },
			{
				async onDeliver({ fields }) {
					delivered.push(fields.source_addr);
					return 0;
				},
			},
			{ answerMs: 50 },
		);

		await vi.waitFor(() => expect(delivered).toEqual(["SMSGW"]));
	});

	it("waits for its responses, unbinds and does not reconnect when it is stopped", async () => {
		const got: string[] = [];
		const asked = Promise.withResolvers<Pdu>();
		let line: Socket | undefined;
		let lines = 0;
		const { port } = await aServer((socket) => {
			line = socket;
			lines++;
			answerAll(socket, ["submit_sm"]);
			pdusOn(socket, (pdu) => {
				got.push(pdu.command);
				if (pdu.command === "submit_sm") asked.resolve(pdu);
			});
		});
		const kept = aKeptBind({ port });
		await isUp(kept);

		const outcome = kept.bind.submit(submit);
		const pdu = await asked.promise;
		const stopped = kept.bind.stop();
		if (line !== undefined) respond(line, pdu);
		await stopped;

		expect(await outcome).toEqual({ kind: "accepted", smscId: "" });
		expect(got).toEqual(["bind_transceiver", "submit_sm", "unbind"]);
		expect(kept.downs).toEqual(["unbound"]);
		expect(lines).toBe(1);
	});

	it("can be stopped while no SMSC accepts a connection", async () => {
		const gone = await aServer(() => undefined);
		gone.fall();
		const kept = aKeptBind({ port: gone.port }, {}, { backOff: { firstMs: 600_000, maxMs: 600_000 } });
		await vi.waitFor(() => expect(kept.logged("bind.down")).toHaveLength(1));

		await kept.bind.stop();

		expect(kept.bind.bound).toBe(false);
	});
});

describe("a kept bind over TLS", () => {
	async function aTlsSmsc(): Promise<{ port: number; got: Pdu[] }> {
		const got: Pdu[] = [];
		const server = createTlsServer({ cert: certificate, key: certificateKey }, (socket) => {
			socket.on("error", () => socket.destroy());
			answerAll(socket);
			pdusOn(socket, (pdu) => got.push(pdu));
		});
		server.on("tlsClientError", () => undefined);
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		onTestFinished(() => void server.close());
		return { port: (server.address() as AddressInfo).port, got };
	}

	it("binds if the certificate is valid", async () => {
		const { port } = await aTlsSmsc();

		const kept = aKeptBind({ host: "localhost", port, tls: { ca: certificate } });

		await isUp(kept);
		expect(await kept.bind.submit(submit)).toMatchObject({ kind: "accepted" });
		await kept.bind.stop();
	});

	it.each([
		["by an unknown authority", { host: "localhost", tls: {} }],
		["for another name", { host: "127.0.0.1", tls: { ca: certificate } }],
	])("sends no password if the certificate was issued %s", async (_what, address) => {
		const { port, got } = await aTlsSmsc();

		const kept = aKeptBind({ ...address, port });

		await vi.waitFor(() => expect(kept.logged("bind.down").length).toBeGreaterThan(1));
		expect(got).toEqual([]);
		await kept.bind.stop();
	});
});
