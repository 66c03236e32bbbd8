import { phoneEvents, phonesPath, webhookRequests, webhookRequestsPath } from "#shared/contracts/local-servers.ts";
import { localServersOf } from "../local-servers.ts";
import type { Target } from "../target.ts";
import type { TopicSource } from "./event-streams.ts";
import { trafficReader } from "./traffic.ts";

const limitMs = 5_000;

export type TopicName = "phones" | "traffic";

/** What pages watch. */
export function topics(target: Target): Readonly<Record<TopicName, TopicSource>> {
	/* On AWS a reading is 20 calls. */
	const trafficEveryMs = target.stageName === null ? 1_000 : 5_000;
	return {
		phones: { everyMs: 400, open: () => phonesReader(target) },
		traffic: { everyMs: trafficEveryMs, open: () => trafficReader(target) },
	};
}

/** What came to the phones and to the webhook server since the last call. */
function phonesReader(target: Target) {
	let [events, requests, modes] = [0, 0, ""];
	return async () => {
		const { operatorsControlUrl, sinkUrl } = localServersOf(target);
		const phones = phoneEvents.parse(await read(`${operatorsControlUrl}${phonesPath}?after=${events}`));
		const webhook = webhookRequests.parse(await read(`${sinkUrl}${webhookRequestsPath}?after=${requests}`));
		const isSame = JSON.stringify(webhook.modes) === modes;
		if (phones.last === events && webhook.last === requests && isSame && events + requests > 0) return null;
		[events, requests, modes] = [phones.last, webhook.last, JSON.stringify(webhook.modes)];
		return { events: phones.events, requests: webhook.requests, modes: webhook.modes };
	};
}

async function read(url: string): Promise<unknown> {
	const answer = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
	return await answer.json();
}
