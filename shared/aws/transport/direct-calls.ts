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

export type DirectService = {
	readonly signedAs: string;
	/** The prefix of an operation's name in `x-amz-target`. */
	readonly target: string;
	readonly headers: readonly Header[];
	/** The operations that are called directly. Our requests and their answers must hold no binary data or dates. */
	readonly operations: readonly string[];
	readonly command: Parameters<typeof getEndpointFromInstructions>[1];
};

export type ClientConfig = RetryResolvedConfig &
	SerdeFunctions & {
		readonly credentials: Provider<Credentials>;
		readonly region: Provider<string>;
		readonly protocol: Pick<$ClientProtocol<unknown, unknown>, "deserializeResponse">;
	};

/** Puts the middleware before all others, which it replaces. */
export const directCallsOption = { name: "directCalls", step: "initialize", priority: "high" } as const;

/**
 * Calls operations without the SDK's serialization: posts the input as signed JSON and returns the answer's JSON. Credentials,
 * endpoint, retries and errors are the SDK's. The SDK's own path costs several times the CPU, because it copies its configuration
 * four times a call and walks input and output by their schemas.
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

/** @throws the SDK's own error for an error answer. */
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

/** The SDK decides on retries by the status and headers of the answer, which an HTML error of a proxy does not carry itself. */
function withAnswer(error: unknown, $response: HttpResponse, $metadata: ResponseMetadata): unknown {
	if (!(error instanceof Error)) return error;
	Object.defineProperty(error, "$response", { value: $response, configurable: true });
	return "$metadata" in error ? error : Object.assign(error, { $metadata });
}
