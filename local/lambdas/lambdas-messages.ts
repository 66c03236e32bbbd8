import * as z from "zod";
import { eventSourceMapping, lambdaFunction, route } from "../template/plan-compute.ts";

/** What the supervisor and the process of the functions send each other. */

const port = z.int().min(0).max(65_535);

export const lambdaPorts = z.object({ httpPort: port, invokePort: port });
export type LambdaPorts = z.output<typeof lambdaPorts>;

/** The ports to listen on, 0 for any free one; the answer holds those that were opened. */
export const listenCommand = z.strictObject({
	ports: lambdaPorts,
	/** The address of the API. */
	host: z.string(),
	/** The API's certificate and its key, in PEM. Without, the API speaks HTTP. */
	tls: z.object({ cert: z.string(), key: z.string() }).optional(),
});
export type ListenCommand = z.output<typeof listenCommand>;

/** The address of the API and of the clients' SMPP, and their certificate. */
export type ServerOptions = Pick<ListenCommand, "host" | "tls">;

export const serveCommand = z.object({
	plan: z.object({
		functions: z.record(z.string(), lambdaFunction),
		queues: z.record(z.string(), z.object({ url: z.url(), arn: z.string() })),
		routes: z.array(route).readonly(),
		eventSourceMappings: z.array(eventSourceMapping).readonly(),
	}),
	/** Variables that every function has: the engines' URLs. Each function's access key is that of its role. */
	env: z.record(z.string(), z.string()),
	sqsUrl: z.url(),
	region: z.string(),
	/** The end of all access keys of this run. */
	secret: z.string().optional(),
	/** So long a function's thread stays without calls. */
	idleMs: z.int().min(1).optional(),
});
export type ServeCommand = z.output<typeof serveCommand>;

export const serveReport = z.strictObject({ serving: z.literal(true) });
