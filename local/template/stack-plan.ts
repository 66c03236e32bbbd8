import type { Roles } from "../permissions/denied-permission.ts";
import {
	type EventSourceMapping,
	type LambdaFunction,
	type Route,
	readEventSourceMappings,
	readFunctions,
	readRoutes,
} from "./plan-compute.ts";
import { readRoles } from "./plan-roles.ts";
import { readScheduleGroups, readSchedules, type TemplateSchedule } from "./plan-schedules.ts";
import { readService, type ServicePlan } from "./plan-service.ts";
import { type Queue, readQueues, readTables, type TablePlan } from "./plan-stores.ts";
import type { References } from "./resolve.ts";
import type { Template } from "./template.ts";

/**
 * The template's resources with all references resolved. The keys of tables and queues are their roles in infra/ (`messages`,
 * `lane-kcell-urgent`, `receipts-dead`), those of functions are their physical names.
 */
export type StackPlan = {
	readonly tables: Readonly<Record<string, TablePlan>>;
	readonly queues: Readonly<Record<string, Queue>>;
	readonly functions: Readonly<Record<string, LambdaFunction>>;
	readonly routes: readonly Route[];
	readonly eventSourceMappings: readonly EventSourceMapping[];
	readonly scheduleGroups: readonly string[];
	readonly schedules: readonly TemplateSchedule[];
	readonly service: ServicePlan;
	readonly roles: Roles;
};

/** @throws Error if the template has something that the local stack does not support. */
export function stackPlanFrom(template: Template, references: References): StackPlan {
	return {
		tables: readTables(template, references),
		queues: readQueues(template, references),
		functions: readFunctions(template, references),
		routes: readRoutes(template, references),
		eventSourceMappings: readEventSourceMappings(template, references),
		scheduleGroups: readScheduleGroups(template, references),
		schedules: readSchedules(template, references),
		service: readService(template, references),
		roles: readRoles(template, references),
	};
}
