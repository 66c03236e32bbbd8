import { once } from "node:events";
import type { AddressInfo } from "node:net";
import smpp, { type PDU } from "smpp";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { openSession } from "#smpp/session/session.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import type { CommandName } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { rawPdu, sampleFields } from "#test/unit/smpp-samples.ts";
import { aBoundLine, aConnection, anEsmeWithSession, answerAll, pdusOn, sessionOptions } from "./smpp-peers.ts";

const { ESME_RALYBND, ESME_RINVBNDSTS, ESME_RINVCMDID, ESME_RINVCMDLEN, ESME_RSYSERR } = commandStatuses;

const pduOf = <Name extends CommandName>(command: Name, sequence_number: number) =>
	encodePdu<Name>({ command, sequence_number, fields: sampleFields[command] });
const bindPdu = pduOf("bind_transceiver", 1);
const submit = { command: "submit_sm", fields: sampleFields.submit_sm } as const;

describe("a session with a misbehaving peer", () => {
	it("answers every request that it cannot serve, and stays open", async () => {
		const { esme } = await anEsmeWithSession();
		const answers = pdusOn(esme);

		esme.write(
			Buffer.concat([
				pduOf("submit_sm", 2),
				rawPdu(0x999, "?", 3),
				bindPdu,
				pduOf("bind_receiver", 4),
				rawPdu(4, "", 5),
				pduOf("deliver_sm", 6),
				pduOf("submit_sm", 7),
			]),
		);

		await vi.waitFor(() => expect(answers).toHaveLength(7));
		expect(
			answers.map(({ command, sequence_number, command_status }) => [command, sequence_number, command_status]),
		).toEqual([
			["submit_sm_resp", 2, ESME_RINVBNDSTS],
			["generic_nack", 3, ESME_RINVCMDID],
			["bind_transceiver_resp", 1, 0],
			["bind_receiver_resp", 4, ESME_RALYBND],
			["submit_sm_resp", 5, ESME_RINVCMDLEN],
			["deliver_sm_resp", 6, ESME_RINVBNDSTS],
			["submit_sm_resp", 7, 0],
		]);
	});

	it("answers an enquire_link before and after the bind", async () => {
		const { esme } = await anEsmeWithSession();
		const answers = pdusOn(esme);

		esme.write(Buffer.concat([pduOf("enquire_link", 8), bindPdu, pduOf("enquire_link", 9)]));

		await vi.waitFor(() => expect(answers.map(({ command_status }) => command_status)).toEqual([0, 0, 0]));
	});

	it.each([
		["an HTTP request", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
		["a command_length of 0", Buffer.alloc(16)],
		["a command_length of 70,001", Buffer.from([0, 1, 0x11, 0x71])],
	])("closes the connection on %s, with a generic_nack", async (_what, bytes) => {
		const { esme, session } = await anEsmeWithSession();
		const answers = pdusOn(esme);

		esme.write(bytes);

		expect(await session.ended).toMatch(/^command_length/);
		expect(answers).toMatchObject([{ command: "generic_nack", command_status: ESME_RINVCMDLEN }]);
	});

	it("ignores an incomplete PDU of a peer that disconnects", async () => {
		const served: string[] = [];
		const { esme, session } = await anEsmeWithSession({
			serve(request) {
				served.push(request.command);
				return { command_status: 0 };
			},
		});

		esme.end(Buffer.concat([bindPdu, pduOf("submit_sm", 2).subarray(0, 40)]));

		expect(await session.ended).toBe("closed by the peer");
		expect(served).toEqual(["bind_transceiver"]);
	});

	it("closes a connection that does not bind in time", async () => {
		const { session } = await anEsmeWithSession({ bindMs: 20 });

		expect(await session.ended).toBe("no bind in time");
	});

	it("sends enquire_link to a silent peer, and closes the connection if no answer comes", async () => {
		const { smsc, session } = await aBoundLine({ idleMs: 20, enquireLinkMs: 20, missesMax: 2 });
		const asked = pdusOn(smsc);

		expect(await session.ended).toBe("no answer to enquire_link");
		expect(asked.map(({ command }) => command)).toEqual(["enquire_link", "enquire_link"]);
	});

	it("keeps the connection while its peer answers", async () => {
		const { smsc, session } = await aBoundLine({ idleMs: 20, enquireLinkMs: 2_000 });

		const asked = answerAll(smsc);

		await vi.waitFor(() => expect(asked.length).toBeGreaterThan(3));
		expect(session.boundAs).toBe("transceiver");
	});
});

describe("a session's requests", () => {
	it("get their own responses in any order", async () => {
		const { smsc, session } = await aBoundLine();
		const got = pdusOn(smsc);
		const outcomes = Promise.all([session.request(submit), session.request(submit), session.request(submit)]);
		await vi.waitFor(() => expect(got).toHaveLength(3));

		for (const { sequence_number } of got.toReversed()) {
			const fields = { message_id: `id${sequence_number}` };
			smsc.write(encodePdu({ command: "submit_sm_resp", sequence_number, fields }));
		}

		const ids = (await outcomes).map((outcome) =>
			outcome.kind === "answered" ? (outcome.response.fields as { message_id: string }).message_id : outcome.kind,
		);
		expect(ids).toEqual(["id2", "id3", "id4"]);
	});

	it("time out without a response, and a late response changes nothing", async () => {
		const { smsc, session } = await aBoundLine({ answerMs: 30 });
		const got = answerAll(smsc, ["submit_sm"]);

		expect(await session.request(submit)).toMatchObject({ kind: "timed_out" });

		smsc.write(encodePdu({ command: "submit_sm_resp", sequence_number: got[0]?.sequence_number ?? 0 }));
		expect(await session.request({ command: "enquire_link" })).toMatchObject({ kind: "answered" });
	});

	it("settle every pending request when the connection drops", async () => {
		const { smsc, session } = await aBoundLine();
		const outcomes = Promise.all([session.request(submit), session.request(submit)]);
		await once(smsc, "data");

		smsc.destroy();

		expect(await outcomes).toEqual([{ kind: "disconnected" }, { kind: "disconnected" }]);
		expect(await session.request(submit)).toEqual({ kind: "unsent" });
		expect(session.boundAs).toBeUndefined();
	});

	it("are reported as unsent if the connection closes before they are written", async () => {
		const { session } = await aBoundLine();

		const outcome = session.request(submit);
		session.close("test");

		expect(await outcome).toEqual({ kind: "unsent" });
	});

	it("are refused if no PDU can carry them, without harm to others", async () => {
		const { smsc, session } = await aBoundLine();
		answerAll(smsc);
		const fields = { ...sampleFields.submit_sm, short_message: Buffer.alloc(255) };

		expect(await session.request({ command: "submit_sm", fields })).toMatchObject({ kind: "unencodable" });
		expect(await session.request(submit)).toMatchObject({ kind: "answered" });
	});

	it("are not buffered without bound for a peer that stops reading", async () => {
		const outgoingOctetsMax = 100_000;
		const { smsc, session, ours } = await aBoundLine({ outgoingOctetsMax });
		smsc.pause();

		let unsent = 0;
		for (let round = 0; unsent === 0 && round < 2_000; round++) {
			for (let count = 0; count < 200; count++) {
				void session.request(submit).then(({ kind }) => {
					if (kind === "unsent") unsent++;
				});
			}
			await new Promise(setImmediate);
		}

		expect(unsent).toBeGreaterThan(0);
		expect(ours.writableLength).toBeLessThan(outgoingOctetsMax + 1_000);
		smsc.write(pduOf("enquire_link", 1));
		await vi.waitFor(() => expect(ours.isPaused()).toBe(true));

		answerAll(smsc);
		smsc.resume();
		await vi.waitFor(() => expect(session.inFlight).toBe(0), 10_000);
		expect(await session.request(submit)).toMatchObject({ kind: "answered" });
	}, 20_000);

	it("are written many at a time", async () => {
		const { smsc, session, ours } = await aBoundLine();
		answerAll(smsc);
		const write = vi.spyOn(ours, "write");

		await Promise.all(Array.from({ length: 100 }, () => session.request(submit)));

		expect(write).toHaveBeenCalledTimes(1);
	});
});

describe("a session's handling of requests", () => {
	it("is limited, and reading pauses at the limit", async () => {
		const works: PromiseWithResolvers<SmppResponse>[] = [];
		const { esme, ours } = await anEsmeWithSession({
			servingMax: 3,
			serve(request) {
				if (request.command !== "submit_sm") return { command_status: 0 };
				const work = Promise.withResolvers<SmppResponse>();
				works.push(work);
				return work.promise;
			},
		});
		const answers = pdusOn(esme);
		esme.write(bindPdu);
		await vi.waitFor(() => expect(answers).toHaveLength(1));

		esme.write(Buffer.concat(Array.from({ length: 9 }, (_, index) => pduOf("submit_sm", 2 + index))));
		await vi.waitFor(() => expect(ours.isPaused()).toBe(true));
		expect(works).toHaveLength(3);

		for (let done = 0; done < 9; done++) {
			works[done]?.resolve({ command_status: 0 });
			await vi.waitFor(() => expect(answers).toHaveLength(2 + done));
			expect(works.length - (done + 1)).toBeLessThanOrEqual(3);
		}
		expect(ours.isPaused()).toBe(false);
	});

	it("is ended with a system error at its time limit", async () => {
		const { esme } = await anEsmeWithSession({
			serveMs: 20,
			serve: (request) => (request.command === "submit_sm" ? new Promise(() => undefined) : { command_status: 0 }),
		});
		const answers = pdusOn(esme);

		esme.write(Buffer.concat([bindPdu, pduOf("submit_sm", 2)]));

		await vi.waitFor(() => expect(answers[1]).toMatchObject({ sequence_number: 2, command_status: ESME_RSYSERR }));
	});

	it("answers a system error if the response cannot be encoded", async () => {
		const { esme } = await anEsmeWithSession({
			serve: (request) => ({
				command_status: 0,
				fields: request.command === "submit_sm" ? { message_id: "a\0b" } : {},
			}),
		});
		const answers = pdusOn(esme);

		esme.write(Buffer.concat([bindPdu, pduOf("submit_sm", 2)]));

		await vi.waitFor(() =>
			expect(answers[1]).toMatchObject({ command: "submit_sm_resp", command_status: ESME_RSYSERR }),
		);
	});

	it("starts with the bind, and later requests go out after the bind response", async () => {
		const bound = Promise.withResolvers<string>();
		const { esme, session } = await anEsmeWithSession({
			onBound(as) {
				bound.resolve(as);
				void session.request({ command: "deliver_sm", fields: sampleFields.deliver_sm });
			},
		});
		const got = pdusOn(esme);

		esme.write(pduOf("bind_receiver", 1));

		expect(await bound.promise).toBe("receiver");
		await vi.waitFor(() => expect(got.map(({ command }) => command)).toEqual(["bind_receiver_resp", "deliver_sm"]));
	});

	it("leaves the session open for another bind after a refused one", async () => {
		const statuses = [commandStatuses.ESME_RINVPASWD, 0];
		const { esme, session } = await anEsmeWithSession({
			serve: async () => ({ command_status: statuses.shift() ?? 0 }),
		});
		const answers = pdusOn(esme);

		esme.write(bindPdu);
		await vi.waitFor(() => expect(answers).toHaveLength(1));
		expect(session.boundAs).toBeUndefined();
		esme.write(bindPdu);

		await vi.waitFor(() => expect(session.boundAs).toBe("transceiver"));
	});
});

describe("an unbind", () => {
	it("waits for outstanding responses, then closes the connection", async () => {
		const { smsc, session } = await aBoundLine();
		const got = pdusOn(smsc);
		const outcome = session.request(submit);
		const unbinding = session.unbind(5_000);
		expect(await session.request(submit)).toEqual({ kind: "unsent" });
		await vi.waitFor(() => expect(got.map(({ command }) => command)).toEqual(["submit_sm"]));

		smsc.write(encodePdu({ command: "submit_sm_resp", sequence_number: got[0]?.sequence_number ?? 0 }));
		expect(await outcome).toMatchObject({ kind: "answered" });
		await vi.waitFor(() => expect(got.map(({ command }) => command)).toEqual(["submit_sm", "unbind"]));
		smsc.write(encodePdu({ command: "unbind_resp", sequence_number: got[1]?.sequence_number ?? 0 }));

		await unbinding;
		expect(await session.ended).toBe("unbound");
	});

	it("waits no longer than its limits for a silent peer", async () => {
		const { smsc, session } = await aBoundLine({ answerMs: 40 });
		smsc.pause();
		const outcome = session.request(submit);

		await session.unbind(20);

		expect(["timed_out", "disconnected"]).toContain((await outcome).kind);
	});

	it("from an SMSC is answered within its own limit, although submits have no response", async () => {
		const { smsc, session } = await aBoundLine({ unbindDrainMs: 50 });
		const got = pdusOn(smsc);
		const outcome = session.request(submit);
		await vi.waitFor(() => expect(got).toHaveLength(1));

		smsc.write(pduOf("unbind", 7));

		await vi.waitFor(() => expect(got.map(({ command }) => command)).toEqual(["submit_sm", "unbind_resp"]));
		expect((await outcome).kind).toBe("disconnected");
	});

	it("from the peer is answered after its earlier requests", async () => {
		const work = Promise.withResolvers<SmppResponse>();
		const { esme, session } = await anEsmeWithSession({
			serve: (request) => (request.command === "submit_sm" ? work.promise : { command_status: 0 }),
		});
		const answers = pdusOn(esme);

		esme.write(Buffer.concat([bindPdu, pduOf("submit_sm", 2), pduOf("unbind", 3), pduOf("submit_sm", 4)]));
		await vi.waitFor(() => expect(answers).toHaveLength(2));
		work.resolve({ command_status: 0 });

		expect(await session.ended).toBe("unbound by the peer");
		expect(answers.map(({ sequence_number, command_status }) => [sequence_number, command_status])).toEqual([
			[1, 0],
			[4, ESME_RINVBNDSTS],
			[2, 0],
			[3, 0],
		]);
	});
});

describe("a session with the smpp package's server", () => {
	it("submits, accepts a deliver_sm and unbinds", async () => {
		const delivered: string[] = [];
		const answers: number[] = [];
		const server = smpp.createServer((peer) => {
			peer.on("pdu", (pdu: PDU) => {
				if (pdu.isResponse()) return;
				peer.send(pdu.response(pdu.command === "submit_sm" ? { message_id: "Smsc2001" } : {}));
				if (pdu.command !== "submit_sm") return;
				const short_message = Buffer.from("receipt");
				peer.send(new smpp.PDU("deliver_sm", { short_message }), (answer) => answers.push(answer.command_status));
			});
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		onTestFinished(() => void server.close());
		const socket = await aConnection((server.address() as AddressInfo).port);
		const session = openSession(
			socket,
			sessionOptions("esme", {
				serve(request) {
					if (request.command === "deliver_sm") delivered.push(request.fields.short_message.toString());
					return { command_status: 0 };
				},
			}),
		);

		await session.request({ command: "bind_transceiver", fields: sampleFields.bind_transceiver });
		const outcome = await session.request(submit);

		expect(outcome).toMatchObject({ response: { fields: { message_id: "Smsc2001" } } });
		await vi.waitFor(() => expect(answers).toEqual([0]));
		expect(delivered).toEqual(["receipt"]);
		await session.unbind(1_000);
	});
});
