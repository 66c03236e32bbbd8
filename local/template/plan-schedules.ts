import * as z from "zod";
import { readResources } from "./read-resources.ts";
import type { World } from "./resolve.ts";
import type { Template } from "./template.ts";

const properties = z.object({
	Name: z.string(),
	GroupName: z.string().optional(),
	ScheduleExpression: z.string(),
	ScheduleExpressionTimezone: z.string().optional(),
	FlexibleTimeWindow: z.object({ Mode: z.literal("OFF") }),
	Target: z.object({ Arn: z.string(), RoleArn: z.string(), Input: z.string().optional() }),
});

/** A recurring schedule, as CreateSchedule takes it. */
export type Schedule = z.output<typeof properties>;

/** The names of the groups that schedules are made in, at deployment or later. */
export function readScheduleGroups(template: Template, world: World): readonly string[] {
	const named = z.object({ Name: z.string() });
	return readResources(template, world, "AWS::Scheduler::ScheduleGroup", named).map((found) => found.properties.Name);
}

export function readSchedules(template: Template, world: World): readonly Schedule[] {
	return readResources(template, world, "AWS::Scheduler::Schedule", properties).map((found) => found.properties);
}
