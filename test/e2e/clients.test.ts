import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { bytesTlv, octetTlv, tlvText } from "#smpp/wire/tlvs.ts";
import { type Client, clientOf, eventually, smscSubmits } from "./client.ts";
import { anEsmeOf, submitByEsme } from "./esme.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";

describe("a client over SMPP", () => {
	let localStack: SharedStack;
	let client: Client;
	let session: Session;

	beforeAll(async () => {
		localStack = await sharedStack([
			{
				account: {
					user_name: "slow",
					senders: [{ name: "SMSGW" }],
					limits: { requests_per_second: 5 },
					smpp: { binds: 1 },
				},
				password: "slow",
			},
		]);
		client = clientOf(localStack);
		session = await anEsmeOf(localStack);
	});
	afterAll(async () => await session?.unbind(0));

	it("sends a message that is delivered, and reads it over REST by its id (R5, A47)", async () => {
		const { id } = await submitByEsme(session, {
			destination_addr: "87010000301",
			priority_flag: 9,
			short_message: Buffer.from("hello"),
		});

		const message = await client.untilReported(id);

		expect(message).toMatchObject({
			message_id: Number(id),
			client_message_id: null,
			batch_id: null,
			recipient: "77010000301",
			message_text: "hello",
			priority: 0,
			time_bounds: "full",
			message_status: "DELIVERED",
		});
		expect(await clientOf(localStack, "demo2").request("GET", `/messages/${id}`)).toMatchObject({ status: 403 });
	});

	it("gets the receipts of what it sent on its own session, and its webhook those of what came by REST (A47)", async () => {
		const [own, others]: [string[], string[]] = [[], []];
		const receiptsIn = (ids: string[]) => (pdu: Pdu<"deliver_sm">) =>
			void ids.push(tlvText(pdu, "receipted_message_id") ?? "no id");
		const sessions = await Promise.all(
			[own, others].map(
				async (ids) => await anEsmeOf(localStack, "demo2", "demo2", defaultSessionLimits, receiptsIn(ids)),
			),
		);
		const [sender] = sessions;
		if (sender === undefined) throw new Error("there is no session");
		const sent = await Promise.all(Array.from({ length: 20 }, async () => (await submitByEsme(sender)).id));
		const rest = clientOf(localStack, "demo2");
		const byRest = await rest.send();

		await eventually(
			async () => own.length,
			(received) => received === sent.length,
		);
		await rest.untilReported(byRest);

		expect(own.sort()).toEqual(sent.sort());
		expect(others).toEqual([]);
		for (const one of sessions) await one.unbind(0);
	});

	it("that asks for no receipt, or only for failures, gets no other report (A47)", async () => {
		const send = async (registered_delivery: number, destination_addr: string) =>
			(await submitByEsme(session, { registered_delivery, destination_addr })).id;
		const [none, good, bad] = [
			await send(0, "77010000302"),
			await send(2, "77010000303"),
			await send(2, "77010009911"),
		];

		await client.untilReported(bad);
		const delivered = ({ message_status }: { message_status: string }) => message_status === "DELIVERED";
		await Promise.all([none, good].map(async (id) => await client.until(id, delivered)));
		/* This message ends after the others, so their reports would have come before its own. */
		await client.untilReported(await send(1, "77010000305"));

		const informed = await Promise.all([none, good].map(async (id) => (await client.get(id)).is_informed));
		expect(informed).toEqual([null, null]);
	});

	it("has its own segments sent as it cut them (A47)", async () => {
		const recipient = "77010000304";
		const part = async (number: number, text: string) =>
			await submitByEsme(session, {
				destination_addr: recipient,
				esm_class: 0x40,
				data_coding: 8,
				short_message: Buffer.concat([
					Uint8Array.from([5, 0, 3, 0x5a, 2, number]),
					Buffer.from(text, "utf16le").swap16(),
				]),
			});
		const sar = [
			bytesTlv("sar_msg_ref_num", Buffer.from([0, 0x5b])),
			octetTlv("sar_total_segments", 2),
			octetTlv("sar_segment_seqnum", 2),
		];

		const ids = [
			await part(1, "first "),
			await part(2, "second"),
			await submitByEsme(session, { destination_addr: recipient }, sar),
		];
		await Promise.all(ids.map(async ({ id }) => await client.untilReported(id)));

		const sent = (await smscSubmits(localStack)).filter((submit) => submit.recipient === recipient);
		expect(
			new Set(sent.map((submit) => [submit["data_coding"], submit["esm_class"], submit.short_message_hex].join(" "))),
		).toEqual(
			new Set([
				`8 64 0500035a0201${Buffer.from("first ", "utf16le").swap16().toString("hex")}`,
				`8 64 0500035a0202${Buffer.from("second", "utf16le").swap16().toString("hex")}`,
				`0 64 0500035b0202${Buffer.from("hello").toString("hex")}`,
			]),
		);
	});

	it("schedules a message and withdraws it (R8, A23, A47)", async () => {
		const quarterMs = 15 * 60_000;
		const at = new Date(Math.ceil(Date.now() / quarterMs + 2) * quarterMs);
		const schedule_delivery_time = `${at.toISOString().replace(/\D/g, "").slice(2, 14)}000+`;
		const { id } = await submitByEsme(session, { schedule_delivery_time });
		expect(await client.get(id)).toMatchObject({ message_status: "NEW", schedule_state: "N" });

		const outcome = await session.request({ command: "cancel_sm", fields: { message_id: id } });

		expect(outcome).toMatchObject({ response: { command_status: 0 } });
		expect(await client.untilReported(id)).toMatchObject({ message_status: "DELETED", schedule_state: null });
	});

	it("has its account's limits applied over all its sessions (A47)", async () => {
		const slow = await anEsmeOf(localStack, "slow");

		await expect(anEsmeOf(localStack, "slow")).rejects.toThrow("13");
		/* The answers fall within one second or two: at most twice the rate. */
		const answers = await Promise.all(Array.from({ length: 30 }, () => submitByEsme(slow)));
		const throttled = answers.filter(({ status }) => status === 88).length;
		expect(throttled).toBeGreaterThanOrEqual(20);
		expect(answers.filter(({ status }) => status === 0).length).toBe(30 - throttled);
		await slow.unbind(0);
		await eventually(
			async () => await anEsmeOf(localStack, "slow").catch(() => null),
			(again) => again !== null,
		);
	});
});
