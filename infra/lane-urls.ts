import { lanes } from "#shared/domain/message/lanes.ts";
import type { Queues } from "./queues.ts";

/**
 * The value of LANE_QUEUE_URLS. Written by hand rather than by `Stack.toJsonString`, which quotes every reference by itself
 * and more than doubles the template; a lane's name and a queue's URL hold nothing that JSON would escape.
 */
export function laneUrls(queues: Queues): string {
	return `{${lanes.map(({ name }) => `"${name}":"${queues.lanes[name].queue.queueUrl}"`).join(",")}}`;
}
