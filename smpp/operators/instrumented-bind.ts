import type { Operator } from "#shared/domain/message/operators.ts";
import type { Metrics } from "#shared/metrics.ts";
import type { Bind } from "./keep-bind.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

const counterOf = {
	accepted: "SubmitsAccepted",
	throttled: "SubmitsThrottled",
	temporary: "SubmitsRefused",
	reconnect: "SubmitsRefused",
	refused: "SubmitsRefused",
	unknown: "SubmitsUnanswered",
	unsent: undefined,
} as const satisfies Record<SubmitOutcome["kind"], string | undefined>;

export function instrumentedBind(bind: Bind, operator: Operator, metrics: Metrics, monotonic: () => number): Bind {
	return {
		get bound() {
			return bind.bound;
		},
		async submit(fields, tlvs) {
			const askedAt = monotonic();
			const outcome = await bind.submit(fields, tlvs);
			const counter = counterOf[outcome.kind];
			if (counter !== undefined) metrics.count(counter, 1, operator);
			if (outcome.kind === "accepted") metrics.measure("SubmitRoundTrip", monotonic() - askedAt, operator);
			return outcome;
		},
		renew: (reason) => bind.renew(reason),
		stop: (withinMs) => bind.stop(withinMs),
	};
}
