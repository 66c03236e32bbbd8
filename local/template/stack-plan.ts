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
import { readService, type Service } from "./plan-service.ts";
import { type Queue, readQueues, readTables, type Table } from "./plan-stores.ts";
import type { References } from "./resolve.ts";
import type { Template } from "./template.ts";

/**
 * The local system as data: what the template says is there, with every reference resolved. Tables and queues are found by
 * the role that infra/ gave them (`messages`, `lane-kcell-urgent`, `receipts-dead`), functions by their physical name.
 */
export type StackPlan = {
	readonly tables: Readonly<Record<string, Table>>;
	readonly queues: Readonly<Record<string, Queue>>;
	readonly functions: Readonly<Record<string, LambdaFunction>>;
	readonly routes: readonly Route[];
	readonly eventSourceMappings: readonly EventSourceMapping[];
	readonly scheduleGroups: readonly string[];
	readonly schedules: readonly TemplateSchedule[];
	readonly service: Service;
	/** What each role may do, by its name. */
	readonly roles: Roles;
};

/** @throws Error for anything in the template that the local stack would have to leave out. */
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
