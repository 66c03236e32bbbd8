import type { Roles } from "../permissions/judge.ts";
import { type Feed, type LambdaFunction, type Route, readFeeds, readFunctions, readRoutes } from "./plan-compute.ts";
import { readRoles } from "./plan-roles.ts";
import { readScheduleGroups, readSchedules, type Schedule } from "./plan-schedules.ts";
import { readService, type Service } from "./plan-service.ts";
import { type Queue, readQueues, readTables, type Table } from "./plan-stores.ts";
import type { World } from "./resolve.ts";
import type { Template } from "./template.ts";

/**
 * The local system as data: what the template says is there, with every reference resolved. Tables and queues are found by
 * the role that infra/ gave them (`messages`, `lane-kcell-urgent`, `receipts-dead`), functions by their physical name.
 */
export type Plan = {
	readonly tables: Readonly<Record<string, Table>>;
	readonly queues: Readonly<Record<string, Queue>>;
	readonly functions: Readonly<Record<string, LambdaFunction>>;
	readonly routes: readonly Route[];
	readonly feeds: readonly Feed[];
	readonly scheduleGroups: readonly string[];
	readonly schedules: readonly Schedule[];
	readonly service: Service;
	/** What each role may do, by its name. */
	readonly roles: Roles;
};

/** @throws Error for anything in the template that the local house would have to leave out. */
export function planFrom(template: Template, world: World): Plan {
	return {
		tables: readTables(template, world),
		queues: readQueues(template, world),
		functions: readFunctions(template, world),
		routes: readRoutes(template, world),
		feeds: readFeeds(template, world),
		scheduleGroups: readScheduleGroups(template, world),
		schedules: readSchedules(template, world),
		service: readService(template, world),
		roles: readRoles(template, world),
	};
}
