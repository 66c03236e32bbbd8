import type { LaneUrls } from "#shared/aws/sqs/sqs-lanes.ts";
import { laneRole } from "#shared/contracts/resource-names.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import type { Target } from "./target.ts";

export async function laneUrlsOf(target: Target): Promise<LaneUrls> {
	const urls = await Promise.all(lanes.map(async ({ name }) => [name, await target.queueUrl(laneRole(name))] as const));
	return Object.fromEntries(urls) as LaneUrls;
}
