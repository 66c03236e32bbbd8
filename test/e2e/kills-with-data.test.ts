import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { freePort } from "#local/wire/listen.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { type Chance, chanceOf } from "#test/fakes/hostile-pdus.ts";
import { sizeOf } from "#test/size-of.ts";
import { aBody, type Client, type ClientMessage, clientOf, eventually, withConnections } from "./client.ts";
import { quickTakeover } from "./local-stack.ts";
import { aReportWebhook } from "./report-webhook.ts";
import { openMachine, type RestartedMachine, type Victim, victims } from "./restarted-machine.ts";
import { aRetryingEsme, postUntilAnswered, type RetryingEsme } from "./retrying-clients.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

/**
 * A local stack that keeps its data is killed (SIGKILL), in part or as a whole, at random moments while clients send, and is started
 * again on its folder. What a client has an answer for is delivered and reported, and the SMSC gets no more copies than the exposure
 * of the killed tasks.
 */

const total = sizeOf({ merge: 1_500, nightly: 50_000 });
const killsCount = sizeOf({ merge: 3, nightly: 20 });
const batchSize = sizeOf({ merge: 50, nightly: 200 });
/** How many of a hundred messages come in batches, and one at a time by REST and SMPP. */
const shares = { batches: 80, singles: 10, submits: 10 } as const;

const contract = { tps: 1_000, window: 50 } as const;
const exposure = contract.window + contract.tps / 4;
const user = "acme";
const connections = 40;

/** The plan of a run can be repeated. */
const seed = 1 + Math.floor(Math.random() * 1_000_000);

/** Each kind of kill comes, most of all those of the whole; in a small run the machine and one engine. */
function planOf(chance: Chance): readonly { readonly victim: Victim; readonly after: number }[] {
	const always: readonly Victim[] = inject("isNightly") ? victims : ["smpp", "machine", "engines"];
	const chosen = Array.from({ length: killsCount }, (_, index) => {
		const drawn = chance(10) < 4 ? "machine" : victims[chance(victims.length)];
		return always[index] ?? drawn ?? "machine";
	});
	const moments = chosen.map(() => chance(total * 0.9)).sort((one, other) => one - other);
	return chosen.map((victim, index) => ({ victim, after: moments[index] ?? 0 }));
}

describe("a local stack that keeps its data, killed while clients send", () => {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-kills-"));
	const smsc = anSmsc();
	const webhook = aReportWebhook();
	const reported = webhook.statuses;
	const plan = planOf(chanceOf(seed));
	let machine: RestartedMachine;
	let client: Client;
	let answered = 0;
	/** The ids of messages whose client has an answer. */
	const promised = new Set<string>();
	const unansweredSubmits = new Map<string, number>();

	beforeAll(async () => {
		const [url, smscPort, httpPort, smppPort] = await Promise.all([
			webhook.url(),
			portOf(smsc.server),
			freePort(),
			freePort(),
		]);
		const login = (operator: string) => ({ ...anSmscLogin, system_id: operator, port: smscPort, ...contract });
		machine = await openMachine(
			{
				httpPort,
				smppPort,
				dataPath: join(folder, "data"),
				demo: false,
				operators: Object.fromEntries(operators.map((operator) => [operator, login(operator)])),
				stage: { ...quickTakeover, leaseSeconds: 3 },
				accounts: [
					{
						account: {
							user_name: user,
							senders: [{ name: "SMSGW" }],
							default_time_bounds: "full",
							duplicates: "replay",
							smpp: { binds: 4, window: 50 },
							webhook: { url },
						},
						password: user,
					},
				],
			},
			join(folder, "log"),
		);
		client = clientOf(machine, user);
	});
	afterAll(async () => {
		await machine?.stop();
		webhook.close();
		smsc.close();
		rmSync(folder, { recursive: true });
	});

	const recipientOf = (index: number) => `7708${String(index).padStart(7, "0")}`;
	const bodyOf = (index: number) => ({ ...aBody(), client_message_id: randomUUID(), recipient: recipientOf(index) });

	async function sendBatch(from: number): Promise<void> {
		const messages = Array.from({ length: batchSize }, (_, index) => bodyOf(from + index));
		const body = JSON.stringify({ messages });
		const { status, body: answer } = await postUntilAnswered(client, "/batches", body);
		if (status !== 201) throw new Error(`${status} ${JSON.stringify(answer)}`);
		answered += batchSize;
		batches.push(String(answer["batch_id"]));
	}

	async function sendSingle(index: number): Promise<void> {
		const { status, body } = await postUntilAnswered(client, "/messages", JSON.stringify(bodyOf(index)));
		if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
		answered += 1;
		promised.add(String(body["message_id"]));
	}

	async function submit(esme: RetryingEsme, index: number): Promise<void> {
		const recipient = recipientOf(index);
		const { id, unanswered } = await esme.submit({ destination_addr: recipient });
		answered += 1;
		promised.add(id);
		unansweredSubmits.set(recipient, unanswered);
	}

	const batches: string[] = [];

	async function sendAll(): Promise<void> {
		const esmes = Array.from({ length: 4 }, () => aRetryingEsme(machine, user));
		const works: (() => Promise<void>)[] = [];
		const [batched, singles] = [(total * shares.batches) / 100, (total * shares.singles) / 100];
		for (let from = 0; from < batched; from += batchSize) works.push(async () => await sendBatch(from));
		for (let index = batched; index < batched + singles; index += 1) works.push(async () => await sendSingle(index));
		for (let index = batched + singles; index < total; index += 1) {
			const esme = esmes[index % esmes.length];
			if (esme !== undefined) works.push(async () => await submit(esme, index));
		}
		const chance = chanceOf(seed + 1);
		const order = works.map((work) => ({ work, place: chance(2 ** 32) })).sort((one, other) => one.place - other.place);
		await withConnections(order, connections, async ({ work }) => await work());
		for (const esme of esmes) await esme.unbind();
	}

	async function killAll(): Promise<void> {
		for (const { victim, after } of plan) {
			await eventually(
				async () => answered,
				(count) => count >= after,
				300_000,
			);
			await machine.kill(victim);
		}
	}

	it("answers every message in the end", async () => {
		console.log(`seed ${seed}: ${plan.map(({ victim, after }) => `${victim} at ${after}`).join(", ")}`);
		await Promise.all([sendAll(), killAll()]);

		expect(answered).toBe(total);
	}, 480_000);

	it("has lost nothing that was answered: each message is delivered and reported (R14)", async () => {
		for (const batch of batches) {
			const { body } = await client.request("GET", `/batches/${batch}`);
			const messages = body as unknown as readonly ClientMessage[];
			expect(messages).toHaveLength(batchSize);
			for (const { message_id } of messages) promised.add(String(message_id));
		}
		expect(promised.size).toBe(total);

		await eventually(
			async () => [...promised].filter((id) => !reported.has(id)),
			(missing) => missing.length === 0,
			180_000,
		);
		expect([...promised].filter((id) => [...(reported.get(id) ?? [])].join(" ") !== "DELIVERED")).toEqual([]);
	}, 200_000);

	it("had no more copies sent than the exposure of the killed tasks", () => {
		const times = Map.groupBy(smsc.submits, ({ recipient }) => recipient);
		const copies = [...times].map(([recipient, sent]) =>
			Math.max(0, sent.length - 1 - (unansweredSubmits.get(recipient) ?? 0)),
		);
		const sum = copies.reduce((one, other) => one + other, 0);
		const taskKills = plan.filter(({ victim }) => victim !== "lambdas").length;
		const unanswered = [...unansweredSubmits.values()].reduce((one, other) => one + other, 0);

		console.log(
			`${total} messages, ${plan.length} kills, ${machine.starts()} starts: 0 lost, ${sum} copies ` +
				`(bound ${taskKills * exposure}), ${unanswered} submits without an answer`,
		);
		expect(sum).toBeLessThanOrEqual(taskKills * exposure);
	});
});
