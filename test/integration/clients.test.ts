import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { openSession } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import type { FieldsOf } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { bytesTlv, octetTlv, tlvNumber } from "#smpp/wire/tlvs.ts";
import { mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryLeases } from "#test/fakes/memory-leases.ts";
import { refusingLanes } from "#test/fakes/memory-stores.ts";
import {
	aBoundEsme,
	aClientAccount,
	aClientsGateway,
	anEsme,
	aSocketTo,
	aSubmit,
	login,
	submit,
} from "./clients-gateway.ts";
import { pdusOn } from "./smpp-peers.ts";

const S = commandStatuses;

async function bindStatus(
	port: number,
	fields: Record<string, unknown> = {},
	command: "bind_transceiver" | "bind_receiver" | "bind_transmitter" = "bind_transceiver",
) {
	const outcome = await anEsme(port).request({ command, fields: { ...login, ...fields } });
	return outcome.kind === "answered" ? outcome.response.command_status : outcome.kind;
}

describe("a client's bind", () => {
	it.each(["bind_transceiver", "bind_receiver", "bind_transmitter"] as const)(
		"with %s is accepted, and gets the version of SMPP only if it knows TLVs (A47)",
		async (command) => {
			const { port } = await aClientsGateway();

			const [newer, older] = await Promise.all(
				[0x34, 0x33].map(
					async (interface_version) => await anEsme(port).request({ command, fields: { ...login, interface_version } }),
				),
			);

			expect(newer).toMatchObject({
				kind: "answered",
				response: { command_status: 0, fields: { system_id: "SMSGW" } },
			});
			expect(newer?.kind === "answered" && tlvNumber(newer.response, "sc_interface_version")).toBe(0x34);
			expect(older).toMatchObject({ kind: "answered", response: { command_status: 0, tlvs: [] } });
		},
	);

	it("is refused with a wrong name or password, and throttled after five failures, as over REST", async () => {
		const { port, now } = await aClientsGateway();

		expect(await bindStatus(port, { system_id: "unknown" })).toBe(S.ESME_RINVPASWD);
		for (let tries = 0; tries < 5; tries += 1)
			expect(await bindStatus(port, { password: "wrong" })).toBe(S.ESME_RINVPASWD);
		expect(await bindStatus(port)).toBe(S.ESME_RTHROTTLED);
		now.advance(1_000);
		expect(await bindStatus(port)).toBe(0);
	});

	it.each([
		["no system_id", { system_id: "" }, S.ESME_RINVPASWD],
		["a system_id as long as a PDU", { system_id: "s".repeat(3_000) }, S.ESME_RINVPASWD],
		["no password", { password: "" }, S.ESME_RINVPASWD],
		["a system_type that is too long", { system_type: "t".repeat(13) }, S.ESME_RINVSYSTYP],
		["an address_range that is too long", { address_range: "1".repeat(41) }, S.ESME_RBINDFAIL],
	])(
		"with %s is refused like a wrong password: in one short log line, and its connection is closed",
		async (_, fields, status) => {
			const { port, log, credentialReads } = await aClientsGateway();
			const session = anEsme(port);

			const outcome = await session.request({ command: "bind_transceiver", fields: { ...login, ...fields } });

			expect(outcome).toMatchObject({ kind: "answered", response: { command_status: status } });
			expect(await session.ended).toBe("closed by the peer");
			expect(credentialReads.filter((name) => name !== "demo")).toEqual([]);
			const refusals = log.events.filter(({ event }) => event === "client.bind_refused");
			expect(refusals).toHaveLength(1);
			expect(JSON.stringify(refusals).length).toBeLessThan(400);
		},
	);

	it("that fails because of a fault of ours is refused, and its connection is closed", async () => {
		const leases = memoryLeases();
		leases.hold = async () => await Promise.reject(new Error("no table"));
		leases.holders = leases.hold as never;
		const { port } = await aClientsGateway({ leases });
		const session = anEsme(port);

		const outcome = await session.request({ command: "bind_transceiver", fields: login });

		expect(outcome).toMatchObject({ kind: "answered", response: { command_status: S.ESME_RSYSERR } });
		expect(await session.ended).toBe("closed by the peer");
	});

	it("flood of refusals has few log lines, and none for each connection", async () => {
		const { port, log } = await aClientsGateway();

		for (let index = 0; index < 60; index += 1) await bindStatus(port, { system_id: `n${index}` });

		expect(log.events.filter(({ event }) => event === "client.bind_refused")).toHaveLength(6);
	});

	it("is refused if the account may not bind or not from this address; only the right password reveals that", async () => {
		const accounts = [
			aClientAccount({ userName: "rest" }, null),
			aClientAccount({ userName: "far" }, { networks: ["203.0.113.0/24", "2001:db8::/32"] }),
			aClientAccount({ userName: "near" }, { networks: ["203.0.113.0/24", "127.0.0.0/8"] }),
		];
		const { port } = await aClientsGateway({ accounts });

		expect(await bindStatus(port, { system_id: "rest" })).toBe(S.ESME_RBINDFAIL);
		expect(await bindStatus(port, { system_id: "far" })).toBe(S.ESME_RBINDFAIL);
		expect(await bindStatus(port, { system_id: "far", password: "wrong" })).toBe(S.ESME_RINVPASWD);
		expect(await bindStatus(port, { system_id: "near" })).toBe(0);
	});

	it("counts over all tasks, and frees its place when it ends", async () => {
		const accounts = [aClientAccount({}, { bindsMax: 2 })];
		const leases = memoryLeases();
		const [one, other] = [await aClientsGateway({ accounts, leases }), await aClientsGateway({ accounts, leases })];

		const first = await aBoundEsme(one.port);
		await aBoundEsme(other.port);
		expect([await bindStatus(one.port), await bindStatus(other.port)]).toEqual([S.ESME_RBINDFAIL, S.ESME_RBINDFAIL]);
		await first.unbind(0);

		await aBoundEsme(other.port);
		const held = [...leases.rows.keys()].filter((lease) => lease.startsWith("session#"));
		expect(held.sort()).toEqual(["session#demo#0", "session#demo#1"]);
	});

	it("is accepted at once after an unbind at the limit, however often", async () => {
		const accounts = [aClientAccount({}, { bindsMax: 1 })];
		const leases = memoryLeases();
		const tasks = [await aClientsGateway({ accounts, leases }), await aClientsGateway({ accounts, leases })];
		let session = await aBoundEsme(tasks[0]?.port ?? 0);
		const { release } = leases;
		leases.release = async (...given) => {
			await sleep(5);
			await release(...given);
		};

		for (let times = 0; times < 40; times += 1) {
			await session.request({ command: "unbind" });
			session = await aBoundEsme(tasks[times % 2]?.port ?? 0);
		}

		expect(session.boundAs).toBe("transceiver");
	});

	it("is accepted at once after the client closed its connection at the limit", async () => {
		const { port } = await aClientsGateway({ accounts: [aClientAccount({}, { bindsMax: 1 })] });

		for (let times = 0; times < 10; times += 1) (await aBoundEsme(port)).close("gone");

		expect((await aBoundEsme(port)).boundAs).toBe("transceiver");
	});

	it("at the limit takes the place of a client that does not answer, not of one that does", async () => {
		const { port, log } = await aClientsGateway({ accounts: [aClientAccount({}, { bindsMax: 2 })] });
		const hung = aSocketTo(port);
		hung.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
		await once(hung, "data");
		hung.pause();
		const alive = await aBoundEsme(port);
		await sleep(600);

		const next = await aBoundEsme(port);

		expect([alive.boundAs, next.boundAs]).toEqual(["transceiver", "transceiver"]);
		expect(await bindStatus(port)).toBe(S.ESME_RBINDFAIL);
		expect(log.events.filter(({ event }) => event === "client.disconnected")).toHaveLength(1);
	});

	it("closes its connection after the response if it is refused", async () => {
		const { port } = await aClientsGateway();
		const session = anEsme(port);

		const outcome = await session.request({ command: "bind_transceiver", fields: { ...login, password: "wrong" } });

		expect(outcome).toMatchObject({ kind: "answered", response: { command_status: S.ESME_RINVPASWD } });
		expect(await session.ended).toBe("closed by the peer");
	});

	it("is allowed once for each connection, also while it unbinds", async () => {
		const leases = memoryLeases();
		const { port, log } = await aClientsGateway({ leases });
		const socket = aSocketTo(port).resume();
		socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
		await vi.waitFor(() => expect(log.events.some(({ event }) => event === "client.bound")).toBe(true));

		socket.write(
			Buffer.concat([
				encodePdu({ command: "submit_sm", sequence_number: 2, fields: aSubmit }),
				encodePdu({ command: "unbind", sequence_number: 3 }),
				encodePdu({ command: "bind_transceiver", sequence_number: 4, fields: login }),
			]),
		);
		await once(socket, "end");
		socket.end();

		await vi.waitFor(() => expect(log.events.some(({ event }) => event === "client.disconnected")).toBe(true));
		await vi.waitFor(() => expect(leases.rows.has("session#demo#0")).toBe(false));
	});

	it("of SMPP 3.3 gets no TLVs", async () => {
		const { port, receivers } = await aClientsGateway();
		const receivedTlvCounts: number[] = [];
		const session = openSession(aSocketTo(port), {
			side: "esme",
			limits: defaultSessionLimits,
			serve: ({ tlvs }) => {
				receivedTlvCounts.push(tlvs.length);
				return { command_status: 0 };
			},
			log: () => undefined,
			now: () => performance.now(),
		});
		await session.request({ command: "bind_receiver", fields: { ...login, interface_version: 0x33 } });
		await vi.waitFor(() => expect(receivers.size).toBe(1));

		await [...receivers][0]?.deliver({ command: "deliver_sm", tlvs: [octetTlv("message_state", 2)] });

		expect(receivedTlvCounts).toEqual([0]);
	});

	it("offers its session to the report sender while it is bound", async () => {
		const { port, receivers } = await aClientsGateway();
		await anEsme(port).request({ command: "bind_transmitter", fields: login });
		const session = await aBoundEsme(port);

		await vi.waitFor(() => expect(receivers.size).toBe(1));
		const [receiver] = receivers;
		const outcome = await receiver?.deliver({ command: "deliver_sm", fields: { esm_class: 4 } });
		expect([receiver?.account.userName, receiver?.windowMax, receiver?.inFlight]).toEqual(["demo", 50, 0]);
		expect(outcome).toMatchObject({ kind: "answered", response: { command: "deliver_sm_resp", command_status: 0 } });

		await session.unbind(0);
		await vi.waitFor(() => expect(receivers.size).toBe(0));
	});
});

describe("a client's submit_sm", () => {
	it("is stored and queued before it is answered with the message's id (A47)", async () => {
		const { port, rows, lanes } = await aClientsGateway();
		const session = await aBoundEsme(port);

		const answer = await submit(session, {
			destination_addr: "+7 (701) 000-00-00",
			priority_flag: 3,
			data_coding: 0x18,
			short_message: Buffer.from("тест", "utf16le").swap16(),
		});

		expect(answer.status).toBe(0);
		const row = rows.get(Number(answer.id));
		expect(row).toMatchObject({
			userName: "demo",
			clientMessageId: null,
			recipient: "77010000000",
			text: "тест",
			priority: 3,
			flash: true,
			timeBounds: "full",
			reportPreference: "always",
			status: "NEW",
			operator: "kcell",
		});
		expect(lanes.sent.map(({ sendJob }) => sendJob)).toEqual([
			{ userName: "demo", operator: "kcell", priority: 3, messageIds: [Number(answer.id)] },
		]);
	});

	it("is stored together with concurrent ones, of any account", async () => {
		const accounts = [aClientAccount(), aClientAccount({ userName: "demo2" })];
		const batches: number[] = [];
		const { port, rows, lanes } = await aClientsGateway({
			accounts,
			around: (messages) => ({
				...messages,
				insert: async (some) => {
					batches.push(some.length);
					return await messages.insert(some);
				},
			}),
		});
		const sessions = await Promise.all([aBoundEsme(port), aBoundEsme(port), aBoundEsme(port, { system_id: "demo2" })]);

		const answers = await Promise.all(sessions.flatMap((session) => Array.from({ length: 40 }, () => submit(session))));

		expect(new Set(answers.map(({ id }) => id)).size).toBe(120);
		expect([rows.size, Math.max(...batches), batches.length < 20]).toEqual([120, 25, true]);
		const queued = lanes.sent.flatMap(({ sendJob }) => sendJob.messageIds.map((id) => [id, sendJob.userName] as const));
		expect(new Map(queued)).toEqual(new Map([...rows.values()].map((row) => [row.messageId, row.userName])));
	});

	it("is answered ESME_RSYSERR if it cannot be stored, and leaves nothing behind", async () => {
		let failures = 1;
		const { port, rows, lanes } = await aClientsGateway({
			around: (messages) => ({
				...messages,
				async insert(all) {
					failures -= 1;
					if (failures >= 0) throw new Error("the table is unavailable");
					return await messages.insert(all);
				},
			}),
		});
		const session = await aBoundEsme(port);

		expect((await submit(session)).status).toBe(S.ESME_RSYSERR);
		expect([rows.size, lanes.sent]).toEqual([0, []]);
		expect((await submit(session)).status).toBe(0);
	});

	it("is answered ESME_RSYSERR if it cannot be queued, and leaves nothing behind", async () => {
		const { port, rows, lanes } = await aClientsGateway();
		const session = await aBoundEsme(port);
		const working = { ...lanes };
		Object.assign(lanes, refusingLanes);

		expect((await submit(session)).status).toBe(S.ESME_RSYSERR);
		expect(rows.size).toBe(0);
		Object.assign(lanes, working);
		expect((await submit(session)).status).toBe(0);
	});

	it.each([
		["a sender of another account", { source_addr: "BANK" }, S.ESME_RINVSRCADR],
		["no mobile number", { destination_addr: "12345" }, S.ESME_RINVDSTADR],
		["a number without an operator", { destination_addr: "77990000000" }, S.ESME_RSUBMITFAIL],
		["no text", { short_message: Buffer.alloc(0) }, S.ESME_RINVMSGLEN],
		["binary", { data_coding: 4 }, S.ESME_RSUBMITFAIL],
		["half a UCS-2 character", { data_coding: 8, short_message: Buffer.from([4]) }, S.ESME_RINVMSGLEN],
		[
			"a UDH of another kind",
			{ esm_class: 0x40, short_message: Buffer.from("\x06\x05\x04\x0b\x84\x23\xf0x", "latin1") },
			S.ESME_RINVESMCLASS,
		],
		[
			"part 3 of 2",
			{ esm_class: 0x40, short_message: Buffer.from("\x05\0\x03\x01\x02\x03x", "latin1") },
			S.ESME_RINVESMCLASS,
		],
		["a mode that waits for delivery", { esm_class: 2 }, S.ESME_RINVESMCLASS],
		["a receipt of the reserved kind", { registered_delivery: 3 }, S.ESME_RINVREGDLVFLG],
		["a replacement", { replace_if_present_flag: 1 }, S.ESME_RINVSUBREP],
		["a canned text", { sm_default_msg_id: 1 }, S.ESME_RINVDFTMSGID],
		["a schedule off the quarter", { schedule_delivery_time: "261123070100000+" }, S.ESME_RINVSCHED],
		["a schedule that is past", { schedule_delivery_time: "261122060000000+" }, S.ESME_RINVSCHED],
		["a schedule that is no time", { schedule_delivery_time: "tomorrow" }, S.ESME_RINVSCHED],
		["an expiry that is past", { validity_period: "261122060000000+" }, S.ESME_RINVEXPIRY],
		["an expiry on 30 February", { validity_period: "270230060000000+" }, S.ESME_RINVEXPIRY],
	])(
		"with %s is refused with the matching status, and stores nothing (A9, A11, A47)",
		async (_what, fields, status) => {
			const { port, rows } = await aClientsGateway();
			const session = await aBoundEsme(port);

			expect((await submit(session, fields)).status).toBe(status);
			expect(rows.size).toBe(0);
			expect((await submit(session)).status).toBe(0);
		},
	);

	it("that is refused gets a header only, and its reason is in the log", async () => {
		const { port, log } = await aClientsGateway();
		const socket = aSocketTo(port);
		const octets: Buffer[] = [];
		socket.on("data", (chunk: Buffer) => void octets.push(chunk));
		socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
		await vi.waitFor(() => expect(octets.length).toBeGreaterThan(0));
		octets.length = 0;

		const fields = { ...aSubmit, data_coding: 4 };
		socket.write(encodePdu({ command: "submit_sm", sequence_number: 2, fields }));

		await vi.waitFor(() => expect(octets.length).toBeGreaterThan(0));
		expect(Buffer.concat(octets).toString("hex")).toBe("00000010800000040000004500000002");
		expect(log.events).toContainEqual({
			event: "client.request_refused",
			fields: {
				...{ user_name: "demo", command: "submit_sm", command_status: S.ESME_RSUBMITFAIL, field: "data_coding" },
				reason: "data_coding 4 is not supported: use 0, 1, 3 or 8",
			},
		});
	});

	it("can be scheduled, queried and cancelled (R8, A9, A47)", async () => {
		const { port, rows, lanes, slots } = await aClientsGateway();
		const session = await aBoundEsme(port);

		/* 13:00 in Almaty, two hours ahead, with an hour of validity. */
		const { id } = await submit(session, {
			schedule_delivery_time: "261123130000020+",
			validity_period: "261123140000020+",
		});
		const row = rows.get(Number(id));
		expect([row?.schedule, row?.expiresAt]).toEqual([mondayAtEleven + 2 * 3_600_000, mondayAtEleven + 3 * 3_600_000]);
		expect([lanes.sent.length, slots.kept.length]).toEqual([0, 1]);

		const query = async () => await session.request({ command: "query_sm", fields: { message_id: id } });
		const cancel = async (message_id: string) => {
			const outcome = await session.request({ command: "cancel_sm", fields: { message_id } });
			return outcome.kind === "answered" ? outcome.response.command_status : outcome.kind;
		};
		expect(await query()).toMatchObject({ response: { fields: { message_id: id, final_date: "", message_state: 1 } } });
		expect(await cancel(id)).toBe(0);
		expect(rows.get(Number(id))?.status).toBe("DELETED");
		expect(await query()).toMatchObject({ response: { fields: { final_date: "261123060000000+", message_state: 4 } } });
		expect(await cancel((await submit(session)).id)).toBe(S.ESME_RCANCELFAIL);
		expect([await cancel("7"), await cancel("x"), await cancel("")]).toEqual([
			S.ESME_RINVMSGID,
			S.ESME_RINVMSGID,
			S.ESME_RCANCELFAIL,
		]);
	});

	it("keeps the reference, number and octets of a segment that the client cut (A47)", async () => {
		const { port, rows } = await aClientsGateway();
		const session = await aBoundEsme(port);
		/* An emoji cut in two: no text could hold its half. */
		const smiley = Buffer.from("д😀", "utf16le").swap16();
		const sar = [
			bytesTlv("sar_msg_ref_num", Buffer.from([0x12, 0x34])),
			octetTlv("sar_total_segments", 2),
			octetTlv("sar_segment_seqnum", 2),
		];

		const ids = [
			await submit(session, {
				esm_class: 0x40,
				data_coding: 8,
				short_message: Buffer.concat([Uint8Array.from([5, 0, 3, 7, 2, 1]), smiley.subarray(0, 4)]),
			}),
			await submit(session, {
				esm_class: 0x40,
				short_message: Buffer.concat([Uint8Array.from([6, 8, 4, 1, 2, 3, 3]), Buffer.from("end")]),
			}),
			await submit(session, {}, sar),
		].map(({ id }) => Number(id));

		expect(ids.map((id) => rows.get(id)?.part)).toEqual([
			{ reference: 7, total: 2, number: 1, encoding: "ucs2", octets: smiley.subarray(0, 4).toString("base64") },
			{ reference: 0x102, total: 3, number: 3, encoding: "gsm7", octets: Buffer.from("end").toString("base64") },
			{ reference: 0x34, total: 2, number: 2, encoding: "gsm7", octets: Buffer.from("hello").toString("base64") },
		]);
		expect(ids.map((id) => rows.get(id)?.segmentCount)).toEqual([1, 1, 1]);
		expect(rows.get(ids[0] ?? 0)?.text).toBe("д\ufffd");
	});

	it("is answered although its client has ended its half of the connection", async () => {
		const stored = Promise.withResolvers<void>();
		const { port, rows } = await aClientsGateway({
			around: (messages) => ({
				...messages,
				async insert(all) {
					await stored.promise;
					return await messages.insert(all);
				},
			}),
		});
		const socket = aSocketTo(port, { allowHalfOpen: true });
		const answers = pdusOn(socket);
		socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
		await vi.waitFor(() => expect(answers).toHaveLength(1));

		socket.end(encodePdu({ command: "submit_sm", sequence_number: 2, fields: aSubmit }));
		await sleep(50);
		stored.resolve();
		await once(socket, "close");

		expect(answers.map(({ command, command_status }) => [command, command_status])).toEqual([
			["bind_transceiver_resp", 0],
			["submit_sm_resp", 0],
		]);
		expect(rows.size).toBe(1);
	});

	it.each([
		["a reply path", { esm_class: 0x80 }, [], S.ESME_RINVESMCLASS],
		["a protocol_id", { protocol_id: 0x41 }, [], S.ESME_RSUBMITFAIL],
		["service_type USSD", { service_type: "USSD" }, [], S.ESME_RINVSERTYP],
		["service_type wap", { service_type: "wap" }, [], S.ESME_RINVSERTYP],
		["a service_type that is too long", { service_type: "MARKETING" }, [], S.ESME_RINVSERTYP],
		["a subscriber's acknowledgement", { registered_delivery: 0x05 }, [], S.ESME_RINVREGDLVFLG],
		["a port", {}, [bytesTlv("dest_port", Buffer.from([0x23, 0xf0]))], S.ESME_RTLVNOTALLWD],
		["a WAP payload", {}, [octetTlv("payload_type", 1)], S.ESME_RTLVNOTALLWD],
		["a SIM as its destination", {}, [octetTlv("dest_addr_subunit", 3)], S.ESME_RTLVNOTALLWD],
		["temporary display", {}, [octetTlv("display_time", 0)], S.ESME_RTLVNOTALLWD],
		["a callback number", {}, [bytesTlv("callback_num", Buffer.from("1"))], S.ESME_RTLVNOTALLWD],
		["an alert on delivery", {}, [bytesTlv("alert_on_message_delivery")], S.ESME_RTLVNOTALLWD],
		["a reference of one octet", {}, [octetTlv("user_message_reference", 1)], S.ESME_RINVTLVLEN],
		["an empty SAR reference", {}, [bytesTlv("sar_msg_ref_num")], S.ESME_RINVTLVLEN],
	])("with %s, which is not carried, is refused", async (_, fields, tlvs, status) => {
		const { port, rows } = await aClientsGateway();
		const session = await aBoundEsme(port);

		expect((await submit(session, fields, tlvs)).status).toBe(status);
		expect(rows.size).toBe(0);
	});

	it.each([
		["service_type CMT", { service_type: "CMT" }, []],
		["a label as service_type", { service_type: "OTP" }, []],
		["neutral TLVs", {}, [octetTlv("payload_type", 0), octetTlv("privacy_indicator", 0), octetTlv("display_time", 1)]],
		["hints", {}, [octetTlv("more_messages_to_send", 1), octetTlv("language_indicator", 1)]],
		["a vendor's TLV", {}, [{ tag: 0x1401, value: Buffer.from("x") }]],
	])("with %s, which changes nothing on the handset, is accepted", async (_, fields, tlvs) => {
		const { port } = await aClientsGateway();
		const session = await aBoundEsme(port);

		expect((await submit(session, fields, tlvs)).status).toBe(0);
	});

	it("keeps message class, user_message_reference, and the session and address that sent it", async () => {
		const { port, rows, leases } = await aClientsGateway();
		const session = await aBoundEsme(port);
		const reference = [bytesTlv("user_message_reference", Buffer.from([0x12, 0x34]))];

		const { id } = await submit(session, { data_coding: 0xf2 }, reference);

		expect(rows.get(Number(id))?.smpp).toEqual({
			session: leases.rows.get("session#demo#0")?.holder,
			address: "127.0.0.1",
			reference: 0x1234,
			receiptId: null,
			messageClass: 2,
		});
	});

	it("ignores an empty message_payload beside a short_message", async () => {
		const { port, rows } = await aClientsGateway();
		const session = await aBoundEsme(port);

		const { id } = await submit(session, {}, [bytesTlv("message_payload")]);

		expect(rows.get(Number(id))?.text).toBe("hello");
	});

	it("is queried and cancelled only with its own addresses, if the request has any", async () => {
		const { port, rows } = await aClientsGateway();
		const session = await aBoundEsme(port);
		const { id: message_id } = await submit(session, { schedule_delivery_time: "261123130000020+" });
		const statusOf = async (command: "query_sm" | "cancel_sm", fields: Partial<FieldsOf["cancel_sm"]>) => {
			const outcome = await session.request({ command, fields: { message_id, ...fields } });
			return outcome.kind === "answered" ? outcome.response.command_status : outcome.kind;
		};

		const refused = [
			await statusOf("query_sm", { source_addr: "OTHER" }),
			await statusOf("cancel_sm", { source_addr: "OTHER", destination_addr: aSubmit.destination_addr }),
			await statusOf("cancel_sm", { source_addr: aSubmit.source_addr, destination_addr: "77010000001" }),
		];
		const status = rows.get(Number(message_id))?.status;
		const accepted = [
			await statusOf("query_sm", { source_addr: aSubmit.source_addr }),
			await statusOf("cancel_sm", { source_addr: aSubmit.source_addr, destination_addr: "+77010000000" }),
		];

		expect(refused).toEqual([S.ESME_RQUERYFAIL, S.ESME_RCANCELFAIL, S.ESME_RCANCELFAIL]);
		expect([status, ...accepted]).toEqual(["NEW", 0, 0]);
	});

	it("may have its text in message_payload, but not in both fields", async () => {
		const { port, rows } = await aClientsGateway();
		const session = await aBoundEsme(port);
		const payload = [bytesTlv("message_payload", Buffer.from("x".repeat(400)))];

		const [only, both] = [
			await submit(session, { short_message: Buffer.alloc(0) }, payload),
			await submit(session, {}, payload),
		];

		expect(rows.get(Number(only.id))).toMatchObject({ segmentCount: 3, part: null });
		expect(both.status).toBe(193);
		const long = [bytesTlv("message_payload", Buffer.from("x".repeat(1_501)))];
		expect((await submit(session, { short_message: Buffer.alloc(0) }, long)).status).toBe(S.ESME_RINVMSGLEN);
	});

	it("above its account's rate, daily quota or window gets ESME_RTHROTTLED (A47)", async () => {
		const accounts = [
			aClientAccount({ userName: "slow", limits: { requestsPerSecond: 3, messagesPerDay: null } }),
			aClientAccount({ userName: "few", limits: { requestsPerSecond: null, messagesPerDay: 3 } }),
			aClientAccount({ userName: "narrow" }, { windowMax: 3 }),
		];
		const { port } = await aClientsGateway({ accounts });

		for (const { userName } of accounts) {
			const session = await aBoundEsme(port, { system_id: userName });
			const answers = await Promise.all(Array.from({ length: 5 }, () => submit(session)));
			expect(answers.map(({ status }) => status)).toEqual([0, 0, 0, 88, 88]);
		}
	});
});

describe("a client's other requests", () => {
	it("store a submit_multi as a message for each number, and name the refused numbers", async () => {
		const { port, rows } = await aClientsGateway();
		const session = await aBoundEsme(port);
		const to = (destination_addr: string) => ({ dest_addr_ton: 1, dest_addr_npi: 1, destination_addr });
		const multi = async (dest_address: readonly (ReturnType<typeof to> | { dl_name: string })[]) =>
			await session.request({ command: "submit_multi", fields: { ...aSubmit, dest_address } });

		const outcome = await multi([to("12"), to("77010000001"), to("77990000000"), to("87010000002")]);

		expect([...rows.values()].map(({ recipient }) => recipient)).toEqual(["77010000001", "77010000002"]);
		expect(outcome).toMatchObject({
			response: {
				command_status: 0,
				fields: {
					message_id: String([...rows.keys()][0]),
					unsuccess_sme: [
						{ destination_addr: "12", error_status_code: S.ESME_RINVDSTADR },
						{ destination_addr: "77990000000", error_status_code: S.ESME_RSUBMITFAIL },
					],
				},
			},
		});
		expect(await multi([to("12")])).toMatchObject({ response: { command_status: S.ESME_RINVDSTADR } });
		expect(await multi([])).toMatchObject({ response: { command_status: S.ESME_RINVNUMDESTS } });
		expect(await multi(Array.from({ length: 255 }, () => to("77010000001")))).toMatchObject({
			response: { command_status: S.ESME_RINVNUMDESTS },
		});
		expect(await multi([{ dl_name: "all" }])).toMatchObject({ response: { command_status: 52 } });
		expect(await multi(Array.from({ length: 254 }, () => to("77010000001")))).toMatchObject({
			response: { command_status: 0 },
		});
		expect(rows.size).toBe(256);
		const [first, second, third, ...others] = [...rows.values()];
		expect([first?.smpp?.receiptId, second?.smpp?.receiptId]).toEqual([null, first?.messageId]);
		expect(others.every(({ smpp }) => smpp?.receiptId === third?.messageId)).toBe(true);
	});

	it("store a data_sm as a message, and refuse a replace_sm", async () => {
		const { port, rows, now } = await aClientsGateway();
		const session = await aBoundEsme(port);
		const tlvs = [
			bytesTlv("message_payload", Buffer.from("data")),
			bytesTlv("qos_time_to_live", Buffer.from([0, 0, 0, 60])),
		];

		const data = await session.request({ command: "data_sm", fields: { ...aSubmit, registered_delivery: 2 }, tlvs });
		const empty = await session.request({ command: "data_sm", fields: aSubmit });
		const replace = await session.request({ command: "replace_sm", fields: { message_id: "7" } });

		expect([...rows.values()]).toMatchObject([
			{ text: "data", reportPreference: "failures", expiresAt: now() + 60_000 },
		]);
		expect([data, empty, replace]).toMatchObject([
			{ response: { command: "data_sm_resp", command_status: 0, fields: { message_id: String([...rows.keys()][0]) } } },
			{ response: { command_status: S.ESME_RMISSINGTLV } },
			{ response: { command_status: S.ESME_RREPLACEFAIL } },
		]);
	});
});

describe("the SMPP listeners for clients", () => {
	it("limit the time and the number of requests before the bind", async () => {
		const { port } = await aClientsGateway({ sessionLimits: { bindMs: 50 } });
		const [idle, chatty] = [aSocketTo(port), aSocketTo(port)];
		const enquiry = encodePdu({ command: "enquire_link", sequence_number: 1 });
		const answers = pdusOn(chatty);

		chatty.write(Buffer.concat(Array.from({ length: 300 }, () => enquiry)));

		await Promise.all([once(idle.resume(), "close"), once(chatty, "close")]);
		expect(answers.length).toBeLessThan(300);
	});

	it("let clients bind and send while another network binds under random names", async () => {
		const { port } = await aClientsGateway();
		const known = await aBoundEsme(port);
		const flood = Array.from({ length: 150 }, (_, index) => aSocketTo(port, { localAddress: `127.0.7.${index % 5}` }));
		for (const [index, socket] of flood.entries()) {
			const fields = { ...login, system_id: `stranger${index}` };
			socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields }));
		}

		const statuses: unknown[] = [];
		for (let times = 0; times < 3; times += 1) {
			const socket = aSocketTo(port, { localAddress: "127.0.9.1" });
			const answers = pdusOn(socket);
			socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
			await vi.waitFor(() => expect(answers).toHaveLength(1), 4_000);
			statuses.push(answers[0]?.command_status);
		}

		expect([...statuses, (await submit(known)).status]).toEqual([0, 0, 0, 0]);
	});

	it("let clients bind while others hold every place with idle connections", async () => {
		const { port } = await aClientsGateway({ connections: { all: 60, perAddress: 20, unbound: 30 } });
		const bound = await aBoundEsme(port);
		const idle = Array.from({ length: 120 }, (_, index) => aSocketTo(port, { localAddress: `127.0.7.${index % 6}` }));
		await Promise.all(idle.map(async (socket) => await Promise.race([once(socket, "connect"), once(socket, "close")])));

		const socket = aSocketTo(port, { localAddress: "127.0.9.1" });
		const answers = pdusOn(socket);
		socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
		await vi.waitFor(() => expect(answers).toHaveLength(1));

		expect([answers[0]?.command_status, bound.boundAs]).toEqual([0, "transceiver"]);
	});

	it("close a connection that sends malformed binds or other requests instead of a bind", async () => {
		const { port } = await aClientsGateway();
		const [misplaced, malformed] = [aSocketTo(port), aSocketTo(port)];
		const answers = [pdusOn(misplaced), pdusOn(malformed)];
		const submitSm = encodePdu({ command: "submit_sm", sequence_number: 1, fields: aSubmit });
		const cutBind = encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }).subarray(0, 20);
		cutBind.writeUInt32BE(20, 0);

		for (let times = 0; times < 50; times += 1) {
			misplaced.write(submitSm);
			malformed.write(cutBind);
		}

		await Promise.all([once(misplaced, "close"), once(malformed, "close")]);
		expect(answers.map(({ length }) => length)).toEqual([4, 4]);
	});

	it("limit the connections of an address, and accept new ones when some have ended", async () => {
		const { port } = await aClientsGateway({ connections: { all: 10, perAddress: 2, unbound: 10 } });
		const first = await aBoundEsme(port);
		await aBoundEsme(port);

		await once(aSocketTo(port).resume(), "close");
		await first.unbind(0);

		await vi.waitFor(async () => await aBoundEsme(port));
	});

	it("disconnect a peer that has gone silent", async () => {
		const { port, log } = await aClientsGateway({ sessionLimits: { idleMs: 20, enquireLinkMs: 20 } });
		const socket = aSocketTo(port);
		socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
		const heard = pdusOn(socket);

		await once(socket, "close");

		expect(heard.map(({ command }) => command)).toEqual(["bind_transceiver_resp", "enquire_link", "enquire_link"]);
		await vi.waitFor(() =>
			expect(log.events).toContainEqual({
				event: "client.disconnected",
				fields: expect.objectContaining({ reason: "no answer to enquire_link" }),
			}),
		);
	});

	it("stop reading from a peer that does not read, and finally disconnect it", async () => {
		const { port, rows, log } = await aClientsGateway({
			sessionLimits: { idleMs: 50, enquireLinkMs: 50, outgoingOctetsMax: 2_000 },
			accounts: [aClientAccount({}, { windowMax: 1 })],
		});
		const socket = aSocketTo(port);
		socket.pause();
		socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
		await vi.waitFor(() => expect(log.events.some(({ event }) => event === "client.bound")).toBe(true));

		const flood = Buffer.concat(
			Array.from({ length: 10_000 }, (_, index) => encodePdu({ command: "replace_sm", sequence_number: index + 2 })),
		);
		for (let times = 0; times < 60 && !socket.destroyed; times += 1) socket.write(flood);

		await vi.waitFor(() => expect(log.events.some(({ event }) => event === "client.disconnected")).toBe(true), 20_000);
		expect(rows.size).toBe(0);
		await aBoundEsme(port);
	});

	it("answer what their clients sent and unbind them when the gateway stops", async () => {
		const { port, clients, leases, rows } = await aClientsGateway();
		const session = await aBoundEsme(port);
		const sent = Promise.all(Array.from({ length: 10 }, () => submit(session)));
		await vi.waitFor(() => expect(rows.size).toBe(10));

		await clients.stop(2_000);

		expect((await sent).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 0));
		expect(await session.ended).toBe("unbound by the peer");
		expect(leases.rows.has("session#demo#0")).toBe(false);
		await expect(once(aSocketTo(port), "connect")).rejects.toThrow("ECONNREFUSED");
	});
});
