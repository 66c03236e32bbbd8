import type * as z from "zod";
import { getStatsEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { statisticsByPeriod } from "#shared/domain/counts/statistics.ts";
import { statisticsView } from "#shared/domain/counts/statistics-view.ts";
import { countReadsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { authenticatedAccount, httpHandler } from "./http/http-handler.ts";
import { ok } from "./http/responses.ts";
import { statsQuery } from "./http/stats-query.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** GET /stats: how many messages of the user were accepted, submitted and delivered, by hour, day or month (A52). */
export const handler = getStatsHandler(readEnv(getStatsEnv));

export function getStatsHandler(env: z.output<typeof getStatsEnv>) {
	const { log, metrics } = telemetryOnAws(env, "get-stats");
	const counts = countReadsOnAws(env, log);
	const admitRequest = admissionOnAws(env);

	return flushingMetrics(
		metrics,
		httpHandler(async (event) => {
			const { userName } = await authenticatedAccount(event, admitRequest);
			const { from, to, by, range } = statsQuery(event, Date.now());
			const hours = await counts.read(userName, range.from, range.to);
			const periods = statisticsByPeriod(hours, by).map(({ period, ...one }) => ({ period, ...statisticsView(one) }));
			return ok({ from, to, by, periods });
		}),
	);
}
