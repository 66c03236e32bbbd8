import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** A request as API Gateway passes it to a function (payload format 2.0). */
export function anHttpEvent(parts: Partial<APIGatewayProxyEventV2> = {}): APIGatewayProxyEventV2 {
	return {
		version: "2.0",
		routeKey: "$default",
		rawPath: "/app/smsgw/rest/v2/messages",
		rawQueryString: "",
		headers: {},
		isBase64Encoded: false,
		requestContext: {
			accountId: "1",
			apiId: "api",
			domainName: "api.example",
			domainPrefix: "api",
			http: { method: "POST", path: "/", protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
			requestId: "request-1",
			routeKey: "$default",
			stage: "$default",
			time: "",
			timeEpoch: 0,
		},
		...parts,
	};
}

export const basic = (text: string | Buffer) => `Basic ${Buffer.from(text).toString("base64")}`;
