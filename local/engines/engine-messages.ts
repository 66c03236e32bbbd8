import * as z from "zod";
import type { Roles } from "../permissions/denied-permission.ts";
import { statement } from "../permissions/policy.ts";
import type { EngineUrls } from "./create-resources.ts";

/** What the supervisor and the processes of the engines send each other. */

export const enginesStart = z.object({
	region: z.string(),
	permissions: z.enum(["checked", "open"]),
	/** An existing folder for the process's own file. */
	folder: z.string(),
	/** Whether the folder outlives this run. */
	isDurable: z.boolean(),
	/** The end of all access keys of this run. */
	secret: z.string().optional(),
});
export type EnginesStart = z.output<typeof enginesStart>;

export const dynamoReady = z.object({ url: z.url() });
export type DynamoReady = z.output<typeof dynamoReady>;

export const enginesReady = z.object({ sqs: z.url(), scheduler: z.url() }) satisfies z.ZodType<
	Omit<EngineUrls, "dynamodb">
>;
export type EnginesReady = z.output<typeof enginesReady>;

const roles = z.record(z.string(), z.array(statement).readonly()) satisfies z.ZodType<Roles>;

export const rolesCommand = z.strictObject({ roles });
export type RolesCommand = z.output<typeof rolesCommand>;

/** The steps of a backup, in this order. A held engine answers no call. */
const backupCommand = z.strictObject({
	/** Of the backup. */
	id: z.uuid(),
	backup: z.enum(["hold", "copy", "release"]),
	/** Where to copy. */
	file: z.string(),
});
export type BackupCommand = z.output<typeof backupCommand>;

export const dynamoCommand = z.union([rolesCommand, backupCommand]);

export const enginesCommand = z.union([z.strictObject({ lambdaUrl: z.url() }), rolesCommand, backupCommand]);
export type EnginesCommand = z.output<typeof enginesCommand>;

export const backupStep = z.object({
	id: z.uuid(),
	step: z.enum(["held", "begun", "copied", "failed"]),
	error: z.string().optional(),
});
export type BackupStep = z.output<typeof backupStep>;

export const rolesApplied = z.object({ rolesApplied: z.literal(true) });
export type RolesApplied = z.output<typeof rolesApplied>;
