import * as z from "zod";
import { section, wholeNumber } from "./section.ts";

/** CloudFront takes certificates and WAF rules of this region only. */
export const edgeRegion = "us-east-1";

/** AWS's bounds of a rate rule. */
const requests = wholeNumber(10, 2_000_000_000);

/** CloudFront with WAF rate rules before the API. */
export const stageEdge = section({
	/** A certificate for the host of `publicUrl`, in the edge's region. */
	certificateArn: z
		.string()
		.regex(
			/^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\da-f-]{36}$/,
			`must be the ARN of an ACM certificate in ${edgeRegion}`,
		),
	/** Another name, which only CloudFront uses: a CNAME to the API. It needs no certificate. */
	originHost: z.hostname("must be a host name"),
	/** Requests in a minute, above which an address gets 429. */
	addressRequestsPerMinute: requests.default(30_000),
	/** The same for one Authorization header: an account with one of its passwords. */
	accountRequestsPerMinute: requests.default(60_000),
});

export type StageEdge = z.output<typeof stageEdge>;
