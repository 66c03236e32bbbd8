import { operators } from "#shared/domain/message/operators.ts";
import type { AlarmArticle } from "./alarms.ts";
import { namePrefix, type Stage } from "./stage.ts";

type AlarmId = readonly [article: AlarmArticle, of?: string];

/**
 * Alarms that ring if a new release of the SMPP service does not work. Each counts by itself: ECS ignores those that ring before
 * a deployment begins, such as that of an operator which is down.
 */
const ofService: readonly AlarmId[] = [
	["task-gone"],
	["task-stalled"],
	["requests-refused", "smpp"],
	...operators.map((operator): AlarmId => ["operator-unbound", operator]),
];

/** Alarms that ring if a new release of the functions does not work. */
export const functionReleaseAlarms = [
	["release-failing", "api"],
	["release-failing", "queues"],
	["requests-refused", "rest"],
] as const satisfies readonly AlarmId[];

/** Physical names, since the alarms are on metrics of the service itself. */
export function serviceAlarmNames(stage: Stage): [string, ...string[]] {
	return ofService.map((id) => alarmName(stage, ...id)) as [string, ...string[]];
}

export function alarmName(stage: Stage, article: AlarmArticle, of?: string): string {
	return [namePrefix(stage), article, of ?? []].flat().join("-");
}
