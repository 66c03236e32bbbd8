import * as z from "zod";
import { readResources } from "./read-resources.ts";
import type { References } from "./resolve.ts";
import type { Template } from "./template.ts";

const properties = z.object({
	Name: z.string(),
	GroupName: z.string().optional(),
	ScheduleExpression: z.string(),
	ScheduleExpressionTimezone: z.string().optional(),
	FlexibleTimeWindow: z.object({ Mode: z.literal("OFF") }),
	Target: z.object({ Arn: z.string(), RoleArn: z.string(), Input: z.string().optional() }),
});

export type TemplateSchedule = z.output<typeof properties>;

export function readScheduleGroups(template: Template, references: References): readonly string[] {
	const named = z.object({ Name: z.string() });
	return readResources(template, references, "AWS::Scheduler::ScheduleGroup", named).map(
		(found) => found.properties.Name,
	);
}

export function readSchedules(template: Template, references: References): readonly TemplateSchedule[] {
	return readResources(template, references, "AWS::Scheduler::Schedule", properties).map((found) => found.properties);
}
