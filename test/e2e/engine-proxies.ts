import type { GatewayProcess, LocalStackOptions } from "#local/local-stack-options.ts";
import { type EngineCall, type EngineProxy, openEngineProxy } from "./engine-proxy.ts";

export type EngineName = "dynamodb" | "sqs";

/** A proxy for each process of the gateway and each of these engines. */
export type EngineProxies = {
	/** The `endpoints` option of the local stack. */
	readonly endpoints: NonNullable<LocalStackOptions["endpoints"]>;
	of(process: GatewayProcess, engine: EngineName): EngineProxy;
	close(): void;
};

export async function openEngineProxies(): Promise<EngineProxies> {
	const all = new Map<string, EngineProxy>();
	for (const process of ["lambdas", "smpp"])
		for (const engine of ["dynamodb", "sqs"]) all.set(`${process} ${engine}`, await openEngineProxy());
	return {
		endpoints: (process, engine, url) => all.get(`${process} ${engine}`)?.before(url) ?? url,
		of(process, engine) {
			const found = all.get(`${process} ${engine}`);
			if (found === undefined) throw new Error(`there is no proxy between ${process} and ${engine}`);
			return found;
		},
		close() {
			for (const one of all.values()) one.close();
		},
	};
}

/** Matches the calls of an operation whose body has this text. */
export const calls = (operation: string, text: RegExp) => (call: EngineCall) =>
	call.operation === operation && text.test(call.body);
