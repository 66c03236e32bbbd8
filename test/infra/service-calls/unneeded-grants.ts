import type { Template } from "#local/template/template.ts";
import type { Removal } from "./removals.ts";

/** Grants that no call here needs, with the reason for each. */
const always: Readonly<Record<string, string>> = {
	"smpptaskExecutionRole.*: secretsmanager:DescribeSecret on .*":
		"CDK's grant of a container's secrets adds it to GetSecretValue.",
};

/** The same, of a stage with tracing and a key of its own. */
export const withOptions: Readonly<Record<string, string>> = {
	"functions.*: xray:Put.*": "Lambda writes the traces, beside the function's own calls.",
	"canary.*: xray:Put.*": "Lambda writes the traces, beside the function's own calls.",
	".*: kms:(DescribeKey|Encrypt|ReEncrypt\\*) on .*": "CDK's grant of a key to those who read and write adds these.",
	".*: kms:GenerateDataKey\\* on .*": "DynamoDB asks for it on behalf of a caller that writes; some callers only read.",
};

/**
 * The removed grants without which every call is still allowed and that have no reason, and the reasons for grants that
 * are needed or absent.
 */
export function unneededIn(
	removals: readonly Removal[],
	missing: (template: Template) => readonly string[],
	more: Readonly<Record<string, string>> = {},
) {
	const patterns = Object.keys({ ...always, ...more }).map((pattern) => new RegExp(`^${pattern}$`));
	const unneeded = removals.filter(({ template }) => missing(template).length === 0).map(({ what }) => what);
	return {
		withoutReason: unneeded.filter((what) => !patterns.some((pattern) => pattern.test(what))),
		staleReasons: patterns.filter((pattern) => !unneeded.some((what) => pattern.test(what))).map(String),
	};
}
