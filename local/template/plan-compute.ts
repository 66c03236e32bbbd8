import * as z from "zod";
import { roleNameIn } from "./plan-roles.ts";
import { readResources } from "./read-resources.ts";
import type { References } from "./resolve.ts";
import type { Template } from "./template.ts";

export const lambdaFunction = z.object({
	name: z.string(),
	arn: z.string(),
	/** Source file, relative to the repository's root. */
	entry: z.string(),
	timeoutSeconds: z.number(),
	memoryMb: z.number(),
	env: z.record(z.string(), z.string()),
	role: z.string(),
});
export type LambdaFunction = Readonly<z.output<typeof lambdaFunction>>;

const functionProperties = z.object({
	FunctionName: z.string(),
	Timeout: z.number(),
	MemorySize: z.number(),
	Role: z.string(),
	Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
});

export function readFunctions(template: Template, references: References): Readonly<Record<string, LambdaFunction>> {
	const found = readResources(template, references, "AWS::Lambda::Function", functionProperties);
	return Object.fromEntries(
		found.map(({ id, properties, metadata }) => [
			properties.FunctionName,
			{
				name: properties.FunctionName,
				arn: references.attribute(id, "Arn"),
				entry: metadata("entry"),
				timeoutSeconds: properties.Timeout,
				memoryMb: properties.MemorySize,
				env: properties.Environment?.Variables ?? {},
				role: roleNameIn(properties.Role),
			},
		]),
	);
}

export const route = z.object({
	/** `POST /path/{parameter}` or `$default`. */
	key: z.string(),
	functionName: z.string(),
});
export type Route = Readonly<z.output<typeof route>>;

const routeProperties = z.object({ RouteKey: z.string(), Target: z.string() });

const integrationProperties = z.object({
	IntegrationType: z.literal("AWS_PROXY"),
	IntegrationUri: z.string(),
	PayloadFormatVersion: z.literal("2.0"),
});

export function readRoutes(template: Template, references: References): readonly Route[] {
	const integrations = readResources(template, references, "AWS::ApiGatewayV2::Integration", integrationProperties);
	const functionOf = new Map(
		integrations.map(({ id, properties }) => [
			`integrations/${references.ref(id)}`,
			functionNameIn(properties.IntegrationUri),
		]),
	);
	return readResources(template, references, "AWS::ApiGatewayV2::Route", routeProperties).map(({ properties }) => {
		const functionName = functionOf.get(properties.Target);
		if (functionName === undefined) throw new Error(`the route ${properties.RouteKey} has no integration`);
		return { key: properties.RouteKey, functionName };
	});
}

export const eventSourceMapping = z.object({
	queueArn: z.string(),
	functionName: z.string(),
	batchSize: z.number(),
	concurrencyMax: z.number(),
	/** Whether the function may name the entries of its batch that failed. */
	reportsItemFailures: z.boolean(),
});
export type EventSourceMapping = Readonly<z.output<typeof eventSourceMapping>>;

const mappingProperties = z.object({
	EventSourceArn: z.string(),
	FunctionName: z.string(),
	BatchSize: z.number().max(10).default(10),
	MaximumBatchingWindowInSeconds: z.literal(0, "the local stack has no batching windows").default(0),
	FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
	ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
});

/** Used if the template sets none. More, as in AWS, would only queue up inside this one process. */
const concurrencyDefault = 50;

export function readEventSourceMappings(template: Template, references: References): readonly EventSourceMapping[] {
	const found = readResources(template, references, "AWS::Lambda::EventSourceMapping", mappingProperties);
	return found.map(({ properties }) => ({
		queueArn: properties.EventSourceArn,
		functionName: functionNameIn(properties.FunctionName),
		batchSize: properties.BatchSize,
		concurrencyMax: properties.ScalingConfig?.MaximumConcurrency ?? concurrencyDefault,
		reportsItemFailures: properties.FunctionResponseTypes.includes("ReportBatchItemFailures"),
	}));
}

/** The function's name in a reference that is its name or its ARN, with or without an alias. */
export function functionNameIn(reference: string): string {
	const parts = reference.split(":");
	return (reference.startsWith("arn:") ? parts[6] : parts[0]) ?? reference;
}
