import * as z from "zod";
import { roleNameIn } from "./plan-roles.ts";
import { readResources } from "./read-resources.ts";
import type { References } from "./resolve.ts";
import type { Template } from "./template.ts";

export type LambdaFunction = {
	readonly name: string;
	readonly arn: string;
	/** Source file, from the repository's root. */
	readonly entry: string;
	readonly timeoutSeconds: number;
	readonly memoryMb: number;
	readonly env: Readonly<Record<string, string>>;
	/** The name of the role that it runs in. */
	readonly role: string;
};

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

export type Route = {
	/** `POST /path/{parameter}` or `$default`. */
	readonly key: string;
	readonly functionName: string;
};

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
		if (functionName === undefined) throw new Error(`the route ${properties.RouteKey} leads to no integration`);
		return { key: properties.RouteKey, functionName };
	});
}

/** An event source mapping: which queue feeds which function, and how. */
export type EventSourceMapping = {
	readonly queueArn: string;
	readonly functionName: string;
	readonly batchSize: number;
	readonly concurrencyMax: number;
	/** Whether the function may answer which of its batch failed. */
	readonly reportsItemFailures: boolean;
};

const mappingProperties = z.object({
	EventSourceArn: z.string(),
	FunctionName: z.string(),
	BatchSize: z.number().max(10).default(10),
	MaximumBatchingWindowInSeconds: z.literal(0, "windows are not kept locally").default(0),
	FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
	ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
});

/** Where the template sets none: what AWS lets a queue grow to would only be queueing in a single process. */
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

/** A function's name, given that or its ARN. */
export function functionNameIn(reference: string): string {
	return reference.startsWith("arn:") ? (reference.split(":")[6] ?? reference) : reference;
}
