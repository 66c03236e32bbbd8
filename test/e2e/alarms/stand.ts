import { createServer } from "node:http";
import { operators } from "#shared/domain/message/operators.ts";
import { clientOf, eventually } from "../client.ts";
import { type EngineProxy, openEngineProxy } from "../engine-proxy.ts";
import { fastClock } from "../fast-clock.ts";
import { openTestStack } from "../local-stack.ts";
import { anSmsc, anSmscLogin, portOf } from "../smsc.ts";
import type { Drill } from "./drills.ts";
import type { Stand } from "./faults.ts";
import { type ObservedStack, observe } from "./observed-stack.ts";
import { startTraffic } from "./traffic.ts";

/** An hour of the stack takes three minutes. */
const rate = 20;
const clock = fastClock(rate);
const minuteMs = 60_000;

const user = "drill";

const drillMinutesMax = 85;
const calmMinutesMax = 25;

export type OpenStand = Stand & {
	readonly observed: ObservedStack;
	/** Waits for so many minutes of the stack's time. */
	minutes(count: number): Promise<void>;
	/** Breaks, waits for the alarms, mends, and waits until they are silent again. Returns those that rang, but for those that may or may not. */
	drill(drill: Drill): Promise<readonly string[]>;
	stop(): Promise<void>;
};

/** A local stack with traffic to four operators, whose alarms are watched. */
export async function openStand(): Promise<OpenStand> {
	const smscs = { kcell: anSmsc(), altel: anSmsc(), beeline: anSmsc(), tele2: anSmsc() };
	const proxies = {
		mappings: await openEngineProxy(),
		functions: await openEngineProxy(),
		task: await openEngineProxy(),
	};
	const webhook = { isFailing: false };
	const client = createServer((request, response) => {
		request.resume();
		response.writeHead(webhook.isFailing ? 500 : 204).end();
	});
	const url = `http://127.0.0.1:${await portOf(client)}/`;
	const logins = await Promise.all(
		operators.map(async (name) => {
			const login = { ...anSmscLogin, port: await portOf(smscs[name].server), binds: 2, response_seconds: 45 };
			return [name, login] as const;
		}),
	);
	const localStack = await openTestStack({
		preload: clock.preload,
		supportPreload: clock.preload,
		/* A cold start takes twenty seconds of the stack's time. Functions that are called every few minutes need it once. */
		functionsIdleMs: rate * 4 * minuteMs,
		/* Two seconds of this machine between two renewals: it may be busy. */
		stage: { leaseSeconds: 120, canary: { account: user, sender: "SMSGW", number: "77080000000" } },
		operators: Object.fromEntries(logins),
		accounts: [
			{
				account: { user_name: user, senders: [{ name: "SMSGW" }], default_time_bounds: "full", webhook: { url } },
				password: user,
			},
		],
		endpoints: (caller, service, engine) => proxyOf(proxies, caller, service)?.before(engine) ?? engine,
	});
	await eventually(async () => operators.every((name) => smscs[name].sessions.length === 2), Boolean);
	const observed = observe(localStack, clock);
	const traffic = startTraffic(localStack, user, observed);
	const stand: Stand = { localStack, client: clientOf(localStack, user), traffic, webhook, smscs, proxies };

	const until = async (holds: () => boolean, minutes: number) => {
		const from = clock.now();
		await eventually(async () => holds() || clock.now() - from > minutes * minuteMs, Boolean, 600_000);
	};
	return {
		...stand,
		observed,
		minutes: async (count) => await until(() => false, count),
		async drill({ fault, rings, ringsAfter = [], mayRing = [], lingering = [] }) {
			const from = observed.rings.length;
			const startedAt = clock.now();
			const rung = () => observed.rings.slice(from);
			const haveRung = (names: readonly string[]) => names.every((name) => rung().some((one) => one.name === name));
			const limits = observed.alarms.filter(({ name }) => rings.includes(name)).map(({ withinMs }) => withinMs);
			const mend = await fault(stand);
			await until(() => haveRung(rings), Math.min(Math.max(...limits) / minuteMs + 8, drillMinutesMax));
			await mend();
			const isCalm = () => [...observed.ringing].every((name) => lingering.includes(name));
			await until(() => haveRung(ringsAfter) && isCalm(), calmMinutesMax);
			const times = rung().map(({ name, at }) => `${name} after ${Math.round((at - startedAt) / minuteMs)} minutes`);
			console.log(times.join("\n"));
			return rung().flatMap(({ name }) => (mayRing.includes(name) ? [] : name));
		},
		async stop() {
			traffic.stop();
			observed.close();
			await localStack.stop();
			for (const smsc of Object.values(smscs)) smsc.close();
			for (const proxy of Object.values(proxies)) proxy.close();
			client.closeAllConnections();
			client.close();
		},
	};
}

function proxyOf(proxies: Stand["proxies"], caller: string, service: string): EngineProxy | undefined {
	if (caller === "mappings" && service === "sqs") return proxies.mappings;
	if (caller === "lambdas" && service === "dynamodb") return proxies.functions;
	return caller === "smpp" && service === "sqs" ? proxies.task : undefined;
}
