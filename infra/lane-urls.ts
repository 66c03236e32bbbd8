import { Fn } from "aws-cdk-lib";
import { laneRole } from "#shared/contracts/resource-names.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import type { Queues } from "./queues.ts";

/** The value of LANE_QUEUE_URLS. The URLs themselves would exceed Lambda's 4 KB of environment with eight operators. */
export function laneUrls(queues: Queues): string {
	const [{ name }] = lanes as [(typeof lanes)[number]];
	const [url, own] = [queues.lanes[name].queue.queueUrl, laneRole(name)];
	return Fn.join("", [Fn.select(0, Fn.split(own, url)), own.replace(name, "{lane}")]);
}
