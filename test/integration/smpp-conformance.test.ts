import { createServer } from "node:net";
import smpp from "smpp";
import { expect, it, onTestFinished } from "vitest";
import type { Kit } from "#admin/conformance/exchange.ts";
import { judge } from "#admin/conformance/judge.ts";
import { runSmppSteps } from "#admin/conformance/run-smpp-steps.ts";
import { freePort } from "#local/wire/listen.ts";
import { portOf } from "#test/e2e/smsc.ts";

const account = {
	systemId: "demo",
	password: "demo",
	sender: "SMSGW",
	recipient: "77010000000",
	runId: "0123456789-a",
};

/** What the kit finds by SMPP at this port, as lines. */
async function missedAt(port: number, waitMs = 100): Promise<readonly string[]> {
	const settings = { ...account, address: { host: "127.0.0.1", port }, send: true, waitMs };
	const kit: Kit = { ...account, user: "demo", startedAt: Date.now(), exchanges: await runSmppSteps(settings) };
	return judge(kit)
		.filter(({ step, verdict }) => step.startsWith("smpp") && !["pass", "not tried"].includes(verdict))
		.map(({ point, step, detail }) => `${point} ${step}: ${detail}`);
}

it("smsgw conformance finds what is wrong with a gateway that accepts everything and reports nothing", async () => {
	const server = smpp.createServer((session) => {
		session.on("error", () => session.destroy());
		session.on("pdu", (pdu) => {
			if (!pdu.isResponse()) session.send(pdu.response({ message_id: "ABC" }));
		});
	});
	onTestFinished(() => void server.close());

	const missed = await missedAt(await portOf(server));

	expect(missed.map((line) => line.replace(/:.*/, ""))).toEqual([
		"R5 smpp not bound",
		"R5 smpp wrong password",
		"A47 smpp bad recipient",
		"A47 smpp foreign sender",
		"R5 smpp receipts",
		"A47 smpp receipts",
		"A47 smpp receipts",
	]);
});

it("smsgw conformance waits for no receipt of what was refused", async () => {
	const server = smpp.createServer((session) => {
		session.on("pdu", (pdu) => session.send(pdu.response({ command_status: pdu.command === "submit_sm" ? 8 : 0 })));
	});
	onTestFinished(() => void server.close());
	const startedAt = performance.now();

	const missed = await missedAt(await portOf(server), 60_000);

	expect(missed.some((line) => line.startsWith("R5 smpp message: status 8"))).toBe(true);
	expect(performance.now() - startedAt).toBeLessThan(30_000);
});

it.each([
	["refuses connections", null, "ECONNREFUSED"],
	["closes connections", createServer((socket) => socket.destroy()), "closed"],
	["answers in another protocol", createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")), ""],
])("smsgw conformance goes on at a gateway that %s", async (_, server, reason) => {
	onTestFinished(() => void server?.close());

	const missed = await missedAt(server === null ? await freePort() : await portOf(server));

	expect(missed.length).toBeGreaterThan(10);
	expect(missed.filter((line) => !line.includes("no answer:"))).toEqual([]);
	expect(missed.filter((line) => !line.includes(reason))).toEqual([]);
});
