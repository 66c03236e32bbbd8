import type { LocalStack } from "#local/local-stack-options.ts";
import { aBody } from "../client.ts";
import type { ObservedStack } from "./observed-stack.ts";

const prefixes = ["7701", "7708", "7705", "7707"] as const;

const everyMs = 250;

export type Traffic = {
	/** Fields of each message. */
	fields: Record<string, unknown>;
	stop(): void;
};

/** Sends a message to each operator, several times a second. */
export function startTraffic({ url }: LocalStack, user: string, observed: ObservedStack): Traffic {
	const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString("base64")}`;
	let last = 0;
	const traffic: Traffic = { fields: {}, stop: () => clearInterval(timer) };
	const send = async () => {
		last += 1;
		const messages = prefixes.map((prefix) =>
			aBody({ recipient: `${prefix}${String(last).padStart(7, "0")}`, ...traffic.fields }),
		);
		const request = { method: "POST", headers: { authorization }, body: JSON.stringify({ messages }) };
		const answer = await fetch(`${url}/batches`, request);
		await answer.text();
		observed.answered(answer.status);
	};
	/* A gateway that is broken on purpose may not answer. */
	const timer = setInterval(() => void send().catch(() => undefined), everyMs);
	return traffic;
}
