import { lanes } from "#shared/domain/message/lanes.ts";
import type { Queues } from "./queues.ts";

/**
 * The value of LANE_QUEUE_URLS. `Stack.toJsonString` would more than double the template. Lane names and queue URLs need no JSON escapes.
 */
export function laneUrls(queues: Queues): string {
	return `{${lanes.map(({ name }) => `"${name}":"${queues.lanes[name].queue.queueUrl}"`).join(",")}}`;
}
