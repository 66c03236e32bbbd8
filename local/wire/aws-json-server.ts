import { randomUUID } from "node:crypto";
import type { Guard } from "../permissions/guard.ts";
import type { HttpRequest } from "./http-requests.ts";
import { type HttpAnswer, type HttpServer, openHttpServer } from "./http-server.ts";
import { ServiceError } from "./service-error.ts";
import { Unsupported } from "./unsupported.ts";

export type AwsJsonServerOptions = {
	/** Carries out one operation. @param onGone calls back if the client disconnects before the answer. */
	readonly execute: (
		operation: string,
		input: object,
		onGone: (listener: () => void) => void,
	) => object | Promise<object>;
	/** Refuses calls that the caller may not make; default none. */
	readonly guard?: Guard | undefined;
	readonly errorHeaders?: (error: ServiceError) => Readonly<Record<string, string>>;
	/** A call that the engine does not support, or a fault of the engine. */
	readonly onFault: (operation: string, error: unknown) => void;
};

/** Serves AWS's JSON protocol on a free port. */
export async function openAwsJsonServer(options: AwsJsonServerOptions): Promise<HttpServer> {
	return await openHttpServer(async (request, onGone) => await answer(options, request, onGone));
}

async function answer(
	{ execute, guard, errorHeaders, onFault }: AwsJsonServerOptions,
	request: HttpRequest,
	onGone: (listener: () => void) => void,
): Promise<HttpAnswer> {
	const target = request.header("x-amz-target") ?? "";
	const operation = target.slice(target.lastIndexOf(".") + 1);
	try {
		const body = inputIn(request.body);
		const refusal = guard?.(request.header("authorization"), () => ({ method: "POST", url: "/", target, body }));
		return refusal ?? json(200, await execute(operation, body, onGone));
	} catch (error) {
		if (error instanceof ServiceError) {
			return json(400, { __type: error.name, message: error.message }, errorHeaders?.(error));
		}
		onFault(operation, error);
		const isRefused = error instanceof Unsupported;
		return json(isRefused ? 400 : 500, {
			__type: isRefused ? error.name : "InternalServerError",
			message: String(error),
		});
	}
}

function inputIn(body: string): object {
	try {
		const input: unknown = JSON.parse(body);
		if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
	} catch {}
	throw new ServiceError("SerializationException", "The body is not a JSON object");
}

function json(status: number, output: object, more?: HttpAnswer["headers"]): HttpAnswer {
	const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": randomUUID(), ...more };
	return { status, headers, body: JSON.stringify(output) };
}
