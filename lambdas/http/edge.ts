import { createHash, timingSafeEqual } from "node:crypto";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { edgeKeyHeader, viewerAddressHeader } from "#shared/contracts/edge-headers.ts";
import { forbidden } from "./responses.ts";

/**
 * The event with the client's address instead of CloudFront's. The headers count only with the key: any client can send them.
 * @throws HttpProblem 403 if the request did not come through CloudFront.
 */
export function eventThroughEdge(event: APIGatewayProxyEventV2, key: string): APIGatewayProxyEventV2 {
	const { headers, requestContext } = event;
	if (!isSame(headers[edgeKeyHeader] ?? "", key)) throw forbidden("Use the address of the API that you were given");
	const viewer = headers[viewerAddressHeader.toLowerCase()] ?? "";
	const sourceIp = viewer.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1") || requestContext.http.sourceIp;
	return { ...event, requestContext: { ...requestContext, http: { ...requestContext.http, sourceIp } } };
}

function isSame(given: string, key: string): boolean {
	const [one, other] = [given, key].map((text) => createHash("sha256").update(text).digest());
	return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
