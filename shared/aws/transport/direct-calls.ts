import { getEndpointFromInstructions } from "@smithy/core/endpoints";
import { HttpResponse } from "@smithy/core/protocols";
import { type RetryResolvedConfig, retryMiddleware } from "@smithy/core/retry";
import { getSmithyContext } from "@smithy/core/transport";
import type {
	$ClientProtocol,
	HandlerExecutionContext,
	InitializeMiddleware,
	MetadataBearer,
	Provider,
	ResponseMetadata,
	SerdeFunctions,
	StaticOperationSchema,
} from "@smithy/types";
import type { AwsResponse, PostRequest } from "./keep-alive-connections.ts";
import { type Credentials, type Header, signerFor } from "./signature-v4.ts";

/** What the calls of one service have in common. */
export type DirectService = {
	/** As signatures name it. */
	readonly signedAs: string;
	/** What stands before an operation's name in `x-amz-target`. */
	readonly target: string;
	readonly headers: readonly Header[];
	/** The operations that are called directly. As we use them, neither what is asked nor what is answered holds octets or dates. */
	readonly operations: readonly string[];
	/** A command of the service, by which its endpoint is found. */
	readonly command: Parameters<typeof getEndpointFromInstructions>[1];
};

/** What a client of the SDK made of its settings. */
export type ClientConfig = RetryResolvedConfig &
	SerdeFunctions & {
		readonly credentials: Provider<Credentials>;
		readonly region: Provider<string>;
		readonly protocol: Pick<$ClientProtocol<unknown, unknown>, "deserializeResponse">;
	};

/** Where a middleware must stand that takes the place of all that follow. */
export const directCallsOption = { name: "directCalls", step: "initialize", priority: "high" } as const;

/**
 * Calls these operations of a service by the shortest way: what is asked as JSON, signed, posted, and the answer's JSON taken as it is. The
 * credentials, the endpoint, the retries and what an error becomes are the SDK's. Its own way of a call copies its whole
 * configuration four times, and walks through what is asked and answered by their schemas: several times the CPU.
 */
export function directCalls<Input extends object, Output extends MetadataBearer>(
	config: ClientConfig,
	service: DirectService,
	post: PostRequest,
): InitializeMiddleware<Input, Output> {
	const sign = signerFor(service.signedAs);
	let cachedTarget: Target | undefined;

	async function call(target: string, body: string, signal: AbortSignal | undefined): Promise<AwsResponse> {
		cachedTarget ??= await targetOf(config, service);
		const { server, region } = cachedTarget;
		const headers: readonly Header[] = [...service.headers, ["host", server.host], ["x-amz-target", target]];
		const signed = sign(await config.credentials(), region, headers, body, Date.now());
		return await post(server, signed, body, signal);
	}

	return (next, context) => {
		const name = String(context["commandName"]).replace(/Command$/, "");
		if (!service.operations.includes(name)) return next;
		const { abortSignal } = getSmithyContext(context) as { readonly abortSignal?: AbortSignal };
		const tried = retryMiddleware(config)<Output>(async ({ request }) => {
			const { body } = request as { readonly body: string };
			const answer = await call(`${service.target}.${name}`, body, abortSignal);
			return { response: answer, output: await outputOf<Output>(answer, config, context) };
		}, context);
		return async ({ input }) => await tried({ input, request: { body: JSON.stringify(input) } });
	};
}

type Target = { readonly server: URL; readonly region: string };

async function targetOf(config: ClientConfig, { command }: DirectService): Promise<Target> {
	const { url } = await getEndpointFromInstructions({}, command, { ...config });
	return { server: url, region: await config.region() };
}

/** @throws the SDK's own error where the answer is one. */
async function outputOf<Output extends MetadataBearer>(
	{ status, headers, body }: AwsResponse,
	config: ClientConfig,
	context: HandlerExecutionContext,
): Promise<Output> {
	const requestId = headers["x-amzn-requestid"];
	const $metadata = { httpStatusCode: status, ...(requestId !== undefined && { requestId }) };
	if (status >= 300) {
		const { operationSchema } = getSmithyContext(context) as { readonly operationSchema: StaticOperationSchema };
		const [, namespace, name, traits, input, output] = operationSchema;
		const response = new HttpResponse({ statusCode: status, headers: { ...headers }, body });
		const operation = { namespace, name, traits, input, output };
		try {
			return await config.protocol.deserializeResponse(operation, { ...config, ...context }, response);
		} catch (error) {
			throw withAnswer(error, response, $metadata);
		}
	}
	return { ...(body.length > 0 && JSON.parse(body.toString())), $metadata };
}

/**
 * Whether it is tried again, and when, the SDK sees by the answer's status and headers: an error of a proxy before the service, in HTML, has
 * neither of its own.
 */
function withAnswer(error: unknown, $response: HttpResponse, $metadata: ResponseMetadata): unknown {
	if (!(error instanceof Error)) return error;
	Object.defineProperty(error, "$response", { value: $response, configurable: true });
	return "$metadata" in error ? error : Object.assign(error, { $metadata });
}
