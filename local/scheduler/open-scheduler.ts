import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Gate } from "../engines/gate.ts";
import type { LmdbStore } from "../engines/lmdb-store.ts";
import type { Guard } from "../permissions/guard.ts";
import { listen, loopback } from "../wire/listen.ts";
import { type Schedule, SchedulerError } from "./schedule.ts";
import { type Invoke, Schedules, scheduleStore } from "./schedules.ts";

export type Scheduler = { readonly url: string; close(): void };

export type SchedulerOptions = {
	/** Where schedules are kept. Without, they end with this process. */
	readonly store?: LmdbStore | undefined;
	/** Holds calls back while a backup begins. */
	readonly gate?: Gate | undefined;
	/** Refuses calls that the caller may not make; default none. */
	readonly guard?: Guard | undefined;
};

type SchedulerCall = { readonly name: string; readonly query: URLSearchParams; readonly body: Record<string, unknown> };
type Operation = (schedules: Schedules, call: SchedulerCall) => object;

const operations: Readonly<Record<string, Operation>> = {
	"POST /schedules/": (schedules, { name, body }) => ({ ScheduleArn: schedules.create(name, body).arn }),
	"PUT /schedules/": (schedules, { name, body }) => ({ ScheduleArn: schedules.update(name, body).arn }),
	"GET /schedules/": (schedules, { name, query }) => described(schedules.get(groupIn(query), name)),
	"DELETE /schedules/": (schedules, { name, query }) => {
		schedules.delete(groupIn(query), name);
		return {};
	},
	"GET /schedules": (schedules, { query }) => listed(schedules, query),
	"POST /schedule-groups/": (schedules, { name }) => ({ ScheduleGroupArn: schedules.createGroup(name) }),
	"GET /schedule-groups/": (schedules, { name }) => {
		schedules.mustHaveGroup(name);
		return groupOf(schedules, name);
	},
	"DELETE /schedule-groups/": (schedules, { name }) => {
		schedules.deleteGroup(name);
		return {};
	},
	"GET /schedule-groups": (schedules) => ({
		ScheduleGroups: schedules.groups().map((name) => groupOf(schedules, name)),
	}),
};

/**
 * A local EventBridge Scheduler for the SDK's client: same paths, dates in epoch seconds, errors by `x-amzn-errortype`. It fires
 * to the second, unlike the service, which fires within the minute.
 */
export async function openScheduler(
	port: number,
	invoke: Invoke,
	arnPrefix: string,
	{ store, gate, guard }: SchedulerOptions = {},
): Promise<Scheduler> {
	const schedules = new Schedules(invoke, arnPrefix, store && scheduleStore(store));
	const written = async () => await store?.written();
	const server = createServer((request, response) => {
		answer({ schedules, written, gate, guard }, request, response).catch((error: unknown) => refuse(response, error));
	});
	const taken = await listen(server, port);
	return {
		url: `http://${loopback}:${taken}`,
		close: () => {
			schedules.close();
			server.close();
			server.closeAllConnections();
		},
	};
}

type AnswerDeps = Pick<SchedulerOptions, "gate" | "guard"> & {
	readonly schedules: Schedules;
	readonly written: () => Promise<void>;
};

async function answer(
	{ schedules, written, gate, guard }: AnswerDeps,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const { pathname, searchParams } = new URL(request.url ?? "/", "http://scheduler");
	const [, path = "", name = ""] = /^(\/[^/]*\/?)(.*)$/.exec(pathname) ?? [];
	const operation = operations[`${request.method} ${path}`];
	if (!operation) throw new SchedulerError("ValidationException", `${request.method} ${pathname} is not an operation.`);
	const sent = await text(request);
	const body = sent === "" ? {} : (JSON.parse(sent) as Record<string, unknown>);
	const { method = "", url = "", headers } = request;
	const refusal = guard?.(headers.authorization, () => ({ method, url, target: "", body }));
	if (refusal) return void response.writeHead(refusal.status, refusal.headers).end(refusal.body);
	await gate?.passed();
	const output = operation(schedules, { name: decodeURIComponent(name), query: searchParams, body });
	await written();
	send(response, 200, output);
}

function refuse(response: ServerResponse, error: unknown): void {
	const known = error instanceof SchedulerError;
	response.setHeader("x-amzn-errortype", known ? error.name : "InternalServerException");
	send(response, known ? error.status : 500, { Message: known ? error.message : String(error) });
}

function send(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function groupIn(query: URLSearchParams): string {
	return query.get("groupName") ?? "default";
}

function groupOf(schedules: Schedules, name: string): object {
	return { Name: name, Arn: schedules.groupArn(name), State: "ACTIVE" };
}

function described({ name, arn, input, createdAt, changedAt }: Schedule): object {
	const { ClientToken: _, ...fields } = input;
	return {
		...fields,
		Name: name,
		Arn: arn,
		CreationDate: createdAt / 1_000,
		LastModificationDate: changedAt / 1_000,
	};
}

/** A page of schedules, sorted by name. The token is the last name of the page. */
function listed(schedules: Schedules, query: URLSearchParams): object {
	const pageMax = Number(query.get("MaxResults") ?? 100);
	const prefix = query.get("NamePrefix") ?? "";
	const [group, state, token] = [query.get("ScheduleGroup"), query.get("State"), query.get("NextToken")];
	const found = schedules
		.all()
		.filter(({ name }) => name.startsWith(prefix) && (token === null || name > token))
		.filter(({ input }) => (group === null || input.GroupName === group) && (state === null || input.State === state))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
	const page = found.slice(0, pageMax);
	return {
		Schedules: page.map((schedule) => {
			const { GroupName, State, Target } = schedule.input;
			return { ...described(schedule), GroupName, State, Target: { Arn: Target.Arn } };
		}),
		...(found.length > page.length && { NextToken: page.at(-1)?.name }),
	};
}
