import { describe, expect, it } from "vitest";
import { entries } from "#infra/entries.ts";
import type { Stage } from "#infra/stage.ts";
import { localReferences } from "#local/template/local-references.ts";
import { synthesise } from "#local/template/synthesise.ts";
import type { Template } from "#local/template/template.ts";
import { sizeOf } from "#test/size-of.ts";
import { connectedNetwork, existingNetwork, sampleBehindEdge, sampleIn, sampleWithOptions } from "./sample-stage.ts";
import { grantsIn } from "./service-calls/grants.ts";
import { removalsOf } from "./service-calls/removals.ts";
import { requiredGrantText } from "./service-calls/required-grant.ts";
import { serviceCallsOf } from "./service-calls/service-calls.ts";
import { unneededIn, withOptions } from "./service-calls/unneeded-grants.ts";

const secrets = { get: () => "{}" } as unknown as ReadonlyMap<string, string>;

function checked(stage: Stage) {
	const template = synthesise(stage, entries);
	const sqsUrl = `https://sqs.${stage.region}.amazonaws.com`;
	const references = localReferences(template, { region: stage.region, sqsUrl, secrets });
	const requiredGrants = serviceCallsOf(template, references, stage).flatMap((call) => call.requiredGrants);
	const grants = grantsIn(references);
	const missing = (one: Template) => {
		const isGranted = grants(one);
		return requiredGrants.filter((required) => !isGranted(required)).map(requiredGrantText);
	};
	return { template, missing };
}

describe.each([
	["with every option", sampleWithOptions, withOptions],
	["behind CloudFront", sampleBehindEdge(), {}],
	["with connections to operators", sampleIn(connectedNetwork), {}],
	["in an existing VPC", sampleIn(existingNetwork), {}],
])("a stage %s", (_, stage, reasons) => {
	const { template, missing } = checked(stage);

	it("allows each call from one service to another, at both ends", () => {
		expect([...new Set(missing(template))]).toEqual([]);
	});

	it("has no grant that could be left out", () => {
		const removals = removalsOf(template);
		const some = removals.filter((_, index) => index % sizeOf({ merge: 20, nightly: 1 }) === 0);

		const { withoutReason, staleReasons } = unneededIn(some, missing, reasons);

		console.log(`${some.length} of ${removals.length} grants removed, one at a time`);
		expect(withoutReason).toEqual([]);
		if (some.length === removals.length) expect(staleReasons).toEqual([]);
	});
});
