import * as z from "zod";
import { wholeNumber } from "./section.ts";

const tagName = /^(?!aws:|smsgw:)[\p{L}\p{N} _.:/=+\-@]{1,128}$/iu;
const tagValue = /^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u;

/** AWS's rules for tags. Up to 50 on a resource, of which some are ours. */
const tags = z
	.record(
		z.string().regex(tagName),
		z.string().regex(tagValue, "must be up to 256 letters, digits, spaces and _.:/=+-@"),
		{
			error: ({ code }) =>
				code === "invalid_key"
					? "must be named by 1 to 128 letters, digits, spaces and _.:/=+-@, and not begin with aws: or smsgw:"
					: undefined,
		},
	)
	.refine((all) => Object.keys(all).length <= 40, "must be at most 40 tags");

/** Settings for those who operate a stage and pay for it. */
export const stageOperations = {
	alarmAddresses: z.array(z.email("must be a mail address")).min(1, "must have at least one").max(10).exactOptional(),
	/** SNS also posts alarms to this address, which must confirm the subscription, as PagerDuty and Opsgenie do. */
	alarmWebhook: z.url({ protocol: /^https$/, error: "must be an https address" }).exactOptional(),
	/** What the stage should cost a month. Alarms warn at 80 and 100 percent, of a forecast above it, and of unusual costs. */
	budgetDollars: wholeNumber(1, 10_000_000).exactOptional(),
	/** On every resource, beside `smsgw:stage`. */
	tags: tags.default({}),
	/** Whether functions write traces to X-Ray. */
	tracing: z.boolean().default(false),
	/** `customer`: tables, queues, secrets and alarms are encrypted with a KMS key of the account. */
	encryption: z.enum(["aws", "customer"]).default("aws"),
} as const;
