import { basePath } from "#shared/contracts/routes.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import type { FunctionRole } from "./deployment.ts";
import type { SimulatedFunctions } from "./functions.ts";

export type ApiRequest = {
	readonly role: FunctionRole;
	readonly method: "GET" | "POST" | "DELETE";
	readonly path: string;
	readonly pathParameters?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	readonly login: { readonly userName: string; readonly password: string };
};

export type ApiAnswer = {
	/** 0 if the client got no response in time. */
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: unknown;
};

export type SimulatedApi = {
	/** Calls the API from a client's process with a time limit. */
	ask(client: SimulatedProcess, request: ApiRequest, waitMs: number): Promise<ApiAnswer>;
};

const nothing: ApiAnswer = { status: 0, headers: {}, body: null };
const tripMs = { least: 3, most: 40 } as const;

/** API Gateway's time limit for a function. */
const gatewayMs = 29_000;

/** API Gateway: requests become events of payload format 2.0, and a function's failure becomes a 500. */
export function simulatedApi(kernel: Kernel, functions: SimulatedFunctions): SimulatedApi {
	let requests = 0;
	const trip = (client: SimulatedProcess) =>
		tripMs.least + kernel.draws.number(client.name, "trip") * (tripMs.most - tripMs.least);

	return {
		ask(client, request, waitMs) {
			const { promise, resolve } = Promise.withResolvers<ApiAnswer>();
			requests += 1;
			const event = eventOf(request, `request-${requests}`);
			const limit = kernel.after(waitMs, client, () => resolve(nothing));
			let isAnswered = false;
			const answer = (given: ApiAnswer) => {
				if (isAnswered) return;
				isAnswered = true;
				kernel.after(trip(client), client, () => {
					if (limit.run === undefined) return;
					limit.run = undefined;
					kernel.trace.note(`${request.role} answered`, kernel.now, given.status);
					kernel.trace.line(() => `${request.method} ${request.path} → ${given.status} ${JSON.stringify(given.body)}`);
					resolve(given);
				});
			};
			kernel.trace.line(() => `${request.method} ${request.path} ${JSON.stringify(request.body ?? null)}`);
			kernel.after(trip(client), undefined, () => {
				kernel.after(gatewayMs, undefined, () => answer(gatewayAnswer(503, "Service Unavailable")));
				functions.invoke(request.role, event, (invocation) => {
					if (invocation.kind === "failed") answer(gatewayAnswer(500, "Internal Server Error"));
					else answer(answerOf(invocation.value as HandlerAnswer));
				});
			});
			return promise;
		},
	};
}

type HandlerAnswer = {
	readonly statusCode?: number;
	readonly headers?: Record<string, string>;
	readonly body?: string;
};

function answerOf({ statusCode = 200, headers = {}, body }: HandlerAnswer): ApiAnswer {
	return { status: statusCode, headers, body: body === undefined ? null : JSON.parse(body) };
}

const gatewayAnswer = (status: number, message: string): ApiAnswer => ({ status, headers: {}, body: { message } });

function eventOf({ method, path, pathParameters, body, login }: ApiRequest, requestId: string): object {
	const encoded = Buffer.from(`${login.userName}:${login.password}`).toString("base64");
	const rawPath = `${basePath}${path}`;
	return {
		version: "2.0",
		routeKey: "$default",
		rawPath,
		rawQueryString: "",
		headers: { authorization: `Basic ${encoded}`, "content-type": "application/json" },
		isBase64Encoded: false,
		requestContext: {
			requestId,
			http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "simulated" },
		},
		...(pathParameters !== undefined && { pathParameters }),
		...(body !== undefined && { body: JSON.stringify(body) }),
	};
}
