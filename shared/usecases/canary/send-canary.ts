import type { Clock } from "../../clock.ts";
import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics.ts";

/** The gateway's API as a client sees it. Each call ends within its own time limit. */
export type CanaryApi = {
	/** @throws Error if the message is not accepted. */
	send(clientMessageId: string): Promise<void>;
	/** @throws Error if the message cannot be read. */
	statusOf(clientMessageId: string): Promise<string>;
};

export type CanaryDeps = {
	readonly api: CanaryApi;
	readonly now: Clock;
	readonly log: Log;
	readonly metrics: Pick<Metrics, "count">;
};

/** Between two canaries: how long one may take to its receipt. */
export const canaryPeriodMs = 5 * 60_000;

/**
 * Sends a message as a client does, after it has checked that the one of the previous period was delivered. Counts those that were. A
 * late, lost or refused canary counts nothing, which sets off the alarm.
 */
export async function sendCanary({ api, now, log, metrics }: CanaryDeps): Promise<void> {
	const period = Math.floor(now() / canaryPeriodMs);
	await attempted(log, "check", async () => {
		const clientMessageId = canaryId(period - 1);
		const status = await api.statusOf(clientMessageId);
		if (status === "DELIVERED") metrics.count("CanariesDelivered", 1);
		else log.warn("canary.late", { client_message_id: clientMessageId, status });
	});
	await attempted(log, "send", async () => await api.send(canaryId(period)));
}

/** The same in each run of a period, so a run that is repeated sends no second message. */
function canaryId(period: number): string {
	return `canary-${period}`;
}

async function attempted(log: Log, step: "check" | "send", act: () => Promise<void>): Promise<void> {
	try {
		await act();
	} catch (err) {
		log.warn("canary.failed", { step, err });
	}
}
