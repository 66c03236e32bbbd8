import * as z from "zod";
import type { Roles } from "../permissions/denied-permission.ts";
import { statement } from "../permissions/policy.ts";
import type { EngineUrls } from "./create-resources.ts";

/** What the supervisor and the process of the engines send each other. */

export const enginesStart = z.object({
	region: z.string(),
	dynamodbUrl: z.url(),
	permissions: z.enum(["checked", "open"]),
});
export type EnginesStart = z.output<typeof enginesStart>;

export const enginesReady = z.object({
	dynamodb: z.url(),
	sqs: z.url(),
	scheduler: z.url(),
}) satisfies z.ZodType<EngineUrls>;

const roles = z.record(z.string(), z.array(statement).readonly()) satisfies z.ZodType<Roles>;

export const enginesCommand = z.union([z.strictObject({ lambdaUrl: z.url() }), z.strictObject({ roles })]);
export type EnginesCommand = z.output<typeof enginesCommand>;

export const rolesApplied = z.object({ rolesApplied: z.literal(true) });
