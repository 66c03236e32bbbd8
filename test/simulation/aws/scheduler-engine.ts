import { ConflictException, type CreateScheduleCommandInput } from "@aws-sdk/client-scheduler";
import { onlyKnown, unsupported } from "#local/wire/unsupported.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { sortedList } from "./sorted-list.ts";

export type DueSchedule = {
	readonly name: string;
	readonly targetArn: string;
	readonly input: string;
	/** Milliseconds of the epoch. */
	readonly at: number;
};

/**
 * EventBridge Scheduler in memory: one-time schedules that delete themselves, as shared/aws creates them. Every group
 * exists.
 */
export type SchedulerEngine = {
	/** @throws ConflictException if the group has a schedule of that name; Unsupported. */
	execute(operation: string, input: object, now: number): object;
	/** Returns and removes the due schedules, earliest first. A schedule for a past time is due at once. */
	due(now: number): readonly DueSchedule[];
	/** The time of the earliest; undefined if there is none. */
	nextAt(): number | undefined;
	/** All schedules are lost. */
	lose(): void;
};

type Kept = DueSchedule & { readonly key: string };

export function schedulerEngine(): SchedulerEngine {
	const keys = new Set<string>();
	const schedules = sortedList<Kept>(
		(one, other) => one.at - other.at || (one.key < other.key ? -1 : +(one.key > other.key)),
	);
	return {
		execute(operation, input) {
			if (operation !== "CreateSchedule") unsupported(`the scheduler's ${operation}`);
			onlyKnown(operation, input, createFields);
			const schedule = scheduleOf(input as CreateScheduleCommandInput);
			if (keys.has(schedule.key)) throw conflict(schedule.name);
			keys.add(schedule.key);
			schedules.add(schedule);
			return { $metadata: {}, ScheduleArn: `arn:aws:scheduler:eu-central-1:000000000000:schedule/${schedule.key}` };
		},
		due(now) {
			const found: DueSchedule[] = [];
			for (let next = schedules.values[0]; next !== undefined && next.at <= now; next = schedules.values[0]) {
				schedules.removeAt(0);
				keys.delete(next.key);
				const { key: _, ...due } = next;
				found.push(due);
			}
			return found;
		},
		nextAt: () => schedules.values[0]?.at,
		lose() {
			keys.clear();
			while (schedules.values.length > 0) schedules.removeAt(0);
		},
	};
}

const createFields = new Set([
	"Name",
	"GroupName",
	"ScheduleExpression",
	"ScheduleExpressionTimezone",
	"FlexibleTimeWindow",
	"ActionAfterCompletion",
	"Target",
]);

function scheduleOf(input: CreateScheduleCommandInput): Kept {
	const { Name: name = "", GroupName = "default", ActionAfterCompletion, FlexibleTimeWindow, Target } = input;
	if (!/^[\w.-]{1,64}$/.test(name)) unsupported(`a schedule of the name ${name}`);
	if (ActionAfterCompletion !== "DELETE") unsupported("a schedule that stays after its time");
	if (FlexibleTimeWindow?.Mode !== "OFF") unsupported("a flexible time window");
	const { Arn: targetArn = "", Input = "" } = Target ?? {};
	return { key: `${GroupName}/${name}`, name, targetArn, input: Input, at: instantOf(input) };
}

function instantOf({ ScheduleExpression = "", ScheduleExpressionTimezone: zone }: CreateScheduleCommandInput): number {
	const [, date, time] = /^at\(([\d-]+)T([\d:]+)\)$/.exec(ScheduleExpression) ?? [];
	const at = zone === "Asia/Almaty" ? instantFromAlmatyText(`${date} ${time}`) : null;
	return at ?? unsupported(`the time ${ScheduleExpression} of ${zone}`);
}

function conflict(name: string): ConflictException {
	return new ConflictException({ Message: `Schedule ${name} already exists.`, message: "", $metadata: {} });
}
